/**
 * Writing what stands in an admin entry: the links between a worktree and its private git dir, and
 * the `locked` file that keeps git's hands off. Done by us, never by `git worktree repair`, which
 * repoints the worktrees of a project to a copy of it. Reading them is `sessions/links.ts`.
 *
 * A placeholder is an admin directory that holds only our `locked`: it reserves the admin id, so
 * that the submodules of a session in the trash do not point into a newer session.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../kernel/durable.ts';
import { isErrno } from '../kernel/errno.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { real } from '../git/repository.ts';
import { linkOf, registeredWorktree } from '../sessions/links.ts';
import { lockReason, ownLockId } from '../sessions/lock-owner.ts';
import { adminDir, privateFolder, type Project } from '../sessions/project.ts';
import { rememberCommonDir } from './common-dirs.ts';
import { ifThere, isThere, makeDirectory, onDisk, removeFile, writeDurably } from './disk.ts';

/** Makes the links between the two lead to each other; right ones keep their bytes. */
export async function link(
  worktree: AbsolutePath,
  privateDir: AbsolutePath,
  registeredAs: AbsolutePath = worktree,
): Promise<void> {
  // first: cut off after the links, the next move would not be known as one
  await rememberCommonDir(privateDir);
  if ((await linkOf(worktree)) !== (await real(privateDir))) {
    await writeDurably(below(worktree, '.git'), `gitdir: ${privateDir}\n`);
  }
  await register(privateDir, registeredAs);
}

/** Writes into a private git dir where its worktree is. */
export async function register(privateDir: AbsolutePath, worktree: AbsolutePath): Promise<void> {
  if ((await registeredWorktree(privateDir)) === worktree) return;
  await writeDurably(below(privateDir, 'gitdir'), `${below(worktree, '.git')}\n`);
}

/** Locks a private git dir for us. A lock that is there already protects as well and stays. */
export async function lockAdmin(privateDir: AbsolutePath, id: string): Promise<void> {
  const file = below(privateDir, 'locked');
  if (!(await isThere(file))) await writeDurably(file, lockReason(id));
}

/** Takes away `locked` if it is ours, of any entry of that name: one that was kept may end as another. */
export async function unlockAdmin(privateDir: AbsolutePath, id: string): Promise<void> {
  const file = below(privateDir, 'locked');
  const reason = await ifThere(readRegularText(file));
  const locked = reason === null ? null : ownLockId(reason);
  if (locked !== null && nameIn(locked) === nameIn(id)) await removeFile(file);
}

function nameIn(id: string): string {
  return id.replace(/~\d+$/u, '');
}

/** What is at an admin id: nothing, a placeholder of ours, or something else. */
export async function adminIdState(
  project: Pick<Project, 'commonDir'>,
  adminId: string,
): Promise<'free' | 'placeholder' | 'taken'> {
  const directory = adminDir(project, adminId);
  const names = await ifThere(readdir(directory));
  if (names === null) return 'free';
  if (names.some((name) => name !== 'locked')) return 'taken';
  const reason = await ifThere(readRegularText(below(directory, 'locked')));
  // empty: a placeholder whose removal was cut off
  const ours = reason !== null && ownLockId(reason) !== null;
  return names.length === 0 || ours ? 'placeholder' : 'taken';
}

/** Reserves an admin id, unless somebody has taken it since. Appears with its lock, in one rename. */
export async function setPlaceholder(
  project: Pick<Project, 'commonDir'>,
  adminId: string,
  id: string,
): Promise<void> {
  if ((await adminIdState(project, adminId)) !== 'free') return;
  const prepared = below(privateFolder(project), 'placeholder', adminId);
  const directory = adminDir(project, adminId);
  await makeDirectory(prepared);
  await makeDirectory(absolute(dirname(directory)));
  await writeDurably(below(prepared, 'locked'), lockReason(id));
  await onDisk('reserve', directory, async () => {
    try {
      await rename(prepared, directory);
    } catch (error) {
      // taken in between: then nothing can be reserved, and restore will see whose it is
      if (!isErrno(error, 'ENOTEMPTY') && !isErrno(error, 'EEXIST')) throw error;
      await rm(prepared, { recursive: true, force: true });
    }
    await syncDirectory(absolute(dirname(directory)));
  });
}

/** Gives an admin id free again. Only a placeholder goes; anything else stays. */
export async function removePlaceholder(
  project: Pick<Project, 'commonDir'>,
  adminId: string,
): Promise<void> {
  if ((await adminIdState(project, adminId)) !== 'placeholder') return;
  const directory = adminDir(project, adminId);
  await onDisk('give free', directory, async () => {
    // out of git's sight first: an empty admin directory would be no placeholder to anybody
    const aside = below(privateFolder(project), 'placeholder', `${adminId}.gone`);
    await mkdir(dirname(aside), { recursive: true });
    await rm(aside, { recursive: true, force: true });
    await rename(directory, aside);
    await syncDirectory(absolute(dirname(directory)));
    await rm(aside, { recursive: true, force: true });
  });
}
