/**
 * The steps by which the directories of a session leave and, when the rest cannot be done, come
 * back. Each looks at the disk first and does only what is still to do, so that the call that
 * began and the recovery of a killed one take the same way.
 */
import { faultPoint } from '../kernel/faults.ts';
import { FlightError } from '../kernel/errors.ts';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import { permitDirectory } from '../git/permit.ts';
import { real } from '../git/repository.ts';
import { linkOf, readToken } from '../sessions/links.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { isThere, makeDirectory, moveDirectory } from './disk.ts';
import { lockAdmin, removePlaceholder, setPlaceholder, unlockAdmin } from './admin-entry.ts';
import { privateTrash } from './trash-places.ts';

type Place = Pick<Project, 'commonDir'>;

/** The private git dir of `entry` where git knows it, if it is there and carries the token. */
export async function adminOf(project: Place, entry: TrashEntry): Promise<AbsolutePath | null> {
  if (entry.privateDir === null) return null;
  const admin = adminDir(project, entry.privateDir.adminId);
  return (await readToken(admin)) === entry.record.token ? admin : null;
}

/** Has the first rename of the removal of `entry` been made? Then there is no way but forward. */
export async function hasLeft(entry: TrashEntry): Promise<boolean> {
  if (entry.worktree !== null && (await isThere(absolute(entry.worktree.path)))) return true;
  return entry.privateDir !== null && (await isThere(absolute(entry.privateDir.path)));
}

/** Moves worktree and private git dir of `entry` into the trash. */
export async function moveOut(project: Place, entry: TrashEntry): Promise<void> {
  faultPoint('remove.lock-admin:before');
  const admin = await adminOf(project, entry);
  if (admin !== null) await lockAdmin(admin, entry.id);
  faultPoint('remove.lock-admin:after');
  faultPoint('remove.move-worktree:before');
  await moveWorktreeOut(project, entry);
  faultPoint('remove.move-worktree:after');
  if (entry.privateDir === null) return;
  faultPoint('remove.move-private:before');
  await movePrivateOut(project, entry, absolute(entry.privateDir.path));
  faultPoint('remove.move-private:after');
  faultPoint('remove.placeholder:before');
  await setPlaceholder(project, entry.privateDir.adminId, entry.id);
  faultPoint('remove.placeholder:after');
}

async function moveWorktreeOut(project: Place, entry: TrashEntry): Promise<void> {
  if (entry.worktree === null || entry.privateDir === null) return;
  const to = absolute(entry.worktree.path);
  if (await isThere(to)) return;
  const from = absolute(entry.worktree.from);
  const admin = await adminOf(project, entry);
  if (admin === null || (await linkOf(from)) !== (await real(admin))) {
    throw new FlightError('not-ours', {
      name: entry.name,
      why: `${from} and its private git dir do not belong together`,
    });
  }
  await moveDirectory(permitDirectory('rename-directory', from, 'links and token match'), to);
}

async function movePrivateOut(project: Place, entry: TrashEntry, to: AbsolutePath): Promise<void> {
  const admin = await adminOf(project, entry);
  if (admin === null) return;
  await makeDirectory(privateTrash(project));
  await moveDirectory(permitDirectory('rename-directory', admin, 'its token matches'), to);
}

/** Takes back what `moveOut` has done so far. */
export async function moveBack(project: Place, entry: TrashEntry): Promise<void> {
  if (entry.privateDir !== null) {
    const from = absolute(entry.privateDir.path);
    if ((await readToken(from)) === entry.record.token) {
      await removePlaceholder(project, entry.privateDir.adminId);
      const permit = permitDirectory('rename-directory', from, 'the removal is taken back');
      await moveDirectory(permit, adminDir(project, entry.privateDir.adminId));
    }
  }
  if (entry.worktree !== null) {
    const from = absolute(entry.worktree.path);
    if (await isThere(from)) {
      const permit = permitDirectory('rename-directory', from, 'the removal is taken back');
      await moveDirectory(permit, absolute(entry.worktree.from));
    }
  }
  const admin = await adminOf(project, entry);
  if (admin !== null) await unlockAdmin(admin, entry.id);
}
