/** Sparse checkouts: which paths are left out on purpose. */
import { join } from 'node:path';
import { git, gitWith, type Git } from './git.ts';
import { listIndex } from './index-entries.ts';
import type { Oid } from './oid.ts';

/**
 * The paths of `tree` that a sparse checkout would leave out. git applies the patterns only where
 * it writes files: so it writes them, into `room`, an empty folder that the caller removes.
 * Up to three processes: `config`, `read-tree`, `ls-files`.
 */
export async function leftOutBySparse(
  port: Git,
  where: { readonly worktree: string; readonly privateDir: string; readonly room: string },
  tree: Oid,
): Promise<Set<string>> {
  const args = ['config', '--type=bool', '--get', 'core.sparseCheckout'];
  const { stdout } = await git(port, where.worktree, args, { answers: [0, 1] });
  if (stdout.toString('utf8').trim() !== 'true') return new Set();
  const apart = gitWith(port, {
    GIT_DIR: where.privateDir,
    GIT_WORK_TREE: where.room,
    GIT_INDEX_FILE: join(where.room, '.git-index'),
  });
  await git(apart, where.room, ['-c', 'core.hooksPath=/dev/null', 'read-tree', '-m', '-u', tree]);
  const entries = await listIndex(apart, where.room);
  return new Set(entries.filter((entry) => entry.skipWorktree).map((entry) => entry.path));
}
