/**
 * Who else has a branch checked out: read from the HEAD files themselves, right before the branch
 * goes. One process, `worktree list`, only where a file does not tell (reftables, a main checkout
 * of which it is not known whether it is one).
 */
import { readdir } from 'node:fs/promises';
import { branchRef, type BranchName } from '../git/oid.ts';
import { headFile } from '../git/private-dir.ts';
import type { Git } from '../git/git.ts';
import { listWorktrees, registeredIn } from '../git/worktrees.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import { ifThere, isThere } from './disk.ts';

/**
 * Another worktree than that of admin id `own` that is on `branch`, `null` if there is none.
 * @throws if that cannot be found out
 */
export async function otherHolder(
  git: Git,
  project: Pick<Project, 'commonDir' | 'mainCheckout'>,
  branch: BranchName,
  own: string | null,
): Promise<AbsolutePath | null> {
  const { commonDir, mainCheckout } = project;
  const ref = branchRef(branch);
  const ids = (await ifThere(readdir(below(commonDir, 'worktrees')))) ?? [];
  const admins = ids.filter((id) => id !== own).map((id) => adminDir(project, id));
  for (const place of [commonDir, ...admins]) {
    // a placeholder, or half-made: on nothing yet, and the branch is ours to take until then
    if (!(await isThere(below(place, 'HEAD')))) continue;
    const head = await headFile(place);
    if (head !== null && head !== ref) continue;
    if (head === null || (place === commonDir && mainCheckout === null)) {
      return askGit(git, project, branch, own);
    }
    return place === commonDir ? mainCheckout : registeredIn(place);
  }
  return null;
}

async function askGit(
  git: Git,
  { commonDir }: Pick<Project, 'commonDir'>,
  branch: BranchName,
  own: string | null,
): Promise<AbsolutePath | null> {
  const worktrees = await listWorktrees(git, commonDir);
  const other = worktrees.find((one) => one.branch === branch && (one.main || one.adminId !== own));
  return other?.path ?? null;
}
