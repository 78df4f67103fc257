/**
 * `parallel remove`: ends a session by one of four strategies. In this order: refuse, decide,
 * act, look, report. Nothing is lost by any of them: what leaves goes to the trash.
 */
import * as z from 'zod/mini';
import { FlightError } from '../kernel/errors.ts';
import { done, undecided, type Outcome } from '../kernel/outcome.ts';
import { absolute } from '../kernel/path.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { observe } from '../sessions/observe.ts';
import { warnOfClashes } from './conflicts/of-one.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { abandonDecision, strategyDecision } from './remove/decision.ts';
import { endSession } from './remove/end-session.ts';
import { explainRefusal, refuse, refuseElsewhere } from './remove/leave.ts';
import { refuseBusy, targetOf, type RemoveRequest } from './remove/request.ts';
import { strategies } from './shapes/parts.ts';
import { RemoveReport, shapes } from './shapes/remove.ts';

export const RemoveInput = z.object({
  name: z.optional(z.string()),
  strategy: z.optional(z.enum(strategies)),
  yes: z._default(z.boolean(), false),
  shape: z.optional(z.enum(shapes)),
  into: z.optional(z.string()),
  title: z.optional(z.string()),
  body: z.optional(z.string()),
  bodyFile: z.optional(z.string()),
  draft: z._default(z.boolean(), false),
  prUrl: z.optional(z.string()),
  verify: z.optional(z.string()),
  forceInUse: z._default(z.boolean(), false),
  force: z._default(z.boolean(), false),
});

export type RemoveInput = z.infer<typeof RemoveInput>;

async function run(input: RemoveInput, context: OperationContext): Promise<Outcome<RemoveReport>> {
  if (input.force) {
    const detail =
      'remove takes no --force. To throw the work away: --strategy abandon --yes (restore brings it back).';
    throw new FlightError('usage', { detail, command: ['parallel', 'remove'] });
  }
  const project = await projectOf(context);
  const facts = await observe(project, context.directory);
  const session = targetOf(input, facts);
  const { bodyFile } = input;
  const request: RemoveRequest = {
    ...input,
    key: session.key,
    name: session.name,
    // a choice runs as it stands from any directory
    ...(bodyFile === undefined ? {} : { bodyFile: absolute(bodyFile, context.directory) }),
  };
  refuseBusy(context, session);
  const strategy = input.strategy ?? (input.yes ? 'keep' : null);
  if (strategy === null) return strategyDecision(context, project, facts, session, request);
  if (strategy === 'keep' && isPutAway(session, 'kept')) {
    return done({ name: request.name, strategy, branchDeleted: false, trash: null });
  }
  if (strategy !== 'pr' && (input.prUrl !== undefined || input.draft)) {
    throw new FlightError('usage', {
      detail: '--pr-url and --draft belong to --strategy pr.',
      command: ['parallel', 'remove'],
    });
  }
  // Asked before anything happens, and again under the lock: taking it already writes an object,
  // and a refusal leaves not one byte behind.
  try {
    await refuse(context, { project, facts }, session, request, strategy);
  } catch (error) {
    throw await explainRefusal(context, project, session, error);
  }
  if (strategy === 'abandon' && !input.yes) {
    return undecided(await abandonDecision(context, project, session, request));
  }
  if (strategy === 'merge') await warnOfClashes(context, project, facts, session, request.into);
  const ended = await endSession(context, project, session, request, strategy);
  if (ended !== 'changed') return done(ended);
  const now = await observe(project, context.directory);
  const found = targetOf({ ...input, name: session.name }, now);
  refuseBusy(context, found);
  refuseElsewhere(session, found);
  return strategyDecision(context, project, now, found, request);
}

function isPutAway(session: SessionFacts, state: string): boolean {
  return session.record?.state === state && session.place.kind === 'put-away';
}

export const remove = defineOperation({
  name: 'parallel remove',
  summary: 'End a session: pull request, merge, keep or abandon',
  description:
    'Ends one session. Without a strategy it answers with the question which of the four. ' +
    'pr pushes the branch and opens a pull request; merge brings the work into its base; keep puts the folder away and keeps the branch; abandon puts everything into the trash. ' +
    'Uncommitted work, operations in progress and people at work refuse it. restore brings it back.',
  effect: 'destructive',
  input: RemoveInput,
  flags: {
    name: { about: 'default: the one you are in', positional: 'one', value: 'NAME' },
    strategy: {
      about: 'how its work comes home',
      value: strategies.join('|'),
      choices: strategies,
    },
    yes: { about: 'consents to abandon; alone: keep', mcp: 'apply' },
    shape: {
      about: 'merge: how (default: ff, else merge)',
      value: shapes.join('|'),
      choices: shapes,
    },
    into: { about: 'merge: into this local branch instead of the base', value: 'BRANCH' },
    title: { about: 'pr: title (default: first goal)', value: 'TEXT' },
    body: { about: 'pr: its text (default: log and goals)', value: 'TEXT' },
    bodyFile: { about: 'pr: its text, from a file', value: 'FILE', face: 'cli', path: true },
    draft: { about: 'pr: draft' },
    prUrl: { about: 'pr: records one that was opened by other means', value: 'URL' },
    verify: { about: 'merge: run this on the result first', value: 'COMMAND' },
    forceInUse: { about: 'though somebody works in it' },
    force: { about: 'not there: see --strategy abandon --yes', hidden: true },
  },
  output: RemoveReport,
  examples: [
    { args: 'parallel remove auth', about: 'asks how, with what each way would do here' },
    { args: 'parallel remove auth --strategy merge', about: 'into its base' },
    { args: 'parallel remove auth --strategy abandon --yes', about: 'into the trash' },
  ],
  run,
});
