/** The strategy merge: the work enters its base, then the session leaves. */
import { trusted } from '../../kernel/brand.ts';
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import { parseBranchName, type BranchName, type Oid } from '../../git/oid.ts';
import {
  beginLanding,
  landSession,
  type Begun,
  type LandDeps,
  type LandInput,
  type LandResult,
} from '../../integration/land.ts';
import { runPostMerge } from '../../integration/post-merge.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import { verification } from '../../trust/verification.ts';
import { change, underLock, uninterrupted, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { expiresAt } from '../expiry.ts';
import { freshSession, leave, refuse, type Left } from './leave.ts';
import type { Removed } from './removed.ts';
import type { RemoveRequest } from './request.ts';

/** What a queue of landings adds to each of them. */
export interface InQueue {
  readonly verify: LandDeps['verify'];
  /** the base has moved, the session is still there */
  readonly landed: (oid: Oid) => void;
}

/** What became of it under the first lock. */
type First =
  | { readonly kind: 'changed' }
  | { readonly kind: 'begun'; readonly begun: Begun }
  | { readonly kind: 'left'; readonly landed: LandResult; readonly left: Left };

/**
 * @throws FlightError everything landing refuses, with nothing moved; `landed-not-removed` if the
 *   base moved and the session could not leave any more
 */
export async function landAndLeave(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  request: RemoveRequest,
  queue: InQueue | null = null,
): Promise<Removed | 'changed'> {
  const base = baseFor(seen, request);
  const tip = seen.branchTip;
  if (tip === null) {
    throw new FlightError('branch-gone', { name: seen.name, branch: seen.branch });
  }
  const worktree = seen.place.kind === 'present' ? seen.place.path : null;
  const verify =
    queue === null ? await verifyOnce(context, project, seen, request, base) : queue.verify;
  const deps: LandDeps = {
    project,
    clock: context.clock,
    lock: (body) => {
      // what Ctrl-C has cut off is tidied up all the same
      const calm = context.signal.aborted ? uninterrupted(context, project) : { context, project };
      return underLock(calm.context, calm.project, body);
    },
    verify,
  };
  const input: LandInput = {
    key: seen.key,
    name: seen.name,
    goals: seen.record?.goals ?? [],
    branch: seen.branch,
    sessionTip: tip,
    sessionWorktree: worktree,
    base,
    shape: request.shape ?? null,
  };
  // a landing that fails has moved nothing: not even the manifest is to change
  let notBegun: unknown = null;
  // recovery, taking over and every refusal come first, under the lock; then the landing. Where
  // that needs neither hooks nor verification, all happens under this one
  const first = await change(
    context,
    project,
    async (frame): Promise<First> => {
      const session = await freshSession(context, frame, request, seen);
      if (session === 'changed') return { kind: 'changed' };
      await refuse(context, frame, session, request, 'merge');
      const begun = await beginLanding(deps, frame.held, input, frame.facts).catch(
        (error: unknown) => {
          notBegun = error;
          throw error;
        },
      );
      if (begun.kind !== 'done') return { kind: 'begun', begun };
      const landed = begun.result;
      await frame.lookAgain();
      return {
        kind: 'left',
        landed,
        left: await leaveLanded(context, frame, seen, request, landed),
      };
    },
    { nothingDone: ({ kind }) => kind !== 'left', changedNothing: (error) => error === notBegun },
  );
  if (first.kind === 'changed') return 'changed';
  const landed =
    first.kind === 'left' ? first.landed : await landUnlessChanged(deps, input, first.begun);
  if (landed === null) return 'changed';
  if (first.kind !== 'left') queue?.landed(landed.oid);
  const left =
    first.kind === 'left'
      ? first.left
      : await change(context, project, (frame) =>
          leaveLanded(context, frame, seen, request, landed),
        ).catch((error: unknown) => {
          throw notRemoved(error, request, landed);
        });
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

async function verifyOnce(
  context: OperationContext,
  project: Project,
  { name, branch, place }: SessionFacts,
  { verify }: RemoveRequest,
  base: BranchName,
): Promise<LandDeps['verify']> {
  const worktree = place.kind === 'present' ? place.path : project.root;
  return verification(project, verify === undefined ? [] : [verify], {
    env: context.env,
    session: { name, worktree, branch, base, projectRoot: project.root },
    signal: context.signal,
    progress: context.progress,
  });
}

/** @returns `null` if it got another commit, or left, while the lock was free: nothing has moved */
async function landUnlessChanged(
  deps: LandDeps,
  input: LandInput,
  begun: Begun,
): Promise<LandResult | null> {
  try {
    return await landSession(deps, input, begun);
  } catch (error) {
    if (isFlightError(error, 'plan-changed')) return null;
    throw error;
  }
}

function baseFor(session: SessionFacts, request: RemoveRequest): BranchName {
  if (request.into === undefined) return trusted(session.record?.base.name ?? '');
  const into = parseBranchName(request.into);
  if (into !== null) return into;
  throw new FlightError('base-gone', { name: session.name, base: request.into });
}

/** Where another command has put it away meanwhile there is nothing left to do: its entry is named. */
async function leaveLanded(
  context: OperationContext,
  frame: Change,
  seen: SessionFacts,
  request: RemoveRequest,
  landed: LandResult,
): Promise<Left> {
  try {
    const already = landed.shape === 'nothing' ? null : putAwayByOther(frame, seen);
    if (already !== null) return already;
    const session = await freshSession(context, frame, request, seen);
    if (session === 'changed') {
      throw new FlightError('plan-changed', { name: seen.name, what: 'The branch' });
    }
    return await leave(context, frame, session, request, { strategy: 'merge', becomes: 'ended' });
  } catch (error) {
    throw notRemoved(error, request, landed);
  }
}

/**
 * What cannot leave any more has landed all the same, and says so; if nothing had to land, it is
 * refused like any other.
 */
function notRemoved(error: unknown, request: RemoveRequest, landed: LandResult): unknown {
  const said = isFlightError(error, 'landed-not-removed');
  if (said || !isFlightError(error) || landed.shape === 'nothing') return error;
  const { into, oid } = landed;
  const data = { name: request.name, into, oid, why: describe(error).message };
  return new FlightError('landed-not-removed', data, { cause: error });
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
