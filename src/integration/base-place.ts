/**
 * Where the base is checked out, and whether it may be moved there. git lets a ref be moved under
 * a rebase of it (HEAD is detached then), and the user's `rebase --continue` fails afterwards:
 * so the private git dirs of all worktrees are looked at, not only HEADs.
 */
import { readdir, stat } from 'node:fs/promises';
import type { Git } from '../git/git.ts';
import type { BranchName } from '../git/oid.ts';
import { listWorktrees, type Worktree } from '../git/worktrees.ts';
import { errorCode } from '../kernel/errno.ts';
import { FlightError } from '../kernel/errors.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { adminDir, privateFolder, tokenFile, type Project } from '../sessions/project.ts';
import { isWithin } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';

export type BasePlace =
  | { readonly kind: 'nowhere' }
  | {
      readonly kind: 'checked-out';
      readonly worktree: AbsolutePath;
      readonly privateDir: AbsolutePath;
    };

/** Marks of an operation in progress in a private git dir, and what to call it. */
const operations: readonly (readonly [string, string])[] = [
  ['MERGE_HEAD', 'a merge is in progress'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick is in progress'],
  ['REVERT_HEAD', 'a revert is in progress'],
  ['rebase-merge', 'a rebase is in progress'],
  ['rebase-apply', 'a rebase is in progress'],
  ['BISECT_LOG', 'a bisect is in progress'],
  ['sequencer', 'a cherry-pick or revert is in progress'],
  ['index.lock', 'another git is at work there'],
];

/** Files that name a branch an operation will come back to, while HEAD is detached. */
const returning: readonly (readonly [string, string])[] = [
  ['rebase-merge/head-name', 'it is being rebased'],
  ['rebase-apply/head-name', 'it is being rebased'],
  ['rebase-merge/update-refs', 'it is being rebased along with another branch'],
  ['BISECT_START', 'it is being bisected'],
];

/**
 * @param observed all worktrees, where they have just been listed and the base is not moved yet
 * @throws FlightError `base-busy`: checked out twice, in a session, with an operation in progress,
 *   or where that cannot be found out
 */
export async function findBase(
  git: Git,
  project: Pick<Project, 'commonDir' | 'root'>,
  base: BranchName,
  observed?: readonly Worktree[],
): Promise<BasePlace> {
  const worktrees = observed ?? (await listWorktrees(git, project.commonDir));
  await refuseReturning(project, base, worktrees);
  const holders = worktrees.filter((worktree) => worktree.branch === base && !worktree.bare);
  const [holder, second] = holders;
  if (holder === undefined) return { kind: 'nowhere' };
  const busy = (why: string): FlightError =>
    new FlightError('base-busy', { base, worktree: holder.path, why });
  if (second !== undefined) throw busy(`it is checked out twice, here and at ${second.path}`);
  const privateDir = privateDirOf(project, holder);
  if (privateDir === null) throw busy('its private git directory was not found');
  if (!(await exists(holder.path))) throw busy('its checkout is missing');
  if (await exists(tokenFile(privateDir))) throw busy('that is the worktree of a session');
  for (const [mark, why] of operations) {
    if (await exists(below(privateDir, mark))) throw busy(why);
  }
  return { kind: 'checked-out', worktree: holder.path, privateDir };
}

function privateDirOf(
  project: Pick<Project, 'commonDir'>,
  worktree: Worktree,
): AbsolutePath | null {
  if (worktree.main) return project.commonDir;
  return worktree.adminId === null ? null : adminDir(project, worktree.adminId);
}

async function refuseReturning(
  project: Pick<Project, 'commonDir'>,
  base: BranchName,
  worktrees: readonly Worktree[],
): Promise<void> {
  const found = await beingRewritten(project, base, worktrees);
  if (found !== null) throw new FlightError('base-busy', { base, ...found });
}

/** Where an operation is under way that will move `base` when it ends, `null`: nowhere. */
export async function beingRewritten(
  project: Pick<Project, 'commonDir'>,
  base: BranchName,
  worktrees: readonly Worktree[],
): Promise<{ readonly worktree: AbsolutePath; readonly why: string } | null> {
  const ids = await readdir(below(project.commonDir, 'worktrees')).catch(() => []);
  const places = [
    { privateDir: project.commonDir, path: worktrees[0]?.path },
    ...ids.map((id) => ({
      privateDir: adminDir(project, id),
      path: worktrees.find((worktree) => worktree.adminId === id)?.path,
    })),
  ];
  for (const { privateDir, path } of places) {
    // a scratch of our own is never on a branch
    if (path !== undefined && isWithin(path, privateFolder(project))) continue;
    for (const [file, why] of returning) {
      const text = await readRegularText(below(privateDir, ...file.split('/'))).catch(() => '');
      const named = text.split('\n').map((line) => line.trim());
      if (named.includes(`refs/heads/${base}`) || named.includes(base)) {
        return { worktree: path ?? privateDir, why };
      }
    }
  }
  return null;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
