/** What remove was asked for, checked, and the session it is about. */
import { FlightError } from '../../kernel/errors.ts';
import type { Oid } from '../../git/oid.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { type SessionKey, keyNamed } from '../../sessions/name.ts';
import type { Observation } from '../../sessions/observe.ts';
import { busy, isRecoverable } from '../busy.ts';
import type { OperationContext } from '../context.ts';
import type { RemoveInput } from '../remove.ts';

const removeCommand: readonly string[] = ['parallel', 'remove'];

/** What is asked for, whichever command asks. */
export interface RemoveRequest extends Omit<RemoveInput, 'name' | 'force'> {
  readonly key: SessionKey;
  readonly name: string;
  /** how the call is spelled again; default `parallel remove` */
  readonly spelling?: Spelling;
  /** uncommitted work that does not count: this very command commits it before the session leaves */
  readonly committed?: (path: string) => boolean;
  /** commits that this command makes before the session leaves */
  readonly coming?: number;
  /** paths that will conflict with `base`, what is not committed yet included; `null`: unknown */
  readonly foresee?: (base: Oid) => Promise<readonly string[] | null>;
  readonly ifDeclined?: string;
}

interface Spelling {
  readonly command: readonly string[];
  /** further arguments of this call */
  readonly more: readonly string[];
}

/**
 * The call again, with `added` and without what it replaces. Once a strategy is chosen, what only
 * another one takes is left out: that would be a call nobody understands.
 */
export function again(request: RemoveRequest, added: readonly string[]): string[] {
  const { shape, into, title, body, bodyFile, draft, prUrl, verify, forceInUse, spelling } =
    request;
  const at = added.indexOf('--strategy');
  const chosen = at < 0 ? null : added[at + 1];
  const of = (strategy: string, words: readonly string[]): readonly string[] =>
    chosen === null || chosen === strategy ? words : [];
  const flag = (name: string, value: string | undefined): string[] =>
    value === undefined || added.includes(name) ? [] : [name, value];
  return [
    ...(spelling?.command ?? removeCommand),
    request.name,
    ...added,
    ...of('merge', [...flag('--shape', shape), ...flag('--into', into)]),
    ...of('pr', [
      ...flag('--title', title),
      ...flag('--body', body),
      ...flag('--body-file', bodyFile),
      ...flag('--pr-url', prUrl),
    ]),
    ...of('merge', flag('--verify', verify)),
    ...of('pr', draft && !added.includes('--draft') ? ['--draft'] : []),
    ...(forceInUse && !added.includes('--force-in-use') ? ['--force-in-use'] : []),
    ...(spelling?.more ?? []),
  ];
}

/**
 * The session that is meant: by name, or the one we stand in.
 * @throws FlightError `usage` (no name outside of a session), `no-such-session`, `broken-record`
 */
export function targetOf(input: Pick<RemoveInput, 'name'>, facts: Observation): SessionFacts {
  const { here } = facts;
  const name = input.name ?? (here.kind === 'session' ? here.name : null);
  if (name === null) {
    const detail = 'Which session? Outside of a session its name must be given.';
    throw new FlightError('usage', { detail, command: ['parallel', 'remove'] });
  }
  const key = keyNamed(name);
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
