/**
 * A session may have left with HEAD on another branch than its own. While it was away nothing kept
 * others from that branch: it may be checked out elsewhere, have moved on, or be gone. Then index
 * and files belong to the commit HEAD was at, and HEAD comes back there, on no branch.
 *
 * Processes: `symbolic-ref`, `for-each-ref`, `worktree list`; to detach `update-ref`.
 */
import { trusted } from '../kernel/brand.ts';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Git } from '../git/git.ts';
import { branchOf, branchRef, isOid, type BranchName, type Oid, type RefName } from '../git/oid.ts';
import { atPrivateDir, headOf } from '../git/private-dir.ts';
import { attachHead, detachHead } from '../git/private-head.ts';
import { readRef } from '../git/refs.ts';
import { listWorktrees } from '../git/worktrees.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';

export interface LostBranch {
  readonly branch: BranchName;
  /** the commit HEAD was at */
  readonly at: Oid;
  /** as the rest of a sentence about the branch */
  readonly why: string;
}

/**
 * The branch that HEAD of `privateDir` cannot come back on, `null` if HEAD is fine as it is.
 * @throws FlightError `restore-incomplete` if there is no commit HEAD could be put at
 */
export async function lostBranch(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  entry: TrashEntry,
  privateDir: AbsolutePath,
): Promise<LostBranch | null> {
  const { commonDir } = project;
  const head = await headOf(atPrivateDir(git, commonDir, privateDir), commonDir);
  if (head === null || isOid(head) || head === branchRef(trusted(entry.branch))) return null;
  const left = entry.headOid;
  const branch = branchOf(head);
  if (left === undefined || branch === null) return null;
  const tip = await readRef(git, commonDir, head);
  const elsewhere = (await listWorktrees(git, commonDir)).find(
    (one) =>
      one.branch === branch &&
      (one.adminId === null || adminDir(project, one.adminId) !== privateDir),
  );
  const why =
    elsewhere === undefined ? changed(tip, left) : `is checked out at ${elsewhere.path} by now`;
  if (why === null) return null;
  if (left !== null) return { branch, at: trusted<Oid>(left), why };
  throw new FlightError('restore-incomplete', {
    id: entry.id,
    why: `its HEAD was on branch ${branch}, which had no commit and ${why}`,
  });
}

function changed(tip: Oid | null, left: string | null): string | null {
  if (tip === left) return null;
  return tip === null ? 'is gone' : 'has moved since';
}

/** Detaches HEAD of `privateDir` where its branch is lost; else nothing. Made again, it ends the same. */
export async function leaveLostBranch(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  entry: TrashEntry,
  privateDir: AbsolutePath,
): Promise<void> {
  const lost = await lostBranch(git, project, entry, privateDir);
  if (lost === null) return;
  await detachHead(atPrivateDir(git, project.commonDir, privateDir), project.commonDir, lost.at);
}

/** Takes that back, for a restore that is taken back. */
export async function returnToBranch(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  entry: TrashEntry,
  privateDir: AbsolutePath,
): Promise<void> {
  const { head } = entry;
  if (head === null || isOid(head) || head === branchRef(trusted(entry.branch))) return;
  const bound = atPrivateDir(git, project.commonDir, privateDir);
  await attachHead(bound, project.commonDir, trusted<RefName>(head));
}
