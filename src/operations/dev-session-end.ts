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
  summary: 'End a session: log, progress, and its work brought home',
  description:
    'Completes the log (summary, goals, commits, files, next steps), adds one entry to docs/progress.md, and commits these by itself. ' +
    'In a parallel session it then does what parallel remove does: pull request, merge, keep or abandon. Without a strategy it asks which; the texts handed in are kept as a draft until then. ' +
    'Outside of a parallel session it writes, lists what is not committed, and commits only with --commit. ' +
    'Nothing is written twice: a call that was cut off can be made again.',
  effect: 'destructive',
  input: EndInput,
  flags: {
    name: { about: 'the session; inside one it may be left out', positional: 'one', value: 'NAME' },
    summaryFile: {
      about: 'what was done, Markdown, from a file or - for standard input',
      value: 'FILE',
      face: 'cli',
    },
    summary: { about: 'what was done, Markdown', value: 'TEXT', face: 'mcp' },
    next: { about: 'a next step', value: 'TEXT', repeatable: true },
    learned: { about: 'goes to docs/critical-learnings.md', value: 'TEXT', repeatable: true },
    tasks: {
      about: 'sets a status below docs/implementation: planned, in-progress or complete',
      flag: 'task',
      value: 'ID=STATUS',
      repeatable: true,
    },
    commit: { about: 'commits everything that is not ignored first', value: 'MESSAGE' },
    strategy: {
      about: 'how its work comes home',
      value: strategies.join('|'),
      choices: strategies,
    },
    yes: { about: 'consents to abandon; without a strategy it means keep', mcp: 'apply' },
    shape: {
      about: 'merge: how (default: fast-forward, else a merge commit)',
      value: shapes.join('|'),
      choices: shapes,
    },
    title: { about: 'pr: its title (default: the first goal)', value: 'TEXT' },
    draft: { about: 'pr: as a draft' },
    verify: { about: 'merge: run this on the merged files first', value: 'COMMAND' },
    saveLog: { about: 'keep, abandon: copy the log to the main checkout' },
    forceInUse: { about: 'although somebody works in it' },
  },
  output: EndReport,
  examples: [
    {
      args: 'dev-session end --summary-file summary.md --next "Rotate the keys"',
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
