/**
 * Submodules of a session live in `modules/` of its private git dir and travel with it. When the
 * worktree comes back at another path, their links are rewritten, both ways.
 * Processes: two `git config` for each submodule that has a worktree.
 */
import { readdir } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { absolute, below, isWithin, type AbsolutePath } from '../kernel/path.ts';
import { gitText, type Git } from '../git/git.ts';
import { ifThere, isThere, writeDurably } from './disk.ts';

/** Does this private git dir hold repositories of submodules? */
export async function hasModules(privateDir: AbsolutePath): Promise<boolean> {
  return ((await ifThere(readdir(below(privateDir, 'modules')))) ?? []).length > 0;
}

/**
 * Points the submodules of the session at `to` that were made for `from`.
 * @param privateDir where it is now, which is where it was: a changed admin id is refused before
 */
export async function relinkSubmodules(
  git: Git,
  privateDir: AbsolutePath,
  from: AbsolutePath,
  to: AbsolutePath,
): Promise<void> {
  if (from === to) return;
  // not in the module itself: git enters its core.worktree first, which is not there any more
  const cwd = absolute(dirname(dirname(privateDir)));
  for await (const module of moduleDirs(below(privateDir, 'modules'))) {
    const file = below(module, 'config');
    const args = ['config', '--file', file];
    const old = await gitText(git, cwd, [...args, '--get', 'core.worktree'], {
      answers: [0, 1],
    });
    if (old === '') continue;
    const was = absolute(old, module);
    if (!isWithin(was, from)) continue;
    const now = below(to, relative(from, was));
    await gitText(git, cwd, [...args, 'core.worktree', relative(module, now)]);
    if (await isThere(below(now, '.git'))) {
      await writeDurably(below(now, '.git'), `gitdir: ${relative(now, module)}\n`);
    }
  }
}

async function* moduleDirs(folder: AbsolutePath): AsyncGenerator<AbsolutePath> {
  for (const entry of (await ifThere(readdir(folder, { withFileTypes: true }))) ?? []) {
    if (!entry.isDirectory()) continue;
    const path = below(folder, entry.name);
    // the name of a submodule may have slashes: folders on the way have no HEAD
    if (await isThere(below(path, 'HEAD'))) {
      yield path;
      yield* moduleDirs(below(path, 'modules'));
    } else yield* moduleDirs(path);
  }
}
