/**
 * How many states of work descend from each other: the merge bases of all their pairs.
 *
 * Processes: `merge-base --octopus` (what all have in common) and one `rev-list --parents` of what
 * lies above it; the pairs are worked out in memory (`maximal-common.ts`). Only if they have
 * nothing in common: one `rev-list` per state for its roots, and those two per set of roots.
 */
import { pooled } from '../kernel/pooled.ts';
import { git, GitError, gitText, type Git } from './git.ts';
import { mergeBases } from './history.ts';
import { maximalCommon, type Region } from './maximal-common.ts';
import { oid, type Oid } from './oid.ts';

/** `bases`: the best common ancestors, several after criss-cross merges. */
export type Relation =
  | { readonly kind: 'related'; readonly bases: readonly Oid[] }
  | { readonly kind: 'unrelated' }
  | { readonly kind: 'unknown'; readonly why: string };

export interface Pair {
  readonly a: number;
  readonly b: number;
}

const plain = ['--no-replace-objects'];

/**
 * The relation of each of `pairs`.
 * @param states of each the commits that it, or the commit it will come to, descends from
 * @param pairs of two positions in `states`
 */
export async function relationsOf(
  port: Git,
  cwd: string,
  states: readonly (readonly Oid[])[],
  pairs: readonly Pair[],
): Promise<readonly Relation[]> {
  const all = [
    ...new Set(pairs.flatMap(({ a, b }) => [...(states[a] ?? []), ...(states[b] ?? [])])),
  ];
  const common = await commonOf(port, cwd, states, all);
  if (common !== null) return pairs.map(({ a, b }) => related(common(a, b)));
  return apart(port, cwd, states, pairs, all);
}

function related(bases: readonly Oid[]): Relation {
  return bases.length === 0 ? { kind: 'unrelated' } : { kind: 'related', bases };
}

/** `null` if they have nothing in common, or it cannot be found out. */
async function commonOf(
  port: Git,
  cwd: string,
  states: readonly (readonly Oid[])[],
  heads: readonly Oid[],
): Promise<((a: number, b: number) => readonly Oid[]) | null> {
  if (heads.length === 0) return () => [];
  try {
    const region = await regionAbove(port, cwd, heads);
    return region === null ? null : maximalCommon(region, states);
  } catch (error) {
    port.signal?.throwIfAborted();
    if (error instanceof GitError) return null;
    throw error;
  }
}

async function regionAbove(port: Git, cwd: string, heads: readonly Oid[]): Promise<Region | null> {
  const [only] = heads;
  if (heads.length === 1 && only !== undefined) return { bottoms: [only], commits: [] };
  const octopus = [...plain, 'merge-base', '--octopus', '--all', ...heads];
  const bottoms = lines(await gitText(port, cwd, octopus, { answers: [0, 1] })).map(oid);
  if (bottoms.length === 0) return null;
  const stdin = [...heads, ...bottoms.map((bottom) => `^${bottom}`), ''].join('\n');
  const args = [...plain, 'rev-list', '--topo-order', '--parents', '--stdin'];
  const { stdout } = await git(port, cwd, args, { stdin });
  const commits = lines(stdout.toString('latin1')).map((line) => {
    const [id = '', ...parents] = line.split(' ');
    return { id, parents };
  });
  return { bottoms, commits };
}

/** Where not all have something in common: those with the same roots together. */
async function apart(
  port: Git,
  cwd: string,
  states: readonly (readonly Oid[])[],
  pairs: readonly Pair[],
  heads: readonly Oid[],
): Promise<readonly Relation[]> {
  const found = new Map<Oid, Roots>();
  await pooled(heads, 4, async (head) => found.set(head, await rootsOf(port, cwd, head)));
  const roots = states.map((own) => joined(own.map((head) => found.get(head) ?? none)));
  const groups = new Map<string, Promise<((a: number, b: number) => readonly Oid[]) | null>>();
  const group = (name: string): Promise<((a: number, b: number) => readonly Oid[]) | null> => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const inside = states.filter((_, at) => nameOf(roots[at]) === name);
    const asked = commonOf(port, cwd, states, [
      ...new Set(inside.flat().filter((head) => heads.includes(head))),
    ]);
    groups.set(name, asked);
    return asked;
  };
  return pooled(pairs, 4, async ({ a, b }): Promise<Relation> => {
    const [left, right] = [roots[a] ?? none, roots[b] ?? none];
    const why = left.why ?? right.why;
    if (why !== undefined) return { kind: 'unknown', why };
    if (left.roots.every((root) => !right.roots.includes(root))) return { kind: 'unrelated' };
    const common = nameOf(left) === nameOf(right) ? await group(nameOf(left)) : null;
    if (common !== null) return related(common(a, b));
    const [mine, yours] = [states[a] ?? [], states[b] ?? []];
    const [one, other] = [mine[0], yours[0]];
    if (mine.length !== 1 || yours.length !== 1 || one === undefined || other === undefined) {
      return { kind: 'unknown', why: 'it is in the middle of merging unrelated histories' };
    }
    return related(await mergeBases(port, cwd, one, other));
  });
}

interface Roots {
  readonly roots: readonly string[];
  readonly why?: string;
}

const none: Roots = { roots: [] };

function nameOf(roots: Roots | undefined): string {
  return roots?.roots.join(' ') ?? '';
}

function joined(all: readonly Roots[]): Roots {
  const why = all.find((one) => one.why !== undefined)?.why;
  const roots = [...new Set(all.flatMap((one) => one.roots))].toSorted();
  return why === undefined ? { roots } : { roots, why };
}

async function rootsOf(port: Git, cwd: string, head: Oid): Promise<Roots> {
  try {
    const args = [...plain, 'rev-list', '--max-parents=0', '--end-of-options', head];
    return { roots: lines(await gitText(port, cwd, args)).toSorted() };
  } catch (error) {
    port.signal?.throwIfAborted();
    if (error instanceof GitError) return { roots: [], why: 'its history cannot be read' };
    throw error;
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
