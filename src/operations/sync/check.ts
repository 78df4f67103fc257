/**
 * May this session be synced as it was asked for? Asked before the lock, so that a refusal leaves
 * not one byte behind, and again under it. What could not be found out refuses.
 */
import { trusted } from '../../kernel/brand.ts';
import { FlightError } from '../../kernel/errors.ts';
import { holderText } from '../../kernel/catalogue/entry.ts';
import type { Warning } from '../../kernel/outcome.ts';
import { isAncestor } from '../../git/history.ts';
import type { BranchName } from '../../git/oid.ts';
import { isPublished } from '../../git/published.ts';
import { beingRewritten } from '../../integration/base-place.ts';
import { resolvingIn } from '../../integration/sync/resolving.ts';
import type { SyncInput as EngineInput } from '../../integration/sync/sync.ts';
import { ensureWritable } from '../../safety/writable.ts';
import { gatherWork, type WorkFacts } from '../../safety/work-facts.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';
import { refuseBusy } from '../remove/request.ts';
import { again, type Wish } from './request.ts';

export type Judged =
  /** it has all of its base */
  | { readonly kind: 'current' }
  | {
      readonly kind: 'ready';
      readonly input: EngineInput;
      readonly warnings: readonly Warning[];
      /** uncommitted paths, the log aside */
      readonly dirty: readonly string[];
    };

const mostPaths = 1000;

/** @throws FlightError whatever forbids it; nothing has been changed */
export async function judge(
  context: OperationContext,
  project: Project,
  { worktrees }: Pick<Observation, 'worktrees'>,
  session: SessionFacts,
  wish: Wish,
): Promise<Judged> {
  const { name, record, branch, branchTip, baseTip, place } = session;
  if (session.broken !== null || record === null) {
    throw new FlightError('broken-record', { name, why: session.broken ?? 'it is not there' });
  }
  refuseBusy(context, session);
  const base = trusted<BranchName>(record.base.name);
  if (branchTip === null) throw new FlightError('branch-gone', { name, branch });
  if (baseTip === null) throw new FlightError('base-gone', { name, base });
  if (await isAncestor(project.git, project.commonDir, baseTip, branchTip)) {
    return { kind: 'current' };
  }
  if (place.kind !== 'present') throw withoutWorktree(session);
  const unsettled = await beingRewritten(project, base, worktrees);
  if (unsettled !== null) throw new FlightError('base-unsettled', { name, base, ...unsettled });
  await refuseUnderway(context, project, session);
  const facts = await gatherWork(project, session, {
    callerPid: context.pid,
    worktrees,
    at: 'work',
  });
  const dirty = dirtyOf(session, facts, wish);
  const warnings = whoWorksThere(session, facts, wish);
  if (wish.shape === 'rebase') {
    const pushed = await isPublished(
      project.git,
      project.commonDir,
      { name: branch, tip: branchTip },
      baseTip,
    );
    if (pushed && wish.by === 'all') throw new FlightError('pushed-not-rebased', { name, branch });
    if (pushed) {
      const message = `${branch} has been pushed. Once it is rebased, the next push of it must be forced, by you: flight-rules never does that.`;
      warnings.push({ code: 'pushed-rebase', message });
    }
  }
  await ensureWritable(project, [place.path], context.commandLine);
  return {
    kind: 'ready',
    dirty,
    warnings,
    input: {
      key: session.key,
      name,
      branch,
      sessionTip: branchTip,
      base,
      baseTip,
      worktree: place.path,
      privateDir: place.privateDir,
      shape: wish.shape,
      carry: wish.carry,
      keep: record.log === undefined ? [] : [record.log],
    },
  };
}

function withoutWorktree({ name, place, record }: SessionFacts): FlightError {
  switch (place.kind) {
    case 'not-ours':
      return new FlightError('not-ours', { name, why: place.why });
    case 'moved':
      return new FlightError('session-moved', { name, from: place.from, to: place.to });
    case 'unknown':
      return new FlightError('unknown-state', { name, what: 'the worktree', why: place.why });
    case 'present':
    case 'gone':
    case 'put-away': {
      const state = record?.state === 'active' ? 'orphaned' : (record?.state ?? 'orphaned');
      return new FlightError('no-worktree', { name, state });
    }
  }
}

async function refuseUnderway(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
): Promise<void> {
  const { name, place } = session;
  const found = await resolvingIn(project.git, project, session, context.clock.now());
  const worktree = place.kind === 'present' ? place.path : '';
  switch (found.kind) {
    case 'none':
      return;
    case 'base': {
      const { shape, base } = found.syncing;
      throw new FlightError('sync-unfinished', { name, base, shape, begun: found.begun, worktree });
    }
    case 'other':
      throw new FlightError('operation-in-progress', {
        name,
        worktree,
        operation: found.operation,
      });
    case 'unknown':
      throw new FlightError('unknown-state', {
        name,
        what: 'whether an operation is in progress',
        why: found.why,
      });
  }
}

/** @throws FlightError a lock, another HEAD, or uncommitted work that was not to be carried */
function dirtyOf(session: SessionFacts, facts: WorkFacts, wish: Wish): readonly string[] {
  const { name, branch, record, place } = session;
  const worktree = place.kind === 'present' ? place.path : '';
  if (facts.lock !== null) throw new FlightError('locked', { name, worktree, reason: facts.lock });
  if (facts.tree.kind !== 'known') {
    const why = facts.tree.kind === 'unknown' ? facts.tree.why : 'it was not asked';
    throw new FlightError('unknown-state', { name, what: 'the uncommitted changes', why });
  }
  const { head, dirty: all } = facts.tree.value;
  if (head.branch !== branch) {
    const is = head.branch ?? `a detached HEAD at ${head.oid ?? 'no commit'}`;
    throw new FlightError('head-elsewhere', { name, worktree, branch, head: is });
  }
  const dirty = all.filter((path) => path !== record?.log);
  if (dirty.length > 0 && !wish.carry) {
    // conflicts are not left beside work that is not committed: --carry would not get any further
    throw uncommitted(session, dirty, wish.leaveConflicts ? null : again(name, wish, ['--carry']));
  }
  return dirty;
}

export function uncommitted(
  { name, place }: SessionFacts,
  dirty: readonly string[],
  carry: readonly string[] | null,
): FlightError {
  return new FlightError('uncommitted-work', {
    name,
    worktree: place.kind === 'present' ? place.path : '',
    count: dirty.length,
    paths: dirty.slice(0, mostPaths),
    carry,
  });
}

/** Somebody who works there sees files change; of all sessions his is left alone. */
function whoWorksThere(
  { name }: SessionFacts,
  { occupants: who }: WorkFacts,
  wish: Wish,
): Warning[] {
  if (who.kind === 'in-use') {
    const { by } = who;
    if (wish.by === 'all') throw new FlightError('sync-in-use', { name, by });
    const message = `Somebody works in session ${name}, and sees its files change: ${by.map(holderText).join('; ')}.`;
    return [{ code: 'in-use', message }];
  }
  if (who.kind !== 'unknown') return [];
  if (wish.by === 'all') {
    throw new FlightError('unknown-state', {
      name,
      what: 'whether somebody works there',
      why: who.why,
    });
  }
  const message = `Whether somebody works in session ${name} could not be found out: ${who.why}.`;
  return [{ code: 'occupants-unknown', message }];
}
