/**
 * How a session leaves, whatever the strategy: look again under the lock, refuse again, pin, put
 * away, look. The strategies differ in what happens before, and in what becomes of the record.
 */
import { FlightError, isFlightError } from '../../kernel/errors.ts';
import { preflight, type Preflight } from '../../safety/preflight.ts';
import { putAway } from '../../safety/put-away.ts';
import type { Leaving } from '../../safety/refusals.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { observe } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { SessionRecord } from '../../sessions/record.ts';
import { busy, givenUp } from '../busy.ts';
import type { Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { expiresAt } from '../expiry.ts';
import { refuseBusy, type RemoveRequest } from './request.ts';

export interface Departure {
  readonly strategy: Exclude<Leaving, 'cleanup'>;
  readonly becomes: 'ended' | 'kept' | 'in-review';
  readonly extraRecord?: Partial<SessionRecord>;
}

export interface Left {
  readonly trash: { readonly id: string; readonly expiresAt: string };
  readonly branchDeleted: boolean;
}

/**
 * The session as it is now, under the lock; taken over if only the manifest knew it.
 * @param seen as it was when the plan was made: a later session of the same name is another one
 * @returns `changed` if it is not the one that was seen, or has another tip: another plan
 * @throws FlightError `no-such-session` if somebody else removed it meanwhile, `plan-changed` if
 *   it was put away or brought back since; `session-busy`
 */
export async function freshSession(
  context: OperationContext,
  change: Change,
  request: RemoveRequest,
  seen: SessionFacts,
): Promise<SessionFacts | 'changed'> {
  const found = change.facts.sessions.find((one) => one.key === request.key);
  if (found === undefined) {
    const known = change.facts.sessions.map((one) => one.name);
    throw new FlightError('no-such-session', { name: request.name, known });
  }
  const session = await change.takeOver(found);
  refuseBusy(context, session);
  // recovery has been here, and could not finish what he began
  if (givenUp(context, session)) throw busy(context, session);
  if (isAnother(seen, session)) return 'changed';
  // what was cut off may just have been finished or taken back: that changes it, and is no race
  if (seen.record?.intent === undefined) refuseElsewhere(seen, session);
  return session.branchTip === seen.branchTip ? session : 'changed';
}

/** A later session of the same name. */
function isAnother(seen: SessionFacts, now: SessionFacts): boolean {
  return seen.recordOid !== null && seen.record?.token !== now.record?.token;
}

/**
 * Of two that remove one session at once, one finds that the other has done it.
 * @throws FlightError `plan-changed` if this very session was put away or brought back since
 */
export function refuseElsewhere(seen: SessionFacts, now: SessionFacts): void {
  if (isAnother(seen, now) || whereabouts(seen) === whereabouts(now)) return;
  throw new FlightError('plan-changed', { name: now.name, what: 'The state' });
}

/**
 * What a refusal before the lock is about: while somebody else removes the session, its worktree
 * vanishes under the questions that were asked of it.
 * @returns `error`, or `no-such-session`, `session-busy`, `plan-changed` if it is another's doing
 */
export async function explainRefusal(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  error: unknown,
): Promise<unknown> {
  if (!isFlightError(error) || seen.recordOid === null) return error;
  const { sessions } = await observe(project, context.directory);
  const now = sessions.find((one) => one.key === seen.key);
  if (now === undefined) {
    const known = sessions.map((one) => one.name);
    return new FlightError('no-such-session', { name: seen.name, known });
  }
  refuseBusy(context, now);
  if (now.recordOid === seen.recordOid) return error;
  return new FlightError('plan-changed', { name: seen.name, what: 'The record' });
}

/**
 * Puts the session into the trash. Everything that forbids it is asked again right before.
 * @throws FlightError the first refusal; what `putAway` throws
 */
export async function leave(
  context: OperationContext,
  change: Change,
  session: SessionFacts,
  request: RemoveRequest,
  departure: Departure,
): Promise<Left> {
  const { facts } = await refuse(context, change, session, request, departure.strategy);
  const { id, entry, branchDeleted, registry } = await putAway(
    change.project,
    change.held,
    session,
    {
      strategy: departure.strategy,
      becomes: departure.becomes,
      at: context.clock.now(),
      observed: change.facts,
      index: facts.tree.kind === 'known' ? facts.tree.value.index : null,
      ...(departure.extraRecord === undefined ? {} : { extraRecord: departure.extraRecord }),
    },
  );
  change.saw(registry);
  return { trash: { id, expiresAt: expiresAt(change.project, entry) }, branchDeleted };
}

/**
 * @returns what it was judged by
 * @throws FlightError the first refusal
 */
export async function refuse(
  context: OperationContext,
  change: Pick<Change, 'project' | 'facts'>,
  session: SessionFacts,
  request: Pick<RemoveRequest, 'forceInUse' | 'committed'>,
  strategy: Leaving,
): Promise<Preflight> {
  const found = await preflight(change.project, session, {
    strategy,
    forceInUse: request.forceInUse,
    callerPid: context.pid,
    command: context.commandLine,
    worktrees: change.facts.worktrees,
    ...(request.committed === undefined ? {} : { committed: request.committed }),
  });
  for (const warning of found.warnings) context.warn(warning);
  const [first] = found.refusals;
  if (first !== undefined) throw first;
  return found;
}

function whereabouts({ record, place }: SessionFacts): string {
  return `${record?.state ?? ''} ${place.kind}`;
}
