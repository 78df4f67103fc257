/**
 * `git add -N`. One process, paths as a NUL-separated list: they are literal, not patterns.
 * `--sparse`: also where a sparse checkout would have no files.
 */
import { git, type Git } from './git.ts';

export async function addIntent(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<void> {
  await git(
    port,
    worktree,
    [
      '--literal-pathspecs',
      'add',
      '--intent-to-add',
      '--sparse',
      '--force',
      '--pathspec-from-file=-',
      '--pathspec-file-nul',
    ],
    { stdin: paths.map((path) => `${path}\0`).join('') },
  );
}
