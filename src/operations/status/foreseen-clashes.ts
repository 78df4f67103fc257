/**
 * Which of the sessions of a status clash, in words. Judged from the statuses that are there
 * already; of many sessions only so much that nobody waits for it.
 */
import type { Suggestion } from '../../kernel/suggestion.ts';
import type { Judgement } from '../../integration/clash/model.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import { foresee, type Foreseen } from '../conflicts/foresee.ts';
import { bringIn, landFirst, syncAfter } from '../conflicts/helpful.ts';
import { standing, type WithStatus } from '../conflicts/participants.ts';
import { namesOf } from '../conflicts/report.ts';
import type { OperationContext } from '../context.ts';
import type { ClashWish, KnownClashes, SessionClashes } from './clashes.ts';

/** About as many as 20 sessions have among each other and with their bases. */
const mergeLimit = 250;

/** Of so many clashes the paths are told; the names of all are in `clashes`. */
const mostTold = 3;

/** So many paths are named. */
const mostPaths = 3;

/** @param asked those that take part */
export async function foreseenClashes(
  context: OperationContext,
  project: Project,
  asked: readonly WithStatus[],
  wish: ClashWish,
): Promise<KnownClashes> {
  const foreseen = await foresee(context, project, asked, { ...wish, mergeLimit });
  // of those that need somebody for that very reason it is said already
  const troubled = new Set(asked.filter(isTroubled).map(({ facts }) => facts.key));
  const unknown = foreseen.pairs.filter(
    ({ a, b, verdict }) => verdict === 'unknown' && !troubled.has(a) && !troubled.has(b),
  );
  const [first] = unknown;
  if (first !== undefined) context.warn(unknownPairs(unknown.length, first.why));
  const some = [...foreseen.pairs, ...foreseen.base].some(({ verdict }) => verdict === 'clash');
  const order = some ? foreseen.order(foreseen.sessions.map(({ key }) => key)) : [];
  // one without work of its own has nothing that could clash: nothing is said of it
  const working = asked.filter((session) => standing(session).work === 'some');
  const clashes = working.map(({ facts: { key } }) => [key, one(foreseen, order, key)] as const);
  return { clashes: new Map(clashes), touched: foreseen.touched };
}

/** Its folder cannot be looked at, or is in the middle of a conflict. */
function isTroubled({ facts: { place }, status }: WithStatus): boolean {
  switch (place.kind) {
    case 'moved':
    case 'not-ours':
    case 'unknown':
      return true;
    case 'present':
      return status === null || status.entries.some(({ kind }) => kind === 'unmerged');
    case 'put-away':
    case 'gone':
      return false;
  }
}

function unknownPairs(count: number, why: string | undefined) {
  const pairs = count === 1 ? '1 pair of sessions clashes' : `${count} pairs of sessions clash`;
  const reason = why === undefined ? '' : ` (${why})`;
  return {
    code: 'clashes-unknown',
    message: `Whether ${pairs} is not known${reason}; parallel conflicts looks at all of them.`,
  };
}

function one(foreseen: Foreseen, order: readonly SessionKey[], key: SessionKey): SessionClashes {
  const names = namesOf(foreseen.sessions);
  const rank = (other: SessionKey): number => order.indexOf(other);
  const mine = foreseen.pairs
    .filter(({ a, b }) => a === key || b === key)
    .map((pair) => ({ ...pair, other: pair.a === key ? pair.b : pair.a }));
  const clashing = mine
    .filter(({ verdict }) => verdict === 'clash')
    .toSorted((a, b) => rank(a.other) - rank(b.other));
  const base = foreseen.base.find((judged) => judged.key === key && judged.verdict === 'clash');
  const unsure = mine.some(({ verdict }) => verdict === 'unknown');
  const told = clashing.map((pair) => ({ ...pair, name: names.get(pair.other) ?? pair.other }));
  const parts = [
    ...(base === undefined ? [] : [`${base.base}, which has moved on: ${pathsOf(base)}`]),
    ...told.slice(0, mostTold).map((pair) => `${pair.name}: ${pathsOf(pair)}`),
    ...(told.length > mostTold ? [`${told.length - mostTold} more`] : []),
  ];
  return {
    names: told.length === 0 && unsure ? null : told.map(({ name }) => name),
    why: parts.length === 0 ? null : `Clashes with ${parts.join('; with ')}`,
    help: helpFor(),
  };

  function helpFor(): Suggestion | null {
    const session = foreseen.sessions.find((other) => other.key === key);
    if (session === undefined) return null;
    const { uncommitted } = foreseen;
    if (base !== undefined) return bringIn(session, uncommitted, base.base);
    const [first] = told;
    if (first === undefined) return null;
    return rank(first.other) < rank(key)
      ? syncAfter(session, uncommitted, first.name)
      : landFirst(session);
  }
}

function pathsOf({ paths }: Judgement): string {
  const more = paths.length - mostPaths;
  const named = paths.slice(0, mostPaths).map(({ path }) => path);
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
