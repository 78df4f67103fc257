/**
 * Pure: what helps where sessions clash. Who comes first in the landing order lands; who meets a
 * clash then brings its base in and resolves it there, before it is its turn.
 */
import { ours, type Suggestion } from '../../kernel/suggestion.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Foreseen } from './foresee.ts';
import { namesOf } from './report.ts';

/** An agent is to read them all. */
const most = 5;

/** For all that clash, the most urgent first; nothing if nothing clashes. */
export function helpful(
  { sessions, pairs, base }: Pick<Foreseen, 'sessions' | 'pairs' | 'base'>,
  shown: ReadonlySet<SessionKey>,
  order: readonly SessionKey[],
): Suggestion[] {
  const names = namesOf(sessions);
  const name = (key: SessionKey): string => names.get(key) ?? key;
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
  const alone = [...first].filter((key) => !later.has(key) && !behind.some((b) => b.key === key));
  return [
    ...behind.map((one) => bringIn(name(one.key), one.base)),
    ...alone.toSorted((a, b) => rank(a) - rank(b)).map((key) => landFirst(name(key))),
    ...[...later].map(([key, before]) => syncAfter(name(key), name(before))),
  ].slice(0, most);
}

/** It clashes with its base, which has moved on. */
export function bringIn(name: string, base: string): Suggestion {
  return ours(['parallel', 'sync', name], `brings ${base} in, to resolve it there`);
}

export function landFirst(name: string): Suggestion {
  return ours(['parallel', 'land', name], 'when it is done: it lands first');
}

export function syncAfter(name: string, first: string): Suggestion {
  return ours(['parallel', 'sync', name], `land ${first} first, then`);
}
