/**
 * A merged submodule bump can name a commit that lives only in the session: submodule repositories
 * of a linked worktree are its own (`<private git dir>/modules`). Then nobody else could check the
 * base out, and when the session goes the commit goes with it.
 *
 * Processes: one or two per submodule that changes (`cat-file -e`, `branch -r --contains`).
 */
import { stat } from 'node:fs/promises';
import type { Change } from '../git/diff.ts';
import { git, gitText, type Git } from '../git/git.ts';
import type { Oid } from '../git/oid.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';

/**
 * @param places `home`: the checkout that is to have them; `session`: the worktree they come from
 * @returns paths of submodules at commits that only the session has
 */
export async function unreachableSubmodules(
  port: Git,
  places: { readonly home: AbsolutePath | null; readonly session: AbsolutePath | null },
  changes: readonly Change[],
): Promise<string[]> {
  const unreachable: string[] = [];
  for (const { path, after } of changes) {
    if (after?.mode !== '160000') continue;
    const here = await checkoutAt(places.home, path);
    if (here !== null && (await has(port, here, after.oid))) continue;
    // never checked out in the session: it cannot have been committed there
    const there = await checkoutAt(places.session, path);
    if (there === null || !(await has(port, there, after.oid))) continue;
    if (!(await isPublished(port, there, after.oid))) unreachable.push(path);
  }
  return unreachable;
}

async function checkoutAt(root: AbsolutePath | null, path: string): Promise<AbsolutePath | null> {
  if (root === null) return null;
  const folder = below(root, path);
  // without its own .git, git would answer for the project around it
  return (await stat(below(folder, '.git')).catch(() => null)) === null ? null : folder;
}

async function has(port: Git, folder: AbsolutePath, commit: Oid): Promise<boolean> {
  const args = ['cat-file', '-e', `${commit}^{commit}`];
  return (await git(port, folder, args, { answers: [0, 1, 128] })).exit === 0;
}

async function isPublished(port: Git, folder: AbsolutePath, commit: Oid): Promise<boolean> {
  const args = ['for-each-ref', '--count=1', `--contains=${commit}`, 'refs/remotes/'];
  return (await gitText(port, folder, args)) !== '';
}
