/**
 * Where things in the trash are: the folders a worktree and a private git dir go to, and whether
 * what an entry speaks of is still there. Found out freshly each time: an entry stays as a pin
 * after its directories have come back.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { real } from '../git/repository.ts';
import type { SessionKey } from '../sessions/name.ts';
import { linkOf, namesAdminEntry, readToken } from '../sessions/links.ts';
import { adminDir, privateFolder, trashFolder, type Project } from '../sessions/project.ts';
import { trashPrefix, type Registry } from '../sessions/registry.ts';
import { trashFolderNames, type TrashEntry } from '../sessions/trash-entry.ts';
import { isThere, makeDirectory, onDisk } from './disk.ts';

const besideFolder = '.flight-rules-trash';

export interface Destination {
  readonly seq: number;
  /** `<name>~<seq>` */
  readonly id: string;
  readonly worktree: AbsolutePath | null;
  readonly privateDir: AbsolutePath;
}

/** The sequence number in the id or the ref of an entry. */
export function seqOf(idOrRef: string): number {
  return Number(/[~/](?<seq>\d+)$/u.exec(idOrRef)?.groups?.['seq'] ?? Number.NaN);
}

/**
 * The next free place for a session that leaves. Nothing that is there is ever overwritten.
 * Makes the trash folder, since only an existing folder tells on which file system it is.
 * @param worktree where it is now, `null` if there is none to move
 */
export async function nextDestination(
  project: Project,
  registry: Registry,
  session: { readonly key: SessionKey; readonly name: string },
  worktree: AbsolutePath | null,
): Promise<Destination> {
  const folder = worktree === null ? null : await folderFor(project, worktree);
  const prefix = `${trashPrefix}${session.key}/`;
  const refs = [...registry.trash.map((stored) => stored.ref), ...registry.brokenTrash];
  // an id is unique, also where a record of another key has the same name
  const ids = registry.trash.filter(({ entry }) => entry.name === session.name);
  const used = [
    ...refs.filter((ref) => ref.startsWith(prefix)).map(seqOf),
    ...ids.map(({ entry }) => seqOf(entry.id)),
  ].filter((seq) => !Number.isNaN(seq));
  for (let seq = Math.max(0, ...used) + 1; ; seq += 1) {
    const name = `${session.name}-${seq}`;
    const place = {
      seq,
      id: `${session.name}~${seq}`,
      worktree: folder === null ? null : below(folder, name),
      privateDir: below(privateTrash(project), name),
    };
    const taken = [place.worktree, place.privateDir].flatMap((path) =>
      path === null ? [] : [path, expiring(path)],
    );
    const there = await Promise.all(taken.map(isThere));
    if (!there.includes(true)) return place;
  }
}

/** Where private git dirs wait. */
export function privateTrash(project: Pick<Project, 'commonDir'>): AbsolutePath {
  return below(privateFolder(project), 'trash');
}

/** The name under which a directory is deleted: what has it is only waiting to be gone. */
export function expiring(path: AbsolutePath): AbsolutePath {
  return absolute(`${path}.expiring`);
}

/** Where worktrees wait, by the path that git and links spell: the folder may be a link. */
export function resolvedTrash(project: Pick<Project, 'sessionsDir'>): Promise<AbsolutePath> {
  return real(trashFolder(project));
}

/** The trash on the file system of `worktree`: a rename does not cross from one to another. */
async function folderFor(project: Project, worktree: AbsolutePath): Promise<AbsolutePath> {
  const usual = trashFolder(project);
  const parent = absolute(dirname(worktree));
  if (await sameFileSystem(worktree, await nearest(usual))) {
    await makeDirectory(usual);
    return resolvedTrash(project);
  }
  const beside = below(parent, besideFolder);
  await makeDirectory(beside);
  return real(beside);
}

async function sameFileSystem(one: AbsolutePath, other: AbsolutePath): Promise<boolean> {
  const device = (path: AbsolutePath): Promise<number> =>
    onDisk('look at', path, async () => (await stat(path)).dev);
  return (await device(one)) === (await device(other));
}

async function nearest(path: AbsolutePath): Promise<AbsolutePath> {
  return (await isThere(path)) || dirname(path) === path ? path : nearest(absolute(dirname(path)));
}

/** True if `path` is a place in a trash folder of ours, by its name alone. */
export async function isTrashPlace(
  project: Project,
  entry: Pick<TrashEntry, 'name'>,
  path: string,
): Promise<boolean> {
  const folder = dirname(path);
  const known =
    folder === privateTrash(project) ||
    trashFolderNames.includes(basename(folder)) ||
    folder === (await resolvedTrash(project));
  const rest = basename(path).slice(entry.name.length);
  return known && basename(path).startsWith(entry.name) && /^-\d+$/u.test(rest);
}

/** The directories of an entry that are there and proven to be what was put there. */
export interface TrashDirectories {
  readonly worktree: AbsolutePath | null;
  readonly privateDir: AbsolutePath | null;
}

/**
 * @returns for each directory its path if it is there and carries the token; a worktree is proven
 *   by its link to the admin id together with its private git dir
 */
export async function directoriesOf(
  project: Pick<Project, 'commonDir'>,
  entry: TrashEntry,
): Promise<TrashDirectories> {
  if (entry.privateDir === null) return { worktree: null, privateDir: null };
  const privateDir = absolute(entry.privateDir.path);
  if ((await readToken(privateDir)) !== entry.record.token) {
    return { worktree: null, privateDir: null };
  }
  const worktree = await waitingPlace(entry);
  if (worktree === null) return { worktree: null, privateDir };
  const linked = await linkOf(worktree);
  const proven = linked !== null && (await leadsTo(project, linked, entry.privateDir.adminId));
  return { worktree: proven ? worktree : null, privateDir };
}

/**
 * Where the worktree of an entry waits, `null` if it does not. Emptying that was cut off has put it
 * aside, whole, as long as the private git dir was not: nothing is deleted before both are.
 */
export async function waitingPlace(entry: TrashEntry): Promise<AbsolutePath | null> {
  const { worktree, privateDir } = entry;
  if (worktree === null) return null;
  const path = absolute(worktree.path);
  if (await isThere(path)) return path;
  if (privateDir === null || (await isThere(expiring(absolute(privateDir.path))))) return null;
  return (await isThere(expiring(path))) ? expiring(path) : null;
}

/**
 * Does the link of a worktree in the trash lead to admin id `adminId` of this repository? Also one
 * that leads to where that was before the repository was moved; never one that leads to a
 * repository that is there.
 */
export async function leadsTo(
  project: Pick<Project, 'commonDir'>,
  linked: AbsolutePath,
  adminId: string,
): Promise<boolean> {
  if (linked === adminDir(project, adminId)) return true;
  return namesAdminEntry(linked, adminId) && !(await isThere(absolute(dirname(dirname(linked)))));
}
