/**
 * How a session leaves, whatever the strategy: look again under the lock, refuse again, pin, put
 * away, look. The strategies differ in what happens before, and in what becomes of the record.
 */
import { FlightError } from '../../kernel/errors.ts';
import { preflight } from '../../safety/preflight.ts';
import { putAway } from '../../safety/put-away.ts';
import type { Leaving } from '../../safety/refusals.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { SessionRecord } from '../../sessions/record.ts';
import type { Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { expiryOf } from '../expiry.ts';
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
 * @param seen as it was before the lock; of two that remove one session the later one must notice
 * @throws FlightError `no-such-session` if somebody else removed it meanwhile, `plan-changed` if
 *   somebody put it away or brought it back, `session-busy`
 */
export async function freshSession(
  change: Change,
  request: RemoveRequest,
  seen: SessionFacts | null,
): Promise<SessionFacts> {
  const found = change.facts.sessions.find((one) => one.key === request.key);
  if (found === undefined) {
    const known = change.facts.sessions.map((one) => one.name);
    throw new FlightError('no-such-session', { name: request.name, known });
  }
  const session = await change.takeOver(found);
  refuseBusy(session);
  // what was cut off may just have been finished or taken back: that changes it, and is no race
  const settled = seen !== null && seen.record?.intent === undefined;
  if (settled && whereabouts(seen) !== whereabouts(session)) {
    throw new FlightError('plan-changed', { name: session.name, what: 'The state' });
  }
  return session;
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
  await refuse(context, change, session, request, departure.strategy);
  const { id, entry, branchDeleted } = await putAway(change.project, change.held, session, {
    strategy: departure.strategy,
    becomes: departure.becomes,
    at: context.clock.now(),
    ...(departure.extraRecord === undefined ? {} : { extraRecord: departure.extraRecord }),
  });
  return { trash: { id, expiresAt: expiryOf(change.project, entry) }, branchDeleted };
}

/** @throws FlightError the first refusal */
export async function refuse(
  context: OperationContext,
  change: Pick<Change, 'project' | 'facts'>,
  session: SessionFacts,
  request: Pick<RemoveRequest, 'forceInUse'>,
  strategy: Leaving,
): Promise<void> {
  const found = await preflight(change.project, session, {
    strategy,
    forceInUse: request.forceInUse,
    callerPid: context.pid,
    command: context.commandLine,
    worktrees: change.facts.worktrees,
  });
  for (const warning of found.warnings) context.warn(warning);
  const [first] = found.refusals;
  if (first !== undefined) throw first;
}

function whereabouts({ record, place }: SessionFacts): string {
  return `${record?.state ?? ''} ${place.kind}`;
}
