/**
 * A sync that conflicts, left in the session's worktree for whoever resolves it: begun, concluded
 * (`--continue`), or taken back (`--abort`).
 */
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import type { Git } from '../../git/git.ts';
import { readStatus } from '../../git/status.ts';
import { requireIdentity } from '../../git/commit.ts';
import { commitsBetween } from '../../git/history.ts';
import { standingWhereNew, standingWhereReplayed } from '../../integration/in-the-way.ts';
import { holdIndex, releaseIndex } from '../../integration/sync/index-hold.ts';
import { begin, goOn, type Ended } from '../../integration/sync/real.ts';
import { goBack } from '../../integration/sync/give-up.ts';
import type { SyncInput as EngineInput } from '../../integration/sync/model.ts';
import { resolvingIn } from '../../integration/sync/resolving.ts';
import type { Syncing } from '../../integration/sync/underway.ts';
import { holdsNothing, isResolved, lookForUnresolved } from '../../integration/sync/unresolved.ts';
import { absolute, type AbsolutePath } from '../../kernel/path.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { ensureWritable } from '../../safety/writable.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';
import type { SyncItem } from '../shapes/sync.ts';
import { judge, uncommitted } from './check.ts';
import { realSync, whileMarked, type Outcome } from './marked.ts';
import type { Wish } from './request.ts';

/**
 * Begins the merge or rebase that was found to conflict, and leaves it.
 * @returns the item, if git has found no conflict after all
 * @throws FlightError `conflicts-left`: it waits to be resolved; what `judge` throws
 */
export async function leaveConflicts(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  wish: Wish,
): Promise<SyncItem> {
  await requireIdentity(project.git, project.root);
  const clean: Wish = { ...wish, carry: false };
  const outcome = await whileMarked(
    context,
    project,
    seen,
    'start',
    async (frame, { session, record }): Promise<Syncing> => {
      const judged = await judge(context, frame.project, frame.facts, session, clean);
      if (judged.kind === 'current') {
        throw new FlightError('plan-changed', { name: session.name, what: 'The branch' });
      }
      const { input } = judged;
      const changed = await changedLog(frame.git, session, record.log);
      if (changed !== null && wish.shape === 'rebase') throw uncommitted(session, [changed], null);
      await refuseObstacles(frame.git, input);
      // git notes that a merge is under way also where it could not write the index
      await holdIndex(input);
      await releaseIndex(input.privateDir);
      return {
        shape: wish.shape,
        from: input.sessionTip,
        base: input.base,
        baseTip: input.baseTip,
        since: isoSeconds(context.clock.now()),
      };
    },
    async (port, here, syncing) => {
      const ended = await begin(port, realSync(project, here, syncing));
      if (ended.kind === 'stopped' || syncing.shape === 'rebase') return ended;
      // nothing conflicts after all: what the index says decides, not what was foreseen
      return concludeIfResolved(project, here.session, () =>
        goOn(port, realSync(project, here, syncing)),
      );
    },
  );
  return answer(context, seen, outcome);
}

/**
 * @throws FlightError `nothing-to-resolve`, `conflicts-unresolved`, `conflicts-left` (of a rebase:
 *   the next ones), `hook-failed`, `sign-failed`, `continue-failed`
 */
export async function continueSync(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
): Promise<SyncItem> {
  await ready(context, project, seen);
  await requireIdentity(project.git, project.root);
  const outcome = await whileMarked(
    context,
    project,
    seen,
    'continue',
    (frame, { session }) => ready(context, frame.project, session),
    (port, here, syncing) => goOn(port, realSync(project, here, syncing)),
  );
  return answer(context, seen, outcome);
}

/** @throws FlightError `nothing-to-resolve`, `git-failed` */
export async function abortSync(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
): Promise<SyncItem> {
  await toResolve(context, project, seen, 'abort');
  const { ended, pinned } = await whileMarked(
    context,
    project,
    seen,
    'abort',
    (frame, { session }) => toResolve(context, frame.project, session, 'abort'),
    async (port, here, syncing) => {
      const { path: worktree, privateDir } = here.place;
      const { key } = here.session;
      await goBack(port, project, { key, record: here.record, worktree, privateDir }, syncing);
      return { kind: 'well' };
    },
  );
  if (ended.kind === 'stopped') throw ended.error;
  const base = seen.record?.base.name ?? '';
  return { name: seen.name, result: 'aborted', base, ...(pinned === null ? {} : { pinned }) };
}

/** What is under way, with nothing left to be resolved. */
async function ready(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
): Promise<Syncing> {
  const syncing = await toResolve(context, project, session, 'continue');
  const worktree = worktreeOf(session);
  const left = await lookForUnresolved(project.git, worktree, syncing.shape);
  if (isResolved(left)) {
    await refuseEmptyMerge(project, session, syncing);
    return syncing;
  }
  throw new FlightError('conflicts-unresolved', { name: session.name, worktree, ...left });
}

