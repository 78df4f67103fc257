/**
 * `dev-session end`: completes what a session leaves behind in writing and, in a parallel one,
 * brings its work home. In this order: check, decide, write, commit, integrate.
 */
import type { Outcome } from '../kernel/outcome.ts';
import { checkVersion } from '../git/version.ts';
import { observe } from '../sessions/observe.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { EndInput, givenTexts } from './dev-session-end/input.ts';
import { endParallel } from './dev-session-end/session.ts';
import { endStandard } from './dev-session-end/standard.ts';
import { projectOf } from './project.ts';
import { EndReport } from './shapes/dev-session-end.ts';
import { strategies } from './shapes/parts.ts';
import { shapes } from './shapes/remove.ts';

export { EndInput };

async function run(input: EndInput, context: OperationContext): Promise<Outcome<EndReport>> {
  const [project] = await Promise.all([
    projectOf(context),
    checkVersion(context.git, context.directory),
  ]);
  const given = await givenTexts(input, context);
  const facts = await observe(project, context.directory);
  const isParallel = input.name !== undefined || facts.here.kind === 'session';
  if (!isParallel) return endStandard(input, context, project, given);
  return endParallel(input, context, project, facts, given);
}

export const devSessionEnd = defineOperation({
  name: 'dev-session end',
  summary: 'End a session: write its log, bring its work home',
  description:
    'Completes the log (summary, goals, commits, files, next steps), adds one entry to docs/progress.md, and commits these by itself. ' +
    'In a parallel session it then does what parallel remove does: pull request, merge, keep or abandon. Without a strategy it asks which; the texts handed in are kept as a draft until then. ' +
    '--commit commits everything that is not ignored first; --learned goes to docs/critical-learnings.md, --task sets a status below docs/implementation. --yes without a strategy means keep; --save-log is for keep and abandon. ' +
    'Outside of a parallel session it writes, lists what is not committed, and commits only with --commit. ' +
    'Nothing is written twice: a call that was cut off can be made again.',
  effect: 'destructive',
  input: EndInput,
  flags: {
    name: { about: 'default: the one you are in', positional: 'one', value: 'NAME' },
    summaryFile: {
      about: 'what was done, Markdown, from a file or - for standard input',
      value: 'FILE',
      face: 'cli',
      path: true,
    },
    summary: { about: 'Markdown', value: 'TEXT', face: 'mcp' },
    next: { about: 'a next step', value: 'TEXT', repeatable: true },
    learned: { about: 'a learning', value: 'TEXT', repeatable: true },
    tasks: {
      about: 'ID=planned|in-progress|complete',
      flag: 'task',
      value: 'ID=STATUS',
      repeatable: true,
    },
    commit: { about: 'commits all else first', value: 'MESSAGE' },
    strategy: {
      about: 'how its work comes home',
      value: strategies.join('|'),
      choices: strategies,
    },
    yes: { about: 'consents to abandon', mcp: 'apply' },
    shape: {
      about: 'merge: how',
      value: shapes.join('|'),
      choices: shapes,
    },
    title: { about: 'pr: title', value: 'TEXT' },
    draft: { about: 'pr: draft' },
    verify: { about: 'merge: run this first', value: 'COMMAND' },
    saveLog: { about: 'copies the log to the main checkout' },
    forceInUse: { about: 'though somebody works in it' },
  },
  output: EndReport,
  examples: [
    {
      args: 'dev-session end --summary-file summary.md --next "Rotate keys"',
      about: 'in a session: asks how its work comes home',
    },
    { args: 'dev-session end auth --strategy merge', about: 'from anywhere, into its base' },
    {
      args: 'dev-session end auth --commit "Sign tokens" --strategy pr',
      about: 'what is uncommitted first, then a pull request',
    },
  ],
  run,
});
