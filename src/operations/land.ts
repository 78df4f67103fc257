/**
 * `parallel land`: brings sessions home, one after the other, each verified as it will be. A base
 * moves only to commits that were found good; what fails comes back with the reason, exactly as it
 * was. The queue is kept in the repository, so that one that is cut off can be gone on with.
 */
import * as z from 'zod/mini';
import { trusted } from '../kernel/brand.ts';
import { done, undecided, type Outcome } from '../kernel/outcome.ts';
import { isoSeconds } from '../kernel/clock.ts';
import { FlightError } from '../kernel/errors.ts';
import type { BranchName } from '../git/oid.ts';
import { preparePublishing } from '../forge/publish.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { observe } from '../sessions/observe.ts';
import type { Project } from '../sessions/project.ts';
import type { QueueEntry } from '../sessions/queue.ts';
import { verifyCommands } from '../trust/verification.ts';
import type { Change } from './change.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { checkUsage, choose } from './land/choose.ts';
import { drive } from './land/drive.ts';
import { openQueue, refuseLeft, standingOf, type Contents } from './land/store.ts';
import { projectOf } from './project.ts';
import { LandReport } from './shapes/land.ts';

export const LandInput = z.object({
  names: z._default(z.array(z.string()), []),
  all: z._default(z.boolean(), false),
  verify: z.optional(z.string()),
  allowRedBase: z._default(z.boolean(), false),
  resume: z._default(z.boolean(), false),
  pr: z._default(z.boolean(), false),
});

export type LandInput = z.infer<typeof LandInput>;

async function run(input: LandInput, context: OperationContext): Promise<Outcome<LandReport>> {
  checkUsage(input);
  const project = await projectOf(context);
  return input.resume ? resume(context, project) : begin(context, project, input);
}

async function begin(
  context: OperationContext,
  project: Project,
  input: LandInput,
): Promise<Outcome<LandReport>> {
  const facts = await observe(project, context.directory);
  if (facts.registry.queue !== null) {
    refuseLeft(context, await standingOf(context, project.git, project));
  }
  const chosen = await choose(project, facts, input);
  if (chosen.kind === 'ask') return undecided(chosen.decision);
  const { sessions, skipped } = chosen;
  for (const { name, why } of skipped) {
    context.warn({ code: 'not-queued', message: `${name} is not queued: ${why}.` });
  }
  const [first] = sessions;
  if (first === undefined) {
    const nothing = { landed: [], sentBack: [], remaining: [] };
    return done(skipped.length === 0 ? nothing : { ...nothing, skipped });
  }
  const { verify = null, allowRedBase, pr } = input;
  const commands = await commandsOf(context, project, verify);
  if (pr) await seeForge(context, project, first);
  const keys = sessions.map(({ key }) => key);
  const queue = await openQueue(context, project, async (frame, standing) => {
    refuseLeft(context, standing);
    const since = isoSeconds(context.clock.now());
    return { since, verify, allowRedBase, pr, ...(await entriesOf(frame, keys)) };
  });
  if (queue === null) throw new FlightError('bug', { what: 'no queue was made' });
  return drive(context, project, queue, commands, skipped);
}

/** A queue that was cut off is gone on with as it was begun. */
async function resume(context: OperationContext, project: Project): Promise<Outcome<LandReport>> {
  const standing = await standingOf(context, project.git, project);
  const left = standing.kind === 'left' ? standing.stored.queue : null;
  if (left === null) {
    const message =
      standing.kind === 'none'
        ? 'No queue of landings was cut off.'
        : 'The queue that is there cannot be read: nothing can be gone on with.';
    context.warn({ code: 'no-queue', message });
    return done({ landed: [], sentBack: [], remaining: [] });
  }
  const commands = await commandsOf(context, project, left.verify);
  const queue = await openQueue(context, project, async (_frame, now) => {
    if (now.kind === 'none' || now.stored.queue === null) return null;
    const { schema: _schema, home: _home, owner: _owner, ...contents } = now.stored.queue;
    return contents;
  });
  if (queue === null) return done({ landed: [], sentBack: [], remaining: [] });
  return drive(context, project, queue, commands, []);
}

/** @throws FlightError `untrusted` */
async function commandsOf(
  context: OperationContext,
  project: Project,
  verify: string | null,
): Promise<readonly string[]> {
  const commands = await verifyCommands(project, verify === null ? [] : [verify], context.env);
  if (commands.length === 0) {
    const message = 'Nothing verifies what lands: there is neither --verify nor parallel.verify.';
    context.warn({ code: 'not-verified', message });
  }
  return commands;
}

/** The sessions as they are under the lock: their tips are what is landed, and nothing newer. */
async function entriesOf(
  frame: Change,
  keys: readonly string[],
): Promise<Pick<Contents, 'entries' | 'bases'>> {
  const entries: QueueEntry[] = [];
  for (const key of keys) {
    const found = frame.facts.sessions.find((one) => one.key === key);
    if (found === undefined) {
      const known = frame.facts.sessions.map(({ name }) => name);
      throw new FlightError('no-such-session', { name: key, known });
    }
    const { name, record, branchTip, branch } = await frame.takeOver(found);
    if (branchTip === null) throw new FlightError('branch-gone', { name, branch });
    const base = record?.base.name ?? '';
    const token = record?.token ?? '';
    entries.push({ key, name, token, tip: branchTip, base, state: 'waiting' });
  }
  const { branches } = frame.facts.registry;
  const bases = [...new Set(entries.map(({ base }) => base))].flatMap((name) => {
    const tip = branches.get(trusted<BranchName>(name));
    return tip === undefined ? [] : [{ name, tip }];
  });
  return { entries, bases };
}

/** A forge that is not there is told before anything is verified. */
async function seeForge(
  context: OperationContext,
  project: Project,
  { name, record, place }: SessionFacts,
): Promise<void> {
  await preparePublishing(project, {
    name,
    base: trusted<BranchName>(record?.base.name ?? ''),
    worktree: place.kind === 'present' ? place.path : null,
    env: context.env,
    signal: context.signal,
  });
}

export const land = defineOperation({
  name: 'parallel land',
  summary: 'Land sessions one after the other, each verified on the merged result',
  description:
    'Brings sessions home in order. Each is merged onto what landed before it, verified there (--verify, else parallel.verify), and only then its base moves; the session leaves as by remove --strategy merge. ' +
    'One that conflicts, fails verification or would be refused by remove is sent back unchanged, with the reason in its record, and the queue goes on. ' +
    'A base that fails verification itself is refused. What is cut off goes on with --resume.',
  effect: 'destructive',
  input: LandInput,
  flags: {
    names: {
      about: 'these, in this order; default: the one you are in',
      positional: 'many',
      value: 'NAME',
    },
    all: { about: 'every session with commits and nothing uncommitted' },
    verify: { about: 'run this on each result first (default: parallel.verify)', value: 'COMMAND' },
    allowRedBase: { about: 'also if the base fails: only other failures are sent back' },
    resume: { about: 'goes on with a queue that was cut off' },
    pr: { about: 'opens a pull request each; no base moves' },
  },
  output: LandReport,
  examples: [
    { args: 'parallel land auth search', about: 'auth, then search on top of it' },
    {
      args: "parallel land --all --verify 'npm test'",
      about: 'all that are ready, tested one by one',
    },
    { args: 'parallel land --resume', about: 'after a crash or Ctrl-C' },
  ],
  run,
});
