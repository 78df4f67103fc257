/**
 * Emptying the trash: the one act that cannot be undone, never part of another one.
 *
 * The directories are renamed to `<directory>.expiring` first, so that what is half deleted is
 * never taken for something that can come back, and a cut-off expire goes on where it was; the
 * ref, and with it the pins, goes last, by compare-and-swap.
 */
import { chmod, lstat, readdir } from 'node:fs/promises';
import { faultPoint } from '../kernel/faults.ts';
import { FlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { permitDirectory } from '../git/permit.ts';
import { asSessionName, sessionKey } from '../sessions/name.ts';
import { linkOf, readToken } from '../sessions/links.ts';
import type { Project } from '../sessions/project.ts';
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
  const name = asSessionName(entry.name);
  const registry = await readRegistry(git, project.commonDir);
  const now = registry.trash.find((one) => one.ref === stored.ref);
  if (name === null || now?.pin !== stored.pin) {
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
  const changes = await unpinChanges(git, project, sessionKey(name), entry.id);
  await must(git, project, changes, { name: entry.name, what: 'expired' });
  faultPoint('expire.refs:after');
}

function sharesWith(entry: TrashEntry, other: TrashEntry): boolean {
  const same = (one: { path: string } | null, two: { path: string } | null): boolean =>
    one !== null && two !== null && one.path === two.path;
  return same(entry.worktree, other.worktree) || same(entry.privateDir, other.privateDir);
}

async function deleteDirectories(project: Project, entry: TrashEntry): Promise<void> {
  // the worktree first: it is proven by its private git dir
  const places = await proven(project, entry);
  for (const { path, at } of places) {
    faultPoint('expire.rename:before');
    if (at === path) {
      const permit = permitDirectory('rename-directory', path, 'proven, and to be deleted');
      await moveDirectory(permit, expiring(path));
    }
    faultPoint('expire.rename:after');
  }
  for (const { path, proof } of places) {
    faultPoint('expire.delete:before');
    await makeDeletable(expiring(path));
    await emptyBut(expiring(path), proof);
    await deleteDirectory(permitDirectory('delete-directory', expiring(path), 'expired'));
    faultPoint('expire.delete:after');
  }
  if (entry.privateDir !== null) await removePlaceholder(project, entry.privateDir.adminId);
}

interface Proven {
  /** where the directory waits, and where it is now: there, or out of the way to be deleted */
  readonly path: AbsolutePath;
  readonly at: AbsolutePath | null;
  /** what proves it, as parts of a path below it: deleted last, so that a cut-off goes on */
  readonly proof: readonly string[];
}

/** @throws FlightError `restore-incomplete` if anything at these places is not proven */
async function proven(project: Project, entry: TrashEntry): Promise<Proven[]> {
  const found: Proven[] = [];
  const { privateDir, worktree } = entry;
  if (privateDir !== null) {
    const path = absolute(privateDir.path);
    const at = await whereIs(project, entry, path);
    const ours = at !== null && (await readToken(at)) === entry.record.token;
    if (at !== null && !ours && !(await isRest(path, at))) throw elsewhere(entry, at);
    found.push({ path, at, proof: ['flight-rules', 'token'] });
  }
  if (worktree !== null) {
    const path = absolute(worktree.path);
    const at = await whereIs(project, entry, path);
    const linked = at === null ? null : await linkOf(at);
    const leads =
      linked !== null &&
      privateDir !== null &&
      (await leadsTo(project, linked, privateDir.adminId));
    const ours = leads && found.some((one) => one.at !== null);
    if (at !== null && !ours && !(await isRest(path, at))) throw elsewhere(entry, at);
    found.unshift({ path, at, proof: ['.git'] });
  }
  return found;
}

/** @throws FlightError `restore-incomplete` if there are two: one of them is not ours */
async function whereIs(
  project: Project,
  entry: TrashEntry,
  path: AbsolutePath,
): Promise<AbsolutePath | null> {
  if (!isTrashPlace(project, entry, path)) throw elsewhere(entry, path);
  const aside = expiring(path);
  const there = await isThere(path);
  if (!(await isThere(aside))) return there ? path : null;
  if (there) throw elsewhere(entry, aside);
  return aside;
}

/** Is `at` what a cut-off deletion left after the proof had gone: folders, and no file in them? */
async function isRest(path: AbsolutePath, at: AbsolutePath): Promise<boolean> {
  return at === expiring(path) && (await holdsNoFile(at));
}

async function holdsNoFile(folder: AbsolutePath): Promise<boolean> {
  if ((await ifThere(lstat(folder)))?.isDirectory() !== true) return false;
  for (const name of await readdir(folder)) {
    if (!(await holdsNoFile(below(folder, name)))) return false;
  }
  return true;
}

/** Deletes all that is in `folder` but the file at `kept`. */
async function emptyBut(folder: AbsolutePath, kept: readonly string[]): Promise<void> {
  const [part, ...rest] = kept;
  for (const name of (await ifThere(readdir(folder))) ?? []) {
    const path = below(folder, name);
    if (name !== part) await deleteDirectory(permitDirectory('delete-directory', path, 'expired'));
    else if (rest.length > 0) await emptyBut(path, rest);
  }
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
