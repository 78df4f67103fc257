/**
 * git's own lock files. A killed git leaves them behind, and from then on every change of what
 * they guard fails. Nothing in such a file tells whose it is, so one is removed only if all of
 * this holds: it was not there when the dead holder began, no git is at work in the repository,
 * and two looks some time apart see the same file.
 *
 * Call `removeStaleGitLocks` under our lock only: then nobody else of ours removes at the same
 * time, and while the old file stands no git can make a new one in its place.
 * No process is started here. `refs/flight-rules/lock.lock` is apart: see `lock-claim.ts`.
 */
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AbsolutePath } from '../kernel/path.ts';
import { lockRef } from '../sessions/registry.ts';
import { gitAtWork, type Place } from './git-at-work.ts';

/** One lock file, as it was seen: a later one of the same path is another. */
export interface GitLockFile {
  /** relative to the common dir */
  readonly path: string;
  readonly inode: string;
  /** its last change, nanoseconds since 1970 */
  readonly changed: string;
}

export interface StaleGitLocks {
  /** paths, relative to the common dir */
  readonly removed: readonly string[];
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

const inCommonDir = [
  'packed-refs.lock',
  // not a lock by name, but git makes it exclusively and fails if it is there
  'packed-refs.new',
  'HEAD.lock',
  'ORIG_HEAD.lock',
  'index.lock',
  'config.lock',
  'config.worktree.lock',
  'shallow.lock',
  join('reftable', 'tables.list.lock'),
];
const inPrivateDir = ['HEAD.lock', 'ORIG_HEAD.lock', 'index.lock', 'config.worktree.lock'];

/** Between two looks at the same file. */
const betweenLooksMs = 100;
/** How long a git at work in the repository is waited for: most end at once. */
const patienceMs = 2_000;

/**
 * The lock files that are there now: of the common dir, of the private git dirs, of branches and
 * of our own refs.
 */
export async function presentGitLocks(project: {
  readonly commonDir: AbsolutePath;
}): Promise<GitLockFile[]> {
  const { commonDir } = project;
  const admin = await readdir(join(commonDir, 'worktrees')).catch(() => []);
  const paths = [
    ...inCommonDir,
    ...admin.flatMap((id) => inPrivateDir.map((name) => join('worktrees', id, name))),
    ...(await lockFilesBelow(commonDir, join('refs', 'heads'))),
    ...(await lockFilesBelow(commonDir, join('refs', 'flight-rules'))),
  ].filter((path) => path !== `${lockRef}.lock`);
  const looks = await Promise.all(paths.map((path) => lookAtFile(commonDir, path)));
  return looks.filter((look) => look !== null);
}

/** The lock files that are now in a private git dir; `folder` is relative to the common dir. */
export async function gitLocksIn(commonDir: string, folder: string): Promise<GitLockFile[]> {
  const paths = inPrivateDir.map((name) => join(folder, name));
  const looks = await Promise.all(paths.map((path) => lookAtFile(commonDir, path)));
  return looks.filter((look) => look !== null);
}

async function lockFilesBelow(commonDir: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(commonDir, folder), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await lockFilesBelow(commonDir, path)));
    else if (entry.name.endsWith('.lock')) found.push(path);
  }
  return found;
}

/** How the file at `path` looks now; `null` if there is none. */
export async function lookAtFile(commonDir: string, path: string): Promise<GitLockFile | null> {
  try {
    const { ino, ctimeNs } = await stat(join(commonDir, path), { bigint: true });
    return { path, inode: ino.toString(), changed: ctimeNs.toString() };
  } catch {
    return null;
  }
}

/** True if both are the very same file, unchanged. */
export function sameFile(one: GitLockFile, other: GitLockFile | null): boolean {
  return (
    other !== null &&
    one.path === other.path &&
    one.inode === other.inode &&
    one.changed === other.changed
  );
}

/**
 * Removes what a git that was killed under a dead holder has left.
 * @param absentBefore was this file not there yet when the dead holder began?
 * @returns what was removed and what had to stay, for a warning
 */
export async function removeStaleGitLocks(
  project: Place,
  absentBefore: (file: GitLockFile) => boolean,
): Promise<StaleGitLocks> {
  const suspects = (await presentGitLocks(project)).filter(absentBefore);
  if (suspects.length === 0) return { removed: [], left: [] };
  await sleep(betweenLooksMs);
  const obstacle = await quiet(project);
  const removed: string[] = [];
  const left: { path: string; why: string }[] = [];
  for (const file of suspects) {
    const again = await lookAtFile(project.commonDir, file.path);
    if (!sameFile(file, again)) continue; // somebody works there, and cleans up after himself
    const why = obstacle ?? (await removeFile(project.commonDir, file.path));
    if (why === null) removed.push(file.path);
    else left.push({ path: file.path, why });
  }
  return { removed, left };
}

/** Why it cannot be said that nobody works here; `null` if nobody does. */
async function quiet(project: Place): Promise<string | null> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const work = await gitAtWork(project);
    if (work.kind === 'nobody') return null;
    if (performance.now() >= until) {
      return work.kind === 'somebody'
        ? `git is at work here: process ${work.pid} (${work.command})`
        : work.why;
    }
    await sleep(betweenLooksMs);
  }
}

async function removeFile(commonDir: string, path: string): Promise<string | null> {
  try {
    await unlink(join(commonDir, path));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
