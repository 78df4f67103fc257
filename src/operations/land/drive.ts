/**
 * Goes through a queue: the base first, then one session after the other. What fails for one
 * sends it back, and the queue goes on; what would fail for all ends it, and it can be resumed.
 */
import { CutOff } from '../../kernel/cut-off.ts';
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import { isSystemError } from '../../kernel/errno.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import { branchRef, oid, parseBranchName, type Oid } from '../../git/oid.ts';
import { readRef } from '../../git/refs.ts';
import { observe } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { CameBack, QueueEntry } from '../../sessions/queue.ts';
import type { OperationContext } from '../context.ts';
import type { LandReport, SentBack } from '../shapes/land.ts';
import { earlier, metInConflict, metInRed, type Home } from './blame.ts';
import { cameBack, hasChanged, metWith, noteInRecord } from './came-back.ts';
import { isHome } from './home.ts';
import { judgeOf, trialMerge } from './judge.ts';
import { stepsOf, type Steps } from './steps.ts';
import { waiting, type OpenQueue } from './store.ts';
import {
  firstTip,
  landTurn,
  mergingOf,
  publishTurn,
  toldOf,
  type Became,
  type Run,
} from './turn.ts';

/** @throws FlightError `land-conflicts`, `land-incomplete`; `base-red`, `verify-failed` at its beginning */
export async function drive(
  context: OperationContext,
  project: Project,
  queue: OpenQueue,
  commands: readonly string[],
  skipped: LandReport['skipped'],
): Promise<Outcome<LandReport>> {
  let cwdAfter: string | undefined;
  const run: Run = {
    context,
    project,
    contents: queue.contents,
    judge: commands.length === 0 ? null : judgeOf({ context, project, commands, queue }),
    chains: new Map(),
    moveTo: (folder) => {
      cwdAfter = folder;
    },
  };
  let stopped: LandReport['stopped'];
  try {
    await verifyBases(run, queue);
    await takeTurns(run, queue);
    await lookForLost(run, queue);
    await queue.end();
  } catch (error) {
    stopped = stoppedBy(context, error);
    const untouched = queue.contents().entries.every(({ state }) => state === 'waiting');
    if (untouched && isRefusal(error)) {
      // nothing has moved: it leaves no queue either (one that stays can be resumed)
      await queue.end().catch(() => undefined);
      throw error;
    }
  }
  const report = reportOf(queue.contents().entries, queue.contents().pr, {
    ...(skipped === undefined || skipped.length === 0 ? {} : { skipped }),
    ...(stopped === undefined ? {} : { stopped }),
    ...(cwdAfter === undefined ? {} : { cwdAfter }),
  });
  const wholly = report.landed.every(({ stillThere }) => stillThere === undefined);
  if (wholly && stopped === undefined && report.sentBack.length === 0) return done(report);
  const conflicted = report.sentBack.some(({ reason }) => reason === 'conflicts');
  throw new FlightError(conflicted ? 'land-conflicts' : 'land-incomplete', { ...report });
}

function isRefusal(error: unknown): boolean {
  if (!isFlightError(error)) return false;
  return error.code === 'verify-failed' || [2, 3, 4, 7].includes(describe(error).exit);
}

/** Each base that something waits for, as it is now. */
async function verifyBases(run: Run, queue: OpenQueue): Promise<void> {
  const { judge, project, context } = run;
  if (judge === null) return;
  const { entries } = queue.contents();
  const names = new Set(
    entries.filter(({ state }) => state === 'waiting').map((entry) => entry.base),
  );
  for (const name of names) {
    const tip = await tipOf(project, name);
    // that it is gone is told to each session that wants to go there
    if (tip === null) continue;
    const began = context.clock.now().getTime();
    context.progress(`Verifying ${name} itself`);
    await judge.base(name, tip);
    const seconds = (context.clock.now().getTime() - began) / 1000;
    context.progress(`Verified ${name} itself in ${seconds.toFixed(1)} s`);
  }
}

async function takeTurns(run: Run, queue: OpenQueue): Promise<void> {
  const { context, project } = run;
  const { entries, pr } = queue.contents();
  for (const [index, entry] of entries.entries()) {
    if (entry.state !== 'waiting') continue;
    context.signal.throwIfAborted();
    const steps = stepsOf(context, entry.name, index + 1, entries.length);
    steps.next(null, 'building');
    const became = await turn(run, entry, steps, pr).catch(async (error: unknown) => {
      context.signal.throwIfAborted();
      const back = cameBack(error, entry);
      if (back === null) throw error;
      const sent: Became = {
        state: 'sent-back',
        sentBack: await blamed(run, entry, steps, back),
      };
      return sent;
    });
    const back = became.sentBack;
    if (back !== undefined) steps.next(null, `sent back: ${back.message}`);
    await queue.settle(entry.key, became, async (held) =>
      back === undefined ? [] : noteInRecord(context, project, held, entry, back),
    );
    if (back === undefined) {
      steps.next(
        pr ? 'published' : 'left',
        pr ? (became.url ?? '') : `now ${became.oid?.slice(0, 7) ?? ''}`,
      );
    }
  }
}

