/**
 * The room of a sync, `<private git dir>/flight-rules/sync/`: what the move of the session's
 * checkout works with and what takes it back. Only one sync of a session is under way at a time,
 * under our lock, so there is one room.
 *
 * - `index`: a copy of the session's index, on which git moves the files; it takes the place of
 *   the session's own in one rename when they are all there;
 * - `index.was`: the session's own, to the byte; `index.files`: with the files as they were;
 * - `git/`: a git dir beside the session's own with a HEAD of its own, so that `git checkout` can
 *   move the files without HEAD, branch, reflog or index of the session having part in it;
 * - `objects/`: what nobody else is to see (uncommitted work while it is carried);
 * - `raw/`: the bytes of uncommitted files that are about to change.
 */
import { constants } from 'node:fs';
import {
  copyFile,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { gitText, gitWith, type Git } from '../../git/git.ts';
import { oid, type Oid } from '../../git/oid.ts';
import { nobody, privateObjects } from '../../git/simulation.ts';
import { dirname } from 'node:path';
import { syncDirectory } from '../../kernel/durable.ts';
import { isErrno } from '../../kernel/errno.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';

export interface Room {
  readonly folder: AbsolutePath;
  readonly index: AbsolutePath;
  readonly indexWas: AbsolutePath;
  readonly indexFiles: AbsolutePath;
  readonly gitDir: AbsolutePath;
  readonly objects: AbsolutePath;
  readonly raw: AbsolutePath;
}

/** Where the room of the session with this private git dir is, whether it is there or not. */
export function roomOf(privateDir: AbsolutePath): Room {
  return roomAt(below(privateDir, 'flight-rules', 'sync'));
}

function roomAt(folder: AbsolutePath): Room {
  return {
    folder,
    index: below(folder, 'index'),
    indexWas: below(folder, 'index.was'),
    indexFiles: below(folder, 'index.files'),
    gitDir: below(folder, 'git'),
    objects: below(folder, 'objects'),
    raw: below(folder, 'raw'),
  };
}

/**
 * Makes it anew, beside its place, where nothing depends on it yet: what an earlier sync has left
 * belongs to nobody. `settleRoom` puts it in its place.
 */
export async function makeRoom(commonDir: AbsolutePath, privateDir: AbsolutePath): Promise<Room> {
  const room = roomAt(below(privateDir, 'flight-rules', 'sync.new'));
  await rm(room.folder, { recursive: true, force: true, maxRetries: 3 });
  for (const folder of [room.gitDir, room.objects, room.raw]) {
    await mkdir(folder, { recursive: true });
  }
  await copyIndex(below(privateDir, 'index'), room.index);
  await copyIndex(room.index, room.indexWas);
  await copyIndex(room.index, room.indexFiles);
  await writeFile(below(room.gitDir, 'commondir'), `${commonDir}\n`);
  // what a worktree has of its own: sparse patterns, settings, the rest of a split index
  await copyIfThere(below(privateDir, 'config.worktree'), below(room.gitDir, 'config.worktree'));
  await mkdir(below(room.gitDir, 'info'));
  const sparse = ['info', 'sparse-checkout'] as const;
  await copyIfThere(below(privateDir, ...sparse), below(room.gitDir, ...sparse));
  for (const name of await readdir(privateDir)) {
    if (!name.startsWith('sharedindex.')) continue;
    await copyIfThere(below(privateDir, name), below(room.gitDir, name));
  }
  return room;
}

/** The intent is written: from now on recovery needs it. */
export async function settleRoom(made: Room, privateDir: AbsolutePath): Promise<Room> {
  const room = roomOf(privateDir);
  await removeRoom(privateDir, 'what is settled');
  await rename(made.folder, room.folder);
  await syncDirectory(dirname(room.folder));
  return room;
}

/**
 * Copies an index with the time it was written at, rounded down: by that git knows which files
 * could have changed since without a trace in their own times.
 */
export async function copyIndex(from: AbsolutePath, to: AbsolutePath): Promise<void> {
  const { mtimeMs } = await stat(from);
  await copyFile(from, to);
  const seconds = Math.floor(mtimeMs) / 1000;
  await utimes(to, seconds, seconds);
}

async function copyIfThere(from: AbsolutePath, to: AbsolutePath): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error;
  });
}

/** git that works on one of the room's indexes, in the session's worktree, and writes objects there. */
export async function gitInRoom(
  port: Git,
  commonDir: AbsolutePath,
  room: Room,
  index: AbsolutePath = room.index,
): Promise<Git> {
  const objects = await privateObjects(commonDir, room.objects);
  return gitWith(port, { ...objects, ...nobody, GIT_INDEX_FILE: index });
}

/** The tree of the session's own index, stored where that index expects it. One process: `write-tree`. */
export async function treeOfIndex(port: Git, room: Room, worktree: AbsolutePath): Promise<Oid> {
  const own = gitWith(port, { GIT_INDEX_FILE: room.indexFiles });
  return oid(await gitText(own, worktree, ['write-tree']));
}

/**
 * git that moves the files: on the room's index, with a HEAD of its own.
 * @param objects `shared`: what it writes is the repository's, as with any checkout
 */
export async function gitMoving(
  port: Git,
  commonDir: AbsolutePath,
  room: Room,
  how: {
    readonly worktree: AbsolutePath;
    readonly at: Oid;
    readonly objects: 'own' | 'shared';
  },
): Promise<Git> {
  await writeFile(below(room.gitDir, 'HEAD'), `${how.at}\n`);
  const inRoom =
    how.objects === 'own'
      ? await gitInRoom(port, commonDir, room)
      : gitWith(port, { GIT_INDEX_FILE: room.index });
  return gitWith(inRoom, { GIT_DIR: room.gitDir, GIT_WORK_TREE: how.worktree });
}

/** Removes it: first its name, for a room half removed must not be taken for a whole one. */
export async function removeRoom(
  privateDir: AbsolutePath,
  what: 'what is settled' | 'all' = 'all',
): Promise<void> {
  const { folder } = roomOf(privateDir);
  const leaving = [`${folder}.done`, ...(what === 'all' ? [`${folder}.new`] : [])];
  const gone = { recursive: true, force: true, maxRetries: 3 };
  for (const path of leaving) await rm(path, gone);
  await rename(folder, `${folder}.done`).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error;
  });
  await rm(`${folder}.done`, gone);
}

export async function hasRoom(room: Room): Promise<boolean> {
  return stat(room.folder).then(
    () => true,
    () => false,
  );
}

/** Files whose bytes are kept: path in the worktree, name in `raw/`. */
export type RawFiles = readonly { readonly path: string; readonly name: string }[];

export async function writeRawList(room: Room, files: RawFiles): Promise<void> {
  await writeFile(below(room.folder, 'raw.json'), JSON.stringify(files));
}

export async function readRawList(room: Room): Promise<ReadonlyMap<string, AbsolutePath>> {
  const text = await readFile(below(room.folder, 'raw.json'), 'utf8').catch(() => '[]');
  const files: unknown = JSON.parse(text);
  const found = new Map<string, AbsolutePath>();
  for (const file of Array.isArray(files) ? files : []) {
    const path: unknown = Reflect.get(file, 'path');
    const name: unknown = Reflect.get(file, 'name');
    if (typeof path === 'string' && typeof name === 'string') {
      found.set(path, below(room.raw, name));
    }
  }
  return found;
}
