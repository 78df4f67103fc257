/** Which of some paths git ignores: not those it tracks. One process: `check-ignore`. */
import { gitFields, type Git } from './git.ts';

export async function ignoredPaths(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const stdin = paths.map((path) => `${path}\0`).join('');
  // 1: none of them
  return new Set(
    await gitFields(port, worktree, ['check-ignore', '-z', '--stdin'], { stdin, answers: [0, 1] }),
  );
}
