// Sides of merges out of a real history: commits that have gone apart as they are, and states of
// one moment brought to another (as a revert, or a branch made anew, would be), so that a straight
// history has something to merge too. Which ones is a matter of the seed alone.
import { createHash } from 'node:crypto';
import { gitIn } from '../repo.ts';

/** What is to be in a session: the files of `content`, its HEAD at `head`. */
export interface Side {
  readonly head: string;
  readonly content: string;
}

/** Of a long history only so much of its end is looked at. */
const mostCommits = 5_000;

/**
 * @param repository a clone, possibly a shallow one; of one with a single commit there is one side
 */
export function sidesOf(repository: string, wanted: number, seed: number): readonly Side[] {
  const parents = readHistory(repository);
  const shuffled = [...parents.keys()].toSorted((a, b) => (draw(a, seed) < draw(b, seed) ? -1 : 1));
  const apart = goneApart(parents, shuffled, Math.ceil(wanted / 2));
  const sides = apart.map((commit, at) => ({
    // every other one has its last step not committed yet
    head: at % 2 === 0 ? commit : (parents.get(commit)?.[0] ?? commit),
    content: commit,
  }));
  // several states for one moment, before and after it
  const line = [...parents.keys()];
  for (const head of shuffled) {
    const at = line.indexOf(head);
    for (const step of [-3, 2, -1, 6]) {
      const content = line[at + step];
      if (sides.length >= wanted) return sides;
      if (content !== undefined) sides.push({ head, content });
    }
  }
  return sides;
}

/** All commits, the newest first, with their parents as far as the clone has them. */
function readHistory(repository: string): ReadonlyMap<string, readonly string[]> {
  const args = ['rev-list', '--topo-order', '--parents', `--max-count=${mostCommits}`, 'HEAD'];
  const lines = gitIn(repository, ...args).split('\n');
  const all = lines.map((line) => line.split(' '));
  return new Map(all.map(([commit = '', ...parents]) => [commit, parents]));
}

/** Up to `wanted` commits of which none is an ancestor of another. */
function goneApart(
  parents: ReadonlyMap<string, readonly string[]>,
  candidates: readonly string[],
  wanted: number,
): readonly string[] {
  const chosen = new Map<string, ReadonlySet<string>>();
  for (const commit of candidates) {
    if (chosen.size >= wanted) break;
    const before = ancestors(parents, commit);
    const related = [...chosen].some(([one, its]) => its.has(commit) || before.has(one));
    if (!related) chosen.set(commit, before);
  }
  return [...chosen.keys()];
}

function ancestors(
  parents: ReadonlyMap<string, readonly string[]>,
  commit: string,
): ReadonlySet<string> {
  const found = new Set([commit]);
  // a set is gone through with what is added meanwhile
  for (const one of found) for (const parent of parents.get(one) ?? []) found.add(parent);
  return found;
}

/** A number for `text` that only the seed decides. */
export function draw(text: string, seed: number): number {
  return createHash('sha1').update(`${seed} ${text}`).digest().readUInt32BE();
}
