/** What remove was asked for, checked, and the session it is about. */
import { FlightError } from '../../kernel/errors.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { parseSessionName, sessionKey, type SessionKey } from '../../sessions/name.ts';
import type { Observation } from '../../sessions/observe.ts';
import { busy, isRecoverable } from '../busy.ts';
import type { OperationContext } from '../context.ts';
import type { RemoveInput } from '../remove.ts';

export type RemoveRequest = RemoveInput & { readonly key: SessionKey; readonly name: string };

/** The call again, with `added` and without what it replaces. */
export function again(request: RemoveRequest, added: readonly string[]): string[] {
  const { shape, into, title, body, bodyFile, draft, prUrl, verify, forceInUse } = request;
  const flag = (name: string, value: string | undefined): string[] =>
    value === undefined || added.includes(name) ? [] : [name, value];
  return [
    'parallel',
    'remove',
    request.name,
    ...added,
    ...flag('--shape', shape),
    ...flag('--into', into),
    ...flag('--title', title),
    ...flag('--body', body),
    ...flag('--body-file', bodyFile),
    ...flag('--pr-url', prUrl),
    ...flag('--verify', verify),
    ...(draft && !added.includes('--draft') ? ['--draft'] : []),
    ...(forceInUse && !added.includes('--force-in-use') ? ['--force-in-use'] : []),
  ];
}

/**
 * The session that is meant: by name, or the one we stand in.
 * @throws FlightError `usage` (no name outside of a session), `no-such-session`, `broken-record`
 */
export function targetOf(input: RemoveInput, facts: Observation): SessionFacts {
  const { here } = facts;
  const name = input.name ?? (here.kind === 'session' ? here.name : null);
  if (name === null) {
    const detail = 'Which session? Outside of a session its name must be given.';
    throw new FlightError('usage', { detail, command: ['parallel', 'remove'] });
  }
  const key = sessionKey(parseSessionName(name));
  const session = facts.sessions.find((one) => one.key === key);
  if (session === undefined) {
    const known = facts.sessions.map((one) => one.name);
    throw new FlightError('no-such-session', { name, known });
  }
  if (session.broken !== null) {
    throw new FlightError('broken-record', { name: session.name, why: session.broken });
  }
  return session;
}

/**
 * Another command is at work on it right now.
 * @throws FlightError `session-busy`
 */
export function refuseBusy(context: OperationContext, session: SessionFacts): void {
  if (session.record?.intent === undefined || isRecoverable(context, session)) return;
  throw busy(context, session);
}
