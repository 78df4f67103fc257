/**
 * The steps by which a session comes back, each looking at the disk first, so that the call that
 * began and the recovery of a killed one take the same way; they only go forward.
 *
 * Private git dir to its admin id -> HEAD, links -> the branch's new commits -> the directory to
 * its path -> lock taken off -> record without intent.
 */
import { dirname } from 'node:path';
import { trusted } from '../kernel/brand.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { gitText, type Git } from '../git/git.ts';
import { branchRef, type BranchName, type Oid } from '../git/oid.ts';
import { permitDirectory } from '../git/permit.ts';
import { atPrivateDir, headOf } from '../git/private-dir.ts';
import { real } from '../git/repository.ts';
import { linkOf, readToken } from '../sessions/links.ts';
import type { SessionKey } from '../sessions/name.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import type { SessionRecord } from '../sessions/record.ts';
import { recordChange } from '../sessions/registry.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { ifThere, makeDirectory, moveDirectory, writeDurably } from './disk.ts';
import { goForward, treeChanges } from './forward.ts';
import { link, lockAdmin, register, removePlaceholder, unlockAdmin } from './admin-entry.ts';
import { leaveLostBranch } from './other-head.ts';
import {
  adminIdsWith,
  leaveStaging,
  makeFresh,
  refill,
  removeStaging,
  stagingOf,
} from './rebuild.ts';
import { must, tipOf, withoutIntent } from './removal-refs.ts';
import { relinkSubmodules } from './submodule-links.ts';
import { leadsTo, waitingPlace } from './trash-places.ts';

export interface Return {
  readonly key: SessionKey;
  /** the record with the intent `restoring`, and its blob */
  readonly record: SessionRecord;
  readonly recordOid: Oid;
  /** `null` for an orphan, which never was in the trash */
  readonly entry: TrashEntry | null;
  /** names it in locks: the entry's id, or the session's name */
  readonly id: string;
}

/** Brings everything of `back` home. @throws FlightError `disk-failed`, `plan-changed`, GitError */
export async function comeBack(git: Git, project: Project, back: Return): Promise<SessionRecord> {
  const { record, entry, id } = back;
  const path = absolute(record.worktree);
  faultPoint('restore.move-private:before');
  let admin = await privateHome(project, back);
  faultPoint('restore.move-private:after');
  if (admin !== null) await lockAdmin(admin, id);
  if (admin === null || !(await isHome(path, admin))) {
    admin = await directoryHome(git, project, back, admin);
  }
  await leaveStaging(await stagingOf(project, id, path));
  faultPoint('restore.links:before');
  await link(path, admin);
  if (entry !== null) {
    await relinkSubmodules(
      git,
      admin,
      absolute(entry.worktree?.from ?? entry.record.worktree),
      path,
    );
  }
  faultPoint('restore.links:after');
  faultPoint('restore.unlock:before');
  await unlockAdmin(admin, id);
  faultPoint('restore.unlock:after');
  const adminId = admin.slice(dirname(admin).length + 1);
  const whole = { ...withoutIntent(record), adminId };
  const change = await recordChange(git, project.commonDir, back.key, back.recordOid, whole);
  faultPoint('restore.done:before');
  await must(git, project, [change], { name: record.name, what: 'restore' });
  faultPoint('restore.done:after');
  return whole;
}

async function isHome(path: AbsolutePath, admin: AbsolutePath): Promise<boolean> {
  return (await linkOf(path)) === (await real(admin));
}

/** The private git dir at its admin id; `null` if there is none to bring. */
async function privateHome(project: Project, back: Return): Promise<AbsolutePath | null> {
  const { record, entry } = back;
  const made = await adminIdsWith(project, record.token);
  const [first] = made;
  if (first !== undefined) return adminDir(project, first);
  if (entry?.privateDir === undefined || entry.privateDir === null || record.adminId === null) {
    return null;
  }
  const from = absolute(entry.privateDir.path);
  if ((await readToken(from)) !== record.token) return null;
  await removePlaceholder(project, record.adminId);
  const to = adminDir(project, record.adminId);
  await makeDirectory(absolute(dirname(to)));
  await moveDirectory(permitDirectory('rename-directory', from, 'its token matches'), to);
  return to;
}