/** One that the user began may well be meant so (`-s ours`). */
async function refuseEmptyMerge(
  { git }: Project,
  session: SessionFacts,
  { shape, base }: Syncing,
): Promise<void> {
  const { name, record } = session;
  const worktree = worktreeOf(session);
  if (shape === 'rebase' || record?.syncing === undefined) return;
  if (!(await holdsNothing(git, worktree))) return;
  const why = `git noted the merge, but has nothing of ${base} in the index. Take it back, and begin again.`;
  throw new FlightError('continue-failed', { name, worktree, why });
}

async function toResolve(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  step: 'continue' | 'abort',
): Promise<Syncing> {
  const { name, place } = session;
  const nothing = (why: string): FlightError =>
    new FlightError('nothing-to-resolve', { name, step, why });
  if (place.kind !== 'present') throw nothing('its folder is not there');
  const found = await resolvingIn(project.git, project, session, context.clock.now());
  switch (found.kind) {
    case 'none':
      throw nothing('no merge or rebase is under way there');
    case 'other':
      throw nothing(`the ${found.operation} under way there is not one of its base`);
    case 'unknown':
      throw new FlightError('unknown-state', { name, what: 'what is under way', why: found.why });
    case 'base':
      // git knows what was there before it, and we do not
      if (step === 'abort' && found.begun === 'by-hand') {
        throw nothing(`that merge was begun by hand; git -C ${place.path} merge --abort`);
      }
      await ensureWritable(project, [place.path], context.commandLine);
      return found.syncing;
  }
}

/** @throws FlightError `files-in-the-way`: ignored files that git would write over */
async function refuseObstacles(port: Git, input: EngineInput): Promise<void> {
  const { branch, sessionTip, baseTip, worktree, shape } = input;
  const paths = await standingWhereNew(port, worktree, sessionTip, baseTip);
  if (shape === 'rebase') {
    const replayed = await commitsBetween(port, worktree, baseTip, sessionTip);
    paths.push(...(await standingWhereReplayed(port, worktree, replayed)));
  }
  if (paths.length === 0) return;
  const sorted = [...new Set(paths)].toSorted();
  throw new FlightError('files-in-the-way', { base: branch, worktree, paths: sorted });
}

/** A rebase does not begin over a log that git knows and that was changed since. */
async function changedLog(
  port: Git,
  session: SessionFacts,
  log: string | undefined,
): Promise<string | null> {
  if (log === undefined) return null;
  const worktree = worktreeOf(session);
  const { entries } = await readStatus(port, worktree, { untracked: 'no', submodules: 'skip' });
  return entries.some(({ path }) => path === log) ? log : null;
}

async function concludeIfResolved(
  project: Project,
  session: SessionFacts,
  conclude: () => Promise<Ended>,
): Promise<Ended> {
  const left = await lookForUnresolved(project.git, worktreeOf(session), 'merge');
  return left.paths.length === 0 ? conclude() : { kind: 'well' };
}

/** What has become of it, as it was seen, whatever git said. */
function answer(
  context: OperationContext,
  { name, record, place }: SessionFacts,
  { settled, ended }: Outcome,
): SyncItem {
  const base = record?.base.name ?? '';
  const worktree = place.kind === 'present' ? place.path : '';
  const error = ended.kind === 'stopped' ? ended.error : null;
  switch (settled.kind) {
    case 'done': {
      if (error !== null) {
        const why = isFlightError(error) ? describe(error).message : 'git did not end well.';
        context.warn({ code: 'sync-warning', message: `Session ${name} is in step. ${why}` });
      }
      const { from, to, pinned } = settled;
      const item = { name, result: 'synced' as const, base, from, to };
      return pinned === undefined ? item : { ...item, pinned };
    }
    case 'conflicts':
      if (settled.paths.length > 0) {
        const { paths } = settled;
        const sessions: SyncItem[] = [{ name, result: 'conflicts', base, paths, worktree }];
        throw new FlightError('conflicts-left', { name, base, worktree, paths, sessions });
      }
      throw failed(error, name, worktree);
    case 'back':
    case 'nothing':
      if (settled.kind === 'back' && settled.pinned !== undefined) {
        const message = `What stood in session ${name} by then is in the trash as ${settled.pinned}.`;
        context.warn({ code: 'sync-taken-back', message });
      }
      throw orChanged(error, name);
  }
}

function failed(error: unknown, name: string, worktree: string): unknown {
  if (isFlightError(error, 'git-failed')) {
    const why = error.data.stderr.trim() || `git ended with exit ${error.data.exit}.`;
    return new FlightError('continue-failed', { name, worktree, why }, { cause: error });
  }
  return orChanged(error, name);
}

function orChanged(error: unknown, name: string): unknown {
  return error ?? new FlightError('plan-changed', { name, what: 'The worktree' });
}

function worktreeOf({ place, record }: SessionFacts): AbsolutePath {
  return place.kind === 'present' ? place.path : absolute(record?.worktree ?? '/');
}
