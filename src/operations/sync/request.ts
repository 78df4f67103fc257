/** What sync was asked for, checked, and the sessions it is about. */
import { FlightError } from '../../kernel/errors.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { keyNamed } from '../../sessions/name.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { SyncInput } from '../sync.ts';

export interface Wish {
  readonly shape: 'merge' | 'rebase';
  readonly carry: boolean;
  readonly leaveConflicts: boolean;
  /** one that was named is asked for by itself; of all of them some may be left alone */
  readonly by: 'name' | 'all';
}

function usage(detail: string): FlightError<'usage'> {
  return new FlightError('usage', { detail, command: ['parallel', 'sync'] });
}

/** @throws FlightError `usage` for flags that exclude each other */
export function wishOf(input: SyncInput): Wish {
  const { merge, rebase, carry, leaveConflicts, all, names } = input;
  if (merge && rebase) throw usage('--merge and --rebase exclude each other.');
  if (all && names.length > 0) throw usage('--all and names exclude each other.');
  const resolves = input.continue ? '--continue' : '--abort';
  if (input.continue && input.abort) throw usage('--continue and --abort exclude each other.');
  if (input.continue || input.abort) {
    if (merge || rebase || carry || leaveConflicts) {
      throw usage(`${resolves} takes no other flag: it goes by what is under way.`);
    }
    if (all || names.length > 1) throw usage(`${resolves} is for one session.`);
  }
  if (leaveConflicts && (all || names.length > 1)) {
    throw usage('--leave-conflicts is for one session.');
  }
  const shape = rebase ? 'rebase' : 'merge';
  return { shape, carry, leaveConflicts, by: all ? 'all' : 'name' };
}

/**
 * The sessions that are meant: those named, the one we stand in, or with `--all` every active one.
 * What is kept or in review has no folder to be kept in step.
 * @throws FlightError `usage` (no name outside of a session), `no-such-session`
 */
export function targetsOf(input: SyncInput, facts: Observation): readonly SessionFacts[] {
  const { here, sessions } = facts;
  if (input.all) return sessions.filter((one) => (one.record?.state ?? 'active') === 'active');
  const names = input.names.length > 0 || here.kind !== 'session' ? input.names : [here.name];
  if (names.length === 0) throw usage('Which session? Its name must be given here, or --all.');
  const found = new Map<string, SessionFacts>();
  for (const name of names) {
    const key = keyNamed(name);
    const session = sessions.find((one) => one.key === key);
    if (session === undefined) {
      const known = sessions.map((one) => one.name);
      throw new FlightError('no-such-session', { name, known });
    }
    found.set(session.key, session);
  }
  return [...found.values()];
}

/** The call for one session again, with `added`. */
export function again(name: string, wish: Wish, added: readonly string[]): string[] {
  return [
    'parallel',
    'sync',
    name,
    ...(wish.shape === 'rebase' ? ['--rebase'] : []),
    ...(wish.carry && !added.includes('--carry') ? ['--carry'] : []),
    ...(wish.leaveConflicts && !added.includes('--leave-conflicts') ? ['--leave-conflicts'] : []),
    ...added,
  ];
}
