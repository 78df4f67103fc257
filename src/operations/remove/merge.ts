/** The strategy merge: the work enters its base, then the session leaves. */
import { trusted } from '../../kernel/brand.ts';
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import { parseBranchName, type BranchName } from '../../git/oid.ts';
import { landSession, type LandResult } from '../../integration/land.ts';
import { runPostMerge } from '../../integration/post-merge.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import { verification } from '../../trust/commands.ts';
import { change, underLock, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { expiresAt } from '../expiry.ts';
import { freshSession, leave, refuse, type Left } from './leave.ts';
import type { Removed } from './removed.ts';
import type { RemoveRequest } from './request.ts';

/**
 * @throws FlightError everything landing refuses, with nothing moved; `landed-not-removed` if the
 *   base moved and the session could not leave any more
 */
export async function landAndLeave(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  request: RemoveRequest,
): Promise<Removed | 'changed'> {
  const base = baseFor(seen, request);
  const tip = seen.branchTip;
  if (tip === null) {
    throw new FlightError('branch-gone', { name: seen.name, branch: seen.branch });
  }
  const worktree = seen.place.kind === 'present' ? seen.place.path : null;
  const verify = await verification(project, request.verify === undefined ? [] : [request.verify], {
    env: context.env,
    session: {
      name: seen.name,
      worktree: worktree ?? project.root,
      branch: seen.branch,
      base,
      projectRoot: project.root,
    },
    signal: context.signal,
    progress: context.progress,
  });
  // recovery, taking over and every refusal come first, under the lock; then the landing
  const look = async (frame: Change): Promise<boolean> => {
    const session = await freshSession(context, frame, request, seen);
    if (session.branchTip !== tip) return true;
    await refuse(context, frame, session, request, 'merge');
    return false;
  };
  const changed = await change(context, project, look, { nothingDone: () => true });
  if (changed) return 'changed';
  const landed = await landSession(
    {
      project,
      clock: context.clock,
      lock: (body) => underLock(context, project, body),
      verify,
    },
    {
      key: seen.key,
      name: seen.name,
      goals: seen.record?.goals ?? [],
      branch: seen.branch,
      sessionTip: tip,
      sessionWorktree: worktree,
      base,
      shape: request.shape ?? null,
    },
  );
  const left = await leaveLanded(context, project, seen, request, landed);
  // the base has moved and the lock is free: a hook that fails now is a warning
  const warning = await runPostMerge(project, landed);
  if (warning !== null) context.warn(warning);
  return {
    integrated: {
      into: landed.into,
      oid: landed.oid,
      shape: landed.shape === 'nothing' ? 'ff' : landed.shape,
    },
    ...left,
  };
}

function baseFor(session: SessionFacts, request: RemoveRequest): BranchName {
  if (request.into === undefined) return trusted(session.record?.base.name ?? '');
  const into = parseBranchName(request.into);
  if (into !== null) return into;
  throw new FlightError('base-gone', { name: session.name, base: request.into });
}

/**
 * What cannot leave any more has landed all the same, and says so; if nothing had to land, it is
 * refused like any other. Where another command has put it away meanwhile there is nothing left
 * to do: the answer names that entry of the trash.
 */
async function leaveLanded(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  request: RemoveRequest,
  landed: LandResult,
): Promise<Left> {
  try {
    return await change(context, project, async (frame) => {
      const already = landed.shape === 'nothing' ? null : putAwayByOther(frame, seen);
      if (already !== null) return already;
      const session = await freshSession(context, frame, request, seen);
      if (session.branchTip !== seen.branchTip) {
        throw new FlightError('plan-changed', { name: session.name, what: 'The branch' });
      }
      return leave(context, frame, session, request, { strategy: 'merge', becomes: 'ended' });
    });
  } catch (error) {
    if (!isFlightError(error) || landed.shape === 'nothing') throw error;
    throw new FlightError(
      'landed-not-removed',
      { name: request.name, into: landed.into, oid: landed.oid, why: describe(error).message },
      { cause: error },
    );
  }
}

/** The entry of exactly this session, where it ended while the lock was free. */
function putAwayByOther({ project, facts }: Change, seen: SessionFacts): Left | null {
  const { key, record } = seen;
  if (record === null || facts.sessions.some((one) => one.key === key)) return null;
  const found = facts.registry.trash.find(({ entry }) => entry.record.token === record.token);
  if (found === undefined) return null;
  const trash = { id: found.entry.id, expiresAt: expiresAt(project, found.entry) };
  return { trash, branchDeleted: !facts.registry.branches.has(seen.branch) };
}
