/**
 * Emptying the trash: the one act that cannot be undone, never part of another one.
 *
 * The directories are renamed to `<directory>.expiring` first, so that what is half deleted is
 * never taken for something that can come back, and a cut-off expire goes on where it was; the
 * ref, and with it the pins, goes last, by compare-and-swap.
 */
import { chmod, lstat, readdir } from 'node:fs/promises';
import { trusted } from '../kernel/brand.ts';
import { faultPoint } from '../kernel/faults.ts';
import { FlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { permitDirectory } from '../git/permit.ts';
import { readRef, type OwnRef } from '../git/refs.ts';
import type { Project } from '../sessions/project.ts';
import { readRegistry } from '../sessions/registry.ts';
import type { StoredTrashEntry, TrashEntry } from '../sessions/trash-entry.ts';
import { deleteDirectory, ifThere, isThere, moveDirectory } from './disk.ts';
import { removePlaceholder } from './admin-entry.ts';
import type { Held } from './held.ts';
import { must, unpinChanges } from './removal-refs.ts';
import { directoriesOf, expiring, isTrashPlace } from './trash-places.ts';

/**
 * Deletes exactly one entry: its directories, its placeholder, its pins.
 * Directories that another entry refers to stay, and so does anything that is not proven to be
 * what was put there.
 * @throws FlightError `restore-incomplete` if something else is at its place, `plan-changed`,
 *   `disk-failed`
 */
export async function expire(
  project: Project,
  held: Held,
  stored: StoredTrashEntry,
): Promise<void> {
  const { entry } = stored;
  const { git } = held;
  const registry = await readRegistry(git, project.commonDir);
  const now = registry.trash.find((one) => one.ref === stored.ref);
  if (now?.pin !== stored.pin) {
    throw new FlightError('plan-changed', { name: entry.name, what: entry.id });
  }
  const others = registry.trash.filter((one) => one.ref !== stored.ref).map((one) => one.entry);
  const busy = [...registry.sessions.values()].some(
    ({ read }) =>
      read.kind === 'record' &&
      read.record.intent !== undefined &&
      read.record.intent['trash'] === entry.id,
  );
  if (busy) throw new FlightError('plan-changed', { name: entry.name, what: entry.id });
  const shared = others.some((other) => sharesWith(entry, other));
  if (!shared) await deleteDirectories(project, entry);
  faultPoint('expire.refs:before');
  const changes = await unpinChanges(git, project, stored);
  await must(git, project, changes, { name: entry.name, what: 'expired' });
  faultPoint('expire.refs:after');
  if ((await readRef(git, project.commonDir, trusted<OwnRef>(stored.ref))) === null) return;
  throw new FlightError('bug', {
    what: `after emptying ${entry.id}: ${stored.ref} is still there`,
  });
}

function sharesWith(entry: TrashEntry, other: TrashEntry): boolean {
  const same = (one: { path: string } | null, two: { path: string } | null): boolean =>
    one !== null && two !== null && one.path === two.path;
  return same(entry.worktree, other.worktree) || same(entry.privateDir, other.privateDir);
}

async function deleteDirectories(project: Project, entry: TrashEntry): Promise<void> {
  const there = await directoriesOf(project, entry);
  const places = [
    { path: entry.worktree?.path, proven: there.worktree },
    { path: entry.privateDir?.path, proven: there.privateDir },
  ].flatMap(({ path, proven }) =>
    path === undefined ? [] : [{ path: absolute(path), proven: proven !== null }],
  );
  for (const { path, proven } of places) {
    if (!isTrashPlace(project, entry, path)) throw elsewhere(entry, path);
    if (!proven && (await isThere(path)) && !(await isThere(expiring(path)))) {
      throw elsewhere(entry, path);
    }
  }
  // the worktree first: it is proven by its private git dir
  for (const { path } of places) {
    faultPoint('expire.rename:before');
    if ((await isThere(path)) && !(await isThere(expiring(path)))) {
      const permit = permitDirectory('rename-directory', path, 'proven, and to be deleted');
      await moveDirectory(permit, expiring(path));
    }
    faultPoint('expire.rename:after');
  }
  for (const { path } of places) {
    faultPoint('expire.delete:before');
    await makeDeletable(expiring(path));
    await deleteDirectory(permitDirectory('delete-directory', expiring(path), 'expired'));
    faultPoint('expire.delete:after');
  }
  if (entry.privateDir !== null) await removePlaceholder(project, entry.privateDir.adminId);
}

function elsewhere(entry: TrashEntry, path: string): FlightError {
  return new FlightError('restore-incomplete', {
    id: entry.id,
    why: `${path} is not what was put there, so it is not deleted`,
  });
}

/** Folders without the right to write (module caches) cannot be emptied by their owner either. */
async function makeDeletable(folder: AbsolutePath): Promise<void> {
  const stat = await ifThere(lstat(folder));
  if (stat?.isDirectory() !== true) return;
  if ((stat.mode & 0o700) !== 0o700) await chmod(folder, stat.mode | 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeDeletable(below(folder, entry.name));
  }
}
