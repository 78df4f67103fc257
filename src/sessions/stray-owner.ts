/** Whose a worktree is that is not ours: told by the places and lock reasons other tools use. */
import type { Worktree } from '../git/worktrees.ts';

const places: readonly (readonly [RegExp, string])[] = [
  [/\/\.claude\/worktrees\//u, 'claude'],
  [/\/\.gemini\/worktrees\//u, 'gemini'],
  [/\/\.cursor\/worktrees\//u, 'cursor'],
  [/\/\.codex\/worktrees\//u, 'codex'],
];

/** The agent that made `worktree`, or `null` if nothing tells. */
export function strayOwner(worktree: Pick<Worktree, 'path' | 'locked'>): string | null {
  if (worktree.locked !== null && /^claude (?:session|agent) /u.test(worktree.locked))
    return 'claude';
  return places.find(([place]) => place.test(`${worktree.path}/`))?.[1] ?? null;
}
