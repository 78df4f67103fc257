/**
 * A restore that failed is taken back as long as the directory is not home: what was begun goes,
 * the private git dir returns to the trash, branch and record are as they were.
 */
import { join, relative, sep } from 'node:path';
import { absolute } from '../kernel/path.ts';
import { branchRef, oid } from '../git/oid.ts';
import { permitDirectory, permitRef } from '../git/permit.ts';
import type { RefChange } from '../git/refs.ts';
import type { Project } from '../sessions/project.ts';
import type { SessionRecord } from '../sessions/record.ts';
import { sessionRef } from '../sessions/registry.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { setPlaceholder } from './admin-entry.ts';
import type { BringBackFacts, BringBackPlan } from './bring-back-plan.ts';
import { renameHead, type Return } from './come-back.ts';
import { isThere, moveDirectory } from './disk.ts';
import { gitLocksIn, removeStaleGitLocks, sameFile, type GitLockFile } from './git-locks.ts';
import type { Held } from './held.ts';
import { adminOf } from './leave.ts';
import { returnToBranch } from './other-head.ts';
import { discardStaging, stagingOf } from './rebuild.ts';
import { must } from './removal-refs.ts';

/** What was planned, and what waited in the trash. */
interface Begun {
  readonly plan: BringBackPlan;
  readonly facts: BringBackFacts;
  /** see `waitingLocks` */
  readonly locks: readonly GitLockFile[];
}

/** Takes a restore back whose directory is not home yet: private git dir, branch and record. */
export async function goBack(
  project: Project,
  { git }: Held,
  back: Return,
  { plan, facts, locks }: Begun,
): Promise<void> {
  const { entry, record, key } = back;
  if (entry === null || (await isThere(absolute(record.worktree)))) return;
  if (plan.mode === 'fresh') return;
  await dropUnfinished(project, back, locks);
  const moved = await adminOf(project, { ...entry, privateDir: privateOf(entry, record) });
  if (moved !== null && entry.privateDir !== null) {
    await renameHead(git, project, moved, record.branch, entry.branch);
    await returnToBranch(git, project, entry, moved);
    const permit = permitDirectory('rename-directory', moved, 'the restore is taken back');
    await moveDirectory(permit, absolute(entry.privateDir.path));
    await setPlaceholder(project, entry.privateDir.adminId, entry.id);
  }
  const was = facts.living;
  const restored: RefChange =
    was === null
      ? { kind: 'own', ref: sessionRef(key), from: back.recordOid, to: null }
      : { kind: 'own', ref: sessionRef(key), from: back.recordOid, to: was.oid };
  const at = plan.createBranchAt === null ? null : oid(plan.createBranchAt);
  const ref = branchRef(plan.target.branch);
  const branch: RefChange[] =
    at === null
      ? []
      : [{ kind: 'delete', permit: permitRef('delete-branch', ref, at, 'made a moment ago') }];
  await must(git, project, [...branch, restored], { name: entry.name, what: 'restore taken back' });
}

/** Lock files of git's that wait in the trash with the private git dir: its user's, not ours. */
export async function waitingLocks(project: Project, entry: TrashEntry): Promise<GitLockFile[]> {
  if (entry.privateDir === null) return [];
  return gitLocksIn(project.commonDir, relative(project.commonDir, entry.privateDir.path));
}

/**
 * What a git that was killed while it filled the directory has left: in the trash its lock files
 * would stand in the way of every later restore.
 */
async function dropUnfinished(
  project: Project,
  { record, id }: Return,
  waited: readonly GitLockFile[],
): Promise<void> {
  if (record.adminId !== null) {
    const inside = join('worktrees', record.adminId) + sep;
    await removeStaleGitLocks(project, (file) => {
      const old = waited.some((one) => sameFile({ ...one, path: file.path }, file));
      return file.path.startsWith(inside) && !old;
    });
  }
  await discardStaging(project, await stagingOf(project, id, absolute(record.worktree)));
}

function privateOf(entry: TrashEntry, record: SessionRecord): TrashEntry['privateDir'] {
  if (entry.privateDir === null || record.adminId === null) return null;
  return { path: entry.privateDir.path, adminId: record.adminId };
}