/** Those that landed before, if their base was moved back since: they are not home. */
async function lookForLost({ project }: Run, queue: OpenQueue): Promise<void> {
  for (const entry of queue.contents().entries) {
    if (entry.state !== 'landed') continue;
    if (await isHome(project, entry, await tipOf(project, entry.base))) continue;
    const as = entry.oid?.slice(0, 7) ?? '';
    const what = `It landed as ${as}; ${entry.base} has been moved since, and has it no longer.`;
    const sentBack = hasChanged(what);
    await queue.settle(entry.key, { state: 'sent-back', oid: undefined, sentBack });
  }
}

async function turn(run: Run, entry: QueueEntry, steps: Steps, pr: boolean): Promise<Became> {
  if (!pr) return landTurn(run, entry, steps);
  const chain = await chainOf(run, entry);
  const became = await publishTurn(run, entry, steps, chain);
  if (became.oid !== undefined) {
    chain.push({ name: entry.name, tip: oid(entry.tip), after: oid(became.oid) });
  }
  return became;
}

/** With whom it failed, where that can be told. */
async function blamed(
  run: Run,
  entry: QueueEntry,
  steps: Steps,
  back: CameBack,
): Promise<CameBack> {
  const { project, judge } = run;
  const { pr } = run.contents();
  const homes = pr ? await chainOf(run, entry) : earlier(run.contents(), entry);
  if (homes.length === 0) return back;
  const now = pr ? (homes.at(-1)?.after ?? null) : await tipOf(project, entry.base);
  const line = { first: firstTip(run.contents(), entry), homes, now };
  let met: string | null = null;
  if (back.reason === 'conflicts') met = await metInConflict(project, entry, line);
  if (back.reason === 'red' && judge !== null) {
    const { sessions } = await observe(project, run.context.directory);
    const session = sessions.find(({ key }) => key === entry.key);
    // it has left meanwhile: what was found of it stays true
    if (session === undefined) return back;
    steps.next('verified', 'red: looking for what it met');
    met = await metInRed(judge, entry, toldOf(project, session, entry), line);
  }
  return met === null ? back : metWith(back, met);
}

async function tipOf({ git, commonDir }: Project, base: string): Promise<Oid | null> {
  const branch = parseBranchName(base);
  return branch === null ? null : readRef(git, commonDir, branchRef(branch));
}

/** The commits as which those published before were verified, each upon the one before. */
async function chainOf(run: Run, entry: QueueEntry): Promise<Home[]> {
  const { project, chains } = run;
  const known = chains.get(entry.base);
  if (known !== undefined) return known;
  const chain: Home[] = [];
  chains.set(entry.base, chain);
  let on = firstTip(run.contents(), entry);
  // of a queue that was cut off; git may have thrown away what nothing refers to
  for (const { name, tip } of earlier(run.contents(), entry)) {
    const told = { name, branch: '', worktree: '', base: entry.base, projectRoot: '' };
    const built = await trialMerge({ project }, on, mergingOf(told, { ...entry, tip }));
    if (built.kind === 'ready') on = built.oid;
    chain.push({ name, tip, after: on });
  }
  return chain;
}

/** @throws what is no reason to stop but the end: Ctrl-C, a bug */
function stoppedBy(context: OperationContext, error: unknown): NonNullable<LandReport['stopped']> {
  if (context.signal.aborted) {
    const message = 'The queue is not finished; --resume goes on with it.';
    context.warn({ code: 'queue-interrupted', message });
    throw new CutOff(['parallel', 'land', '--resume'], error);
  }
  if (isFlightError(error) && error.code !== 'bug') {
    return { code: error.code, message: describe(error).message };
  }
  if (isSystemError(error)) return { code: 'disk-failed', message: String(error) };
  throw error;
}

function reportOf(
  entries: readonly QueueEntry[],
  pr: boolean,
  more: Partial<LandReport>,
): LandReport {
  return {
    landed: entries.flatMap(({ state, name, oid: at, base, stillThere }) =>
      state === 'landed'
        ? [{ name, oid: at ?? '', into: base, ...(stillThere === undefined ? {} : { stillThere }) }]
        : [],
    ),
    ...(pr
      ? {
          published: entries.flatMap(({ state, name, url }) =>
            state === 'published' ? [{ name, url: url ?? '' }] : [],
          ),
        }
      : {}),
    sentBack: entries.flatMap(({ name, sentBack }): SentBack[] =>
      sentBack === undefined ? [] : [{ name, ...sentBack }],
    ),
    remaining: waiting(entries),
    ...more,
  };
}
