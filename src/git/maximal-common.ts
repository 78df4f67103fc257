/**
 * Pure: the best common ancestors of every two of many states, from the part of history that lies
 * above what all of them have in common.
 *
 * A commit is one of a pair's best common ancestors if both descend from it and neither any child
 * of it does. What lies below a bottom (a best common ancestor of all) never is one: the bottom
 * is better.
 */
import type { Oid } from './oid.ts';
import { trusted } from '../kernel/brand.ts';

export interface Region {
  /** the best common ancestors of all states; not part of `commits` */
  readonly bottoms: readonly Oid[];
  /** everything above, children before parents */
  readonly commits: readonly { readonly id: string; readonly parents: readonly string[] }[];
}

/**
 * @param states of each the commits it descends from, itself included
 * @returns the best common ancestors of two states, by position
 */
export function maximalCommon(
  region: Region,
  states: readonly (readonly Oid[])[],
): (a: number, b: number) => readonly Oid[] {
  const classes = classesOf(states);
  const count = classes.heads.length;
  const found = commonAncestors(region, classes.heads);
  const held = bottomsHeld(region);
  return (a, b) => {
    const [left = -1, right = -1] = [classes.of[a], classes.of[b]];
    if (left === right) return classes.heads[left] ?? [];
    const best = found.get(Math.min(left, right) * count + Math.max(left, right)) ?? [];
    const under = region.bottoms.filter(
      (bottom) => !best.some((id) => held.get(id)?.has(bottom) === true),
    );
    return [...best, ...under];
  };
}

interface Classes {
  /** the distinct lists of heads */
  readonly heads: readonly (readonly Oid[])[];
  /** which of them each state has */
  readonly of: readonly number[];
}

function classesOf(states: readonly (readonly Oid[])[]): Classes {
  const numbers = new Map<string, number>();
  const heads: (readonly Oid[])[] = [];
  const of = states.map((state) => {
    const name = state.join(' ');
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, heads.length);
    heads.push(state);
    return heads.length - 1;
  });
  return { heads, of };
}

/** By pair (`a * count + b`, a < b): its best common ancestors in the region. */
function commonAncestors(
  region: Region,
  heads: readonly (readonly Oid[])[],
): ReadonlyMap<number, readonly Oid[]> {
  const found = new Map<number, Oid[]>();
  // of a commit that is still to come: what its children are ancestors of
  const pending = new Map<string, ReadonlySet<number>[]>();
  const give = (id: string, reach: ReadonlySet<number>): void => {
    const known = pending.get(id);
    if (known === undefined) pending.set(id, [reach]);
    else if (!known.includes(reach)) known.push(reach);
  };
  for (const [at, own] of heads.entries()) for (const head of own) give(head, new Set([at]));
  for (const { id, parents } of region.commits) {
    const parts = pending.get(id) ?? [];
    pending.delete(id);
    // along a chain it is one and the same set
    const [first] = parts;
    const reach = parts.length === 1 && first !== undefined ? first : union(parts);
    if (parts.length > 1) addNewPairs(found, heads.length, trusted(id), reach, parts);
    for (const parent of parents) give(parent, reach);
  }
  return found;
}

function union(parts: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const whole = new Set<number>();
  for (const part of parts) for (const one of part) whole.add(one);
  return whole;
}

/** The pairs of `reach` that are in no single part: no child is an ancestor of both. */
function addNewPairs(
  found: Map<number, Oid[]>,
  count: number,
  id: Oid,
  reach: ReadonlySet<number>,
  parts: readonly ReadonlySet<number>[],
): void {
  const largest = parts.reduce((best, part) => (part.size > best.size ? part : best));
  const others = [...reach].filter((one) => !largest.has(one));
  const seen = new Set<number>();
  // a pair within the largest part is no news: one of the two is outside of it
  for (const one of others) {
    for (const other of reach) {
      if (one === other) continue;
      const key = Math.min(one, other) * count + Math.max(one, other);
      if (seen.has(key)) continue;
      seen.add(key);
      if (parts.some((part) => part.has(one) && part.has(other))) continue;
      const known = found.get(key);
      if (known === undefined) found.set(key, [id]);
      else known.push(id);
    }
  }
}

const nothing: ReadonlySet<Oid> = new Set();

/** Of each commit that is above a bottom: which. Only those are in it. */
function bottomsHeld(region: Region): ReadonlyMap<string, ReadonlySet<Oid>> {
  const held = new Map<string, ReadonlySet<Oid>>();
  const whole = new Map<string, ReadonlySet<Oid>>();
  const bottoms = new Map<string, Oid>(region.bottoms.map((bottom) => [bottom, bottom]));
  for (const { id, parents } of region.commits.toReversed()) {
    const own = new Set<Oid>();
    for (const parent of parents) {
      const bottom = bottoms.get(parent);
      if (bottom !== undefined) own.add(bottom);
      for (const one of held.get(parent) ?? nothing) own.add(one);
    }
    if (own.size === 0) continue;
    // nearly always the same set
    const name = [...own].toSorted().join(' ');
    const known = whole.get(name) ?? own;
    whole.set(name, known);
    held.set(id, known);
  }
  return held;
}
