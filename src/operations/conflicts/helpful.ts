/**
 * Pure: what helps where sessions clash. Who comes first in the landing order lands; who meets a
 * clash then brings its base in and resolves it there, before it is its turn.
 */
import { ours, type Suggestion } from '../../kernel/suggestion.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Foreseen } from './foresee.ts';

/** An agent is to read them all. */
const most = 5;

type Judged = Pick<Foreseen, 'sessions' | 'pairs' | 'base' | 'uncommitted'>;

/** For all that clash, the most urgent first; nothing if nothing clashes. */
export function helpful(
  { sessions, pairs, base, uncommitted }: Judged,
  shown: ReadonlySet<SessionKey>,
  order: readonly SessionKey[],
): Suggestion[] {
  const facts = new Map(sessions.map((one) => [one.key, one]));
  const behind = base.filter(({ key, verdict }) => verdict === 'clash' && shown.has(key));
  const clashing = pairs.filter(
    ({ a, b, verdict }) => verdict === 'clash' && (shown.has(a) || shown.has(b)),
  );
  const ranks = new Map(order.map((key, at) => [key, at]));
  const rank = (key: SessionKey): number => ranks.get(key) ?? order.length;
  const first = new Set<SessionKey>();
  const later = new Map<SessionKey, SessionKey>();
  for (const { a, b } of clashing) {
    const [one, other] = rank(a) <= rank(b) ? [a, b] : [b, a];
    first.add(one);
    if (!later.has(other)) later.set(other, one);
  }
  const moved = new Set(behind.map(({ key }) => key));
  const alone = [...first].filter((key) => !later.has(key) && !moved.has(key));
  const after = [...later].filter(([key]) => !moved.has(key));
  const about = (
    key: SessionKey,
    help: (session: SessionFacts) => Suggestion | null,
  ): readonly Suggestion[] => {
    const session = facts.get(key);
    const found = session === undefined ? null : help(session);
    return found === null ? [] : [found];
  };
  return [
    ...behind.flatMap((one) =>
      about(one.key, (session) => bringIn(session, uncommitted, one.base)),
    ),
    ...alone.toSorted((a, b) => rank(a) - rank(b)).flatMap((key) => about(key, landFirst)),
    ...after.flatMap(([key, before]) =>
      about(key, (session) => syncAfter(session, uncommitted, facts.get(before)?.name ?? before)),
    ),
  ].slice(0, most);
}

/** It clashes with its base, which has moved on. */
export function bringIn(
  session: SessionFacts,
  uncommitted: Judged['uncommitted'],
  base: string,
): Suggestion {
  return resolve(session, uncommitted, `brings ${base} in, to resolve it there`);
}

/** `null`: it does not land by itself, but by its pull request, or not now */
export function landFirst({ name, record }: SessionFacts): Suggestion | null {
  if (record?.state !== 'active') return null;
  return ours(['parallel', 'land', name], 'when it is done: it lands first');
}

export function syncAfter(
  session: SessionFacts,
  uncommitted: Judged['uncommitted'],
  first: string,
): Suggestion {
  return resolve(session, uncommitted, `land ${first} first, then`);
}

/** Conflicts are known: they are left in a worktree, where nothing uncommitted is beside them. */
function resolve(
  { key, name, place }: SessionFacts,
  uncommitted: Judged['uncommitted'],
  why: string,
): Suggestion {
  if (place.kind !== 'present') {
    return ours(['parallel', 'restore', name], 'brings its folder back, to resolve it there');
  }
  const before = uncommitted.has(key) ? 'commit its changes; ' : '';
  return ours(['parallel', 'sync', name, '--leave-conflicts'], `${before}${why}`);
}
