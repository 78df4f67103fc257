/**
 * The landing order in which the fewest sessions meet a clash. Pure.
 *
 * When sessions land one after the other, one meets a clash if it clashes with its base or with
 * one that landed before. Those that meet none never clash with each other: they are an independent
 * set of the graph whose edges are clashes, and the largest one, landed first, is the best there
 * is. Of equally large ones the one with the fewest members that perhaps clash (`unknown`) is
 * taken, then the one with the earlier sessions. Found exactly by branch and bound, group by group
 * of sessions that have to do with each other; where that takes too long, the best found so far.
 */
import type { SessionKey } from '../../sessions/name.ts';
import type { Clashes, Verdict } from './model.ts';

/** Comparisons: some ten milliseconds, whatever the graph. */
const usualPatience = 1_000_000;

interface Graph {
  /** per session those that it clashes with */
  readonly clash: readonly ReadonlySet<number>[];
  /** per session those of which that is unknown */
  readonly perhaps: readonly ReadonlySet<number>[];
  /** per session its verdict against its base */
  readonly base: readonly Verdict[];
}

/** Who meets no clash for sure (`free`), and of those who perhaps meets one (`perhaps`). */
interface Chosen {
  readonly free: readonly number[];
  readonly perhaps: readonly number[];
}

/**
 * @param keys in the order that breaks ties: the oldest first
 * @param patience comparisons until the best order so far is taken
 * @returns all of `keys`: first those that meet no clash, then those that perhaps do, then the rest
 */
export function landingOrder(
  keys: readonly SessionKey[],
  clashes: Pick<Clashes, 'pairs' | 'base'>,
  patience = usualPatience,
): SessionKey[] {
  const graph = graphOf(keys, clashes);
  const candidates = keys.flatMap((_, at) => (graph.base[at] === 'clash' ? [] : [at]));
  const free = new Set<number>();
  const perhaps = new Set<number>();
  let left = patience;
  for (const group of groups(graph, candidates)) {
    const { best, used } = largest(graph, group, left);
    left -= used;
    for (const at of best.free) free.add(at);
    for (const at of best.perhaps) perhaps.add(at);
  }
  const rank = (at: number): number => (free.has(at) ? 0 : perhaps.has(at) ? 1 : 2);
  return keys
    .map((key, at) => ({ key, at }))
    .toSorted((a, b) => rank(a.at) - rank(b.at) || a.at - b.at)
    .map(({ key }) => key);
}

function graphOf(keys: readonly SessionKey[], { pairs, base }: Pick<Clashes, 'pairs' | 'base'>) {
  const places = new Map(keys.map((key, at) => [key, at]));
  const clash = keys.map(() => new Set<number>());
  const perhaps = keys.map(() => new Set<number>());
  for (const { a, b, verdict } of pairs) {
    const [one, other] = [places.get(a), places.get(b)];
    if (one === undefined || other === undefined) continue;
    const edges = verdict === 'clash' ? clash : verdict === 'unknown' ? perhaps : null;
    edges?.[one]?.add(other);
    edges?.[other]?.add(one);
  }
  const verdicts = new Map(base.map(({ key, verdict }) => [key, verdict]));
  return { clash, perhaps, base: keys.map((key) => verdicts.get(key) ?? 'clear') };
}

/** Those that are connected by clashes, certain or not, each in the order given. */
function groups(graph: Graph, candidates: readonly number[]): number[][] {
  const unseen = new Set(candidates);
  return candidates.flatMap((start) => {
    if (!unseen.delete(start)) return [];
    const group = [start];
    for (const at of group) {
      for (const next of [...neighbours(graph.clash, at), ...neighbours(graph.perhaps, at)]) {
        if (unseen.delete(next)) group.push(next);
      }
    }
    return [group.toSorted((a, b) => a - b)];
  });
}

function neighbours(edges: Graph['clash'], at: number): ReadonlySet<number> {
  return edges[at] ?? new Set();
}

/** Branch and bound: each session in turn meets no clash, perhaps one, or one for sure. */
function largest(
  graph: Graph,
  group: readonly number[],
  patience: number,
): { readonly best: Chosen; readonly used: number } {
  // one more that meets none for sure outweighs all that perhaps do
  const weight = group.length + 1;
  const worth = ({ free, perhaps }: Chosen): number =>
    (free.length + perhaps.length) * weight + free.length;
  let best = greedy(graph, group);
  // what is found by search is preferred to an equally good guess: it has the earlier sessions
  let beaten = worth(best) - 1;
  let used = 0;
  const search = (rest: readonly number[], chosen: Chosen): void => {
    if (used >= patience) return;
    const [first, ...others] = rest;
    if (first === undefined) {
      if (worth(chosen) > beaten) [best, beaten] = [chosen, worth(chosen)];
      return;
    }
    const cover = cliques(graph, rest);
    used += cover.comparisons + 1;
    if (worth(chosen) + cover.count * (weight + 1) <= beaten) return;
    const clash = neighbours(graph.clash, first);
    const perhaps = neighbours(graph.perhaps, first);
    const after = others.filter((at) => !clash.has(at));
    const certain = graph.base[first] !== 'unknown' && !chosen.free.some((at) => perhaps.has(at));
    if (certain) search(after, { ...chosen, free: [...chosen.free, first] });
    // where nothing speaks against the better choice, no other one can win
    if (!certain || others.some((at) => perhaps.has(at))) {
      search(after, { ...chosen, perhaps: [...chosen.perhaps, first] });
    }
    if (after.length < others.length) search(others, chosen);
  };
  search(group, { free: [], perhaps: [] });
  return { best, used };
}

/** Of each clique at most one can be chosen: an upper bound. */
function cliques(
  graph: Graph,
  rest: readonly number[],
): { readonly count: number; readonly comparisons: number } {
  const found: number[][] = [];
  let comparisons = 0;
  for (const at of rest) {
    const clash = neighbours(graph.clash, at);
    const clique = found.find((members) =>
      members.every((other) => {
        comparisons += 1;
        return clash.has(other);
      }),
    );
    if (clique === undefined) found.push([at]);
    else clique.push(at);
  }
  return { count: found.length, comparisons };
}

/** Whoever clashes with the fewest of those that are left is next. */
function greedy(graph: Graph, group: readonly number[]): Chosen {
  const rest = new Set(group);
  const taken: number[] = [];
  while (rest.size > 0) {
    const left = (at: number): number =>
      [...neighbours(graph.clash, at)].filter((other) => rest.has(other)).length;
    const [next] = [...rest].toSorted((a, b) => left(a) - left(b) || a - b);
    if (next === undefined) break;
    taken.push(next);
    rest.delete(next);
    for (const other of neighbours(graph.clash, next)) rest.delete(other);
  }
  const free: number[] = [];
  const perhaps: number[] = [];
  for (const at of taken.toSorted((a, b) => a - b)) {
    const doubt = graph.base[at] === 'unknown';
    const met = free.some((other) => neighbours(graph.perhaps, at).has(other));
    (doubt || met ? perhaps : free).push(at);
  }
  return { free, perhaps };
}
