/** Pure: what was foreseen, in the words of the answer. */
import type { Judgement } from '../../integration/clash/model.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { ConflictsReport } from '../shapes/conflicts.ts';
import type { Foreseen } from './foresee.ts';

const mostPaths = 100;

/**
 * @param shown only pairs that involve one of these
 * @param order of all
 */
export function reportOf(
  { sessions, pairs, base }: Foreseen,
  shown: ReadonlySet<SessionKey>,
  order: readonly SessionKey[],
): ConflictsReport {
  const names = namesOf(sessions);
  const name = (key: SessionKey): string => names.get(key) ?? key;
  return {
    sessions: sessions.map((one) => ({
      name: one.name,
      state: one.record?.state ?? 'active',
      base: one.record?.base.name ?? '',
      goals: one.record?.goals ?? [],
    })),
    pairs: pairs
      .filter(({ a, b }) => shown.has(a) || shown.has(b))
      .map((one) => ({ a: name(one.a), b: name(one.b), ...judgement(one) })),
    base: base
      .filter(({ key }) => shown.has(key))
      .map((one) => ({ name: name(one.key), base: one.base, ...judgement(one) })),
    order: order.filter((key) => shown.has(key)).map(name),
  };
}

export function namesOf(sessions: readonly SessionFacts[]): ReadonlyMap<SessionKey, string> {
  return new Map(sessions.map(({ key, name }) => [key, name]));
}

function judgement({ verdict, paths, why }: Judgement) {
  const more = paths.length - mostPaths;
  return {
    verdict,
    paths: paths.slice(0, mostPaths),
    ...(more > 0 ? { morePaths: more } : {}),
    ...(why === undefined ? {} : { why }),
  };
}
