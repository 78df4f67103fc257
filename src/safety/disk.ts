/**
 * Directories that move: each rename is asked for with a permit, never lands on anything, and is
 * on the disk when it returns (both parents are synced). What the file system refuses is named.
 */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { syncDirectory, writeNew } from '../kernel/durable.ts';
import { errorCode, isErrno } from '../kernel/errno.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import type { Permit } from '../git/permit.ts';

/** The answer, or `null` if the file is not there. Any other failure is one. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Is there anything at `path` (a dangling link counts)? @throws if that cannot be found out */
export async function isThere(path: AbsolutePath): Promise<boolean> {
  return (await ifThere(lstat(path))) !== null;
}

/** Runs `act`; what the file system refuses becomes `disk-failed`. */
export async function onDisk<T>(
  what: string,
  path: AbsolutePath,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof FlightError) throw cause;
    throw new FlightError('disk-failed', { what, path, reason: errorCode(cause) }, { cause });
  }
}

/** Makes a directory and its missing parents, on the disk when it returns. */
export async function makeDirectory(path: AbsolutePath): Promise<void> {
  await onDisk('make the folder', path, async () => {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let at = path; ; at = absolute(dirname(at))) {
      await syncDirectory(absolute(dirname(at)));
      if (at === first || dirname(at) === at) return;
    }
  });
}

/** Renames the directory of the permit to `to`, where nothing may be. */
export async function moveDirectory(
  permit: Permit<'rename-directory'>,
  to: AbsolutePath,
): Promise<void> {
  const from = permit.directory;
  await onDisk(`move to ${to} the folder`, from, async () => {
    // rename replaces an empty directory without a word
    if (await isThere(to)) {
      throw Object.assign(new Error('something is in the way'), { code: 'EEXIST' });
    }
    await rename(from, to);
    await syncDirectory(absolute(dirname(to)));
    if (dirname(to) !== dirname(from)) await syncDirectory(absolute(dirname(from)));
  });
}

/**
 * Removes the directory of the permit with all that is in it. This cannot be undone.
 * @param last what in it is removed after all the rest: it proves what is half deleted
 */
export async function deleteDirectory(
  permit: Permit<'delete-directory'>,
  last?: string,
): Promise<void> {
  const path = permit.directory;
  await onDisk('delete the folder', path, async () => {
    // of a link only the link goes
    const real = last !== undefined && (await ifThere(lstat(path)))?.isDirectory() === true;
    const names = real ? await readdir(path) : [];
    for (const name of names.filter((one) => one !== last)) {
      await rm(below(path, name), { recursive: true, force: true, maxRetries: 3 });
    }
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
    await syncDirectory(absolute(dirname(path)));
  });
}

const unfinished = /\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.flight-rules$/u;

/** Is this the name of a temporary file of `writeDurably`? */
export function isUnfinished(name: string): boolean {
  return unfinished.test(name);
}

/**
 * Writes a small file whole or not at all: temporary file, sync, rename, sync of the folder. What
 * an earlier write of this very file left when it was killed goes. Under the lock only.
 */
export async function writeDurably(path: AbsolutePath, content: string): Promise<void> {
  await onDisk('write', path, async () => {
    for (const name of await readdir(dirname(path))) {
      if (!name.startsWith(`${basename(path)}.`) || !isUnfinished(name)) continue;
      await rm(below(absolute(dirname(path)), name), { force: true });
    }
    // a name that nobody can have: the folder may be a worktree, and its files are the user's
    const temporary = absolute(`${path}.${randomUUID()}.flight-rules`);
    try {
      await writeNew(temporary, content);
      faultPoint('write.temporary:after');
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncDirectory(absolute(dirname(path)));
  });
}

/** Removes one file; that it is not there is fine. */
export async function removeFile(path: AbsolutePath): Promise<void> {
  await onDisk('remove', path, async () => {
    await rm(path, { force: true });
    const folder = absolute(dirname(path));
    if (await isThere(folder)) await syncDirectory(folder);
  });
}
