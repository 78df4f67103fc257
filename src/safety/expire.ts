/**
 * Emptying the trash: the one act that cannot be undone, never part of another one.
 *
 * The directories are renamed to `<directory>.expiring` first, so that what is half deleted is
 * never taken for something that can come back, and a cut-off expire goes on where it was; the
 * ref, and with it the pins, goes last, by compare-and-swap.
 */
import { chmod, lstat, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { trusted } from '../kernel/brand.ts';
import { faultPoint } from '../kernel/faults.ts';
import { FlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { permitDirectory } from '../git/permit.ts';
import { readRef, type OwnRef } from '../git/refs.ts';
import { linkOf, readToken } from '../sessions/links.ts';
import { tokenFile, type Project } from '../sessions/project.ts';
import { readRegistry } from '../sessions/registry.ts';
import type { StoredTrashEntry, TrashEntry } from '../sessions/trash-entry.ts';
import { deleteDirectory, ifThere, isThere, moveDirectory } from './disk.ts';
import { removePlaceholder } from './admin-entry.ts';
import type { Held } from './held.ts';
import { must, unpinChanges } from './removal-refs.ts';
import { expiring, isTrashPlace, leadsTo } from './trash-places.ts';

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

/** A directory of an entry, where it waits and under the name by which it is deleted. */
interface Going {
  readonly path: AbsolutePath;
  readonly aside: AbsolutePath;
  /** what in it proves it to be what was put there: it goes last */
  readonly proof: string;
  readonly isProven: (directory: AbsolutePath) => Promise<boolean>;
}

async function deleteDirectories(project: Project, entry: TrashEntry): Promise<void> {
  const places = goingOf(project, entry);
  for (const place of places) await refuseStrange(project, entry, place);
  // the worktree first: it is proven by its private git dir
  for (const { path, aside } of places) {
    faultPoint('expire.rename:before');
    if (await isThere(path)) {
      const permit = permitDirectory('rename-directory', path, 'proven, and to be deleted');
      await moveDirectory(permit, aside);
    }
    faultPoint('expire.rename:after');
  }
  for (const { aside, proof } of places) {
    faultPoint('expire.delete:before');
    await makeDeletable(aside);
    await deleteDirectory(permitDirectory('delete-directory', aside, 'expired'), proof);
    faultPoint('expire.delete:after');
  }
  if (entry.privateDir !== null) await removePlaceholder(project, entry.privateDir.adminId);
}

function goingOf(project: Project, entry: TrashEntry): Going[] {
  const { worktree, privateDir } = entry;
  const { token } = entry.record;
  const carriesToken = async (directory: AbsolutePath): Promise<boolean> =>
    (await readToken(directory)) === token;
  const places: Going[] = [];
  if (worktree !== null) {
    const path = absolute(worktree.path);
    const isProven = async (directory: AbsolutePath): Promise<boolean> => {
      if (privateDir === null) return false;
      const own = absolute(privateDir.path);
      if (!(await carriesToken(own)) && !(await carriesToken(expiring(own)))) return false;
      const linked = await linkOf(directory);
      return linked !== null && leadsTo(project, linked, privateDir.adminId);
    };
    places.push({ path, aside: expiring(path), proof: '.git', isProven });
  }
  if (privateDir !== null) {
    const path = absolute(privateDir.path);
    const proof = basename(dirname(tokenFile(path)));
    places.push({ path, aside: expiring(path), proof, isProven: carriesToken });
  }
  return places;
}

/** @throws FlightError `restore-incomplete` for anything that is not proven to be the entry's */
async function refuseStrange(project: Project, entry: TrashEntry, place: Going): Promise<void> {
  const { path, aside, isProven } = place;
  if (!(await isTrashPlace(project, entry, path))) throw elsewhere(entry, path);
  const [waits, halfGone] = await Promise.all([isThere(path), isThere(aside)]);
  if (waits && !(await isProven(path))) throw elsewhere(entry, path);
  if (!halfGone) return;
  // beside the directory itself it is no rest of it, and its proof may be gone with the last of it
  if (waits || !((await isProven(aside)) || (await holdsNoFile(aside)))) {
    throw elsewhere(entry, aside);
  }
}

async function holdsNoFile(folder: AbsolutePath): Promise<boolean> {
  if (!(await lstat(folder)).isDirectory()) return false;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || !(await holdsNoFile(below(folder, entry.name)))) return false;
  }
  return true;
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