async function directoryHome(
  git: Git,
  project: Project,
  back: Return,
  home: AbsolutePath | null,
): Promise<AbsolutePath> {
  const { record, entry, id } = back;
  const path = absolute(record.worktree);
  const branch = trusted<BranchName>(record.branch);
  const staging = await stagingOf(project, id, path);
  let admin = home;
  let from = staging;
  if (admin === null) {
    admin = await makeFresh(git, project, { branch, token: record.token, id, staging });
  } else if (await isStaged(staging, admin)) {
    // a fresh one that was cut off right before it was moved
  } else {
    if (entry !== null) {
      await leaveLostBranch(git, project, entry, admin);
      await renameHead(git, project, admin, entry.branch, record.branch);
    }
    const waiting = entry === null ? null : await waitingDirectory(project, entry, admin);
    if (entry !== null) await catchUp(git, project, { entry, admin, worktree: waiting, branch });
    if (waiting === null) await refill(git, project, admin, staging);
    else from = waiting;
  }
  faultPoint('restore.move-worktree:before');
  await register(admin, path);
  await makeDirectory(absolute(dirname(path)));
  await moveDirectory(permitDirectory('rename-directory', from, 'links and token match'), path);
  if (from === staging) await removeStaging(staging);
  faultPoint('restore.move-worktree:after');
  return admin;
}

/** Only a fresh worktree is registered at its staging place; a refilled one is made again. */
async function isStaged(staging: AbsolutePath, admin: AbsolutePath): Promise<boolean> {
  if (!(await isHome(staging, admin))) return false;
  const registered = await ifThere(readRegularText(below(admin, 'gitdir')));
  return registered?.trimEnd() === below(staging, '.git');
}

async function waitingDirectory(
  project: Project,
  entry: TrashEntry,
  admin: AbsolutePath,
): Promise<AbsolutePath | null> {
  if (entry.worktree === null || entry.privateDir === null) return null;
  const path = await waitingPlace(entry);
  if (path === null) return null;
  const linked = await linkOf(path);
  const { adminId } = entry.privateDir;
  const ours = linked !== null && (linked === admin || (await leadsTo(project, linked, adminId)));
  if (ours) return path;
  throw new FlightError('restore-incomplete', {
    id: entry.id,
    why: `${path} does not belong to its private git dir`,
  });
}

/** A branch that moved on while the session was away, with HEAD on it: index and files follow. */
async function catchUp(
  git: Git,
  project: Project,
  at: {
    readonly entry: TrashEntry;
    readonly admin: AbsolutePath;
    readonly worktree: AbsolutePath | null;
    readonly branch: BranchName;
  },
): Promise<void> {
  const { entry, admin, worktree, branch } = at;
  const tip = await tipOf(git, project, branch);
  if (tip === null || entry.branchTip === null || tip === entry.branchTip) return;
  const bound = atPrivateDir(git, project.commonDir, admin);
  if ((await headOf(bound, project.commonDir)) !== branchRef(branch)) return;
  const left = trusted<Oid>(entry.branchTip);
  const changes = await treeChanges(git, project.commonDir, left, tip);
  await goForward(git, project.commonDir, { privateDir: admin, worktree }, changes);
}

/** Where the branch comes back under another name, what names it in the private git dir follows. */
export async function renameHead(
  git: Git,
  project: Project,
  admin: AbsolutePath,
  from: string,
  to: string,
): Promise<void> {
  if (from === to) return;
  const old = branchRef(trusted<BranchName>(from));
  const now = branchRef(trusted<BranchName>(to));
  const bound = atPrivateDir(git, project.commonDir, admin);
  if ((await headOf(bound, project.commonDir)) === old) {
    await gitText(bound, project.commonDir, ['symbolic-ref', 'HEAD', now]);
  }
  // a stopped rebase and a bisect remember the branch they will return to
  for (const [file, was, becomes] of [
    ['rebase-merge/head-name', old, now],
    ['rebase-apply/head-name', old, now],
    ['BISECT_START', from, to],
  ] as const) {
    const text = await ifThere(readRegularText(below(admin, file)));
    if (text?.trimEnd() === was) await writeDurably(below(admin, file), `${becomes}\n`);
  }
}
