/**
 * The files of a checkout that we write: never through a link, never over something that is no
 * plain text file, and never over bytes that have changed since they were read. A file is replaced
 * by a rename, so that it is the old one or the new one, and keeps its mode.
 */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory, writeNew } from '../kernel/durable.ts';
import { errorCode, isErrno } from '../kernel/errno.ts';
import { faultPoint } from '../kernel/faults.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { readRegularFile } from '../kernel/regular-file.ts';

export type Place =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly text: string; readonly mode: number }
  /** something that we neither read nor write */
  | { readonly kind: 'in-the-way'; readonly why: string };

/** @param path below `root`, with slashes */
export async function lookAt(root: AbsolutePath, path: string): Promise<Place> {
  const steps = path.split('/');
  for (let many = 1; many <= steps.length; many += 1) {
    const step = steps.slice(0, many).join('/');
    const stats = await lstat(join(root, step)).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return null;
      throw error;
    });
    if (stats === null) return { kind: 'absent' };
    if (stats.isSymbolicLink()) return { kind: 'in-the-way', why: `${step} is a link` };
    const last = many === steps.length;
    if (!last && !stats.isDirectory()) return { kind: 'in-the-way', why: `${step} is no folder` };
    if (last && !stats.isFile()) return { kind: 'in-the-way', why: `${step} is no plain file` };
    if (last) return read(join(root, path), stats.mode);
  }
  return { kind: 'absent' };
}

async function read(file: string, mode: number): Promise<Place> {
  try {
    const bytes = await readRegularFile(file);
    // what is not UTF-8 would not come back as it was
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { kind: 'file', text, mode };
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'in-the-way', why: 'it is not UTF-8' };
    return { kind: 'in-the-way', why: `it cannot be read (${errorCode(error)})` };
  }
}

/** The name of the file that a temporary file of ours was to become, `null` for any other name. */
export function temporaryOf(name: string): string | null {
  return /^(?<file>.+)\.[0-9a-f]{12}\.tmp$/u.exec(name)?.groups?.['file'] ?? null;
}

/**
 * Writes a whole file, if it is still as it was read.
 * @param before what was read, `null` if there was none
 */
export async function writeFileAt(
  root: AbsolutePath,
  path: string,
  text: string,
  before: string | null,
): Promise<'written' | 'changed'> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeNew(temporary, text);
    const now = await lookAt(root, path);
    if (now.kind === 'in-the-way' || textOf(now) !== before) return 'changed';
    if (now.kind === 'file') await chmod(temporary, now.mode & 0o7777);
    faultPoint('install.rename:before');
    await rename(temporary, file);
    await syncDirectory(dirname(file));
    faultPoint('install.rename:after');
    return 'written';
  } finally {
    // gone already, if it was renamed
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Takes a file away, if it is still as it was read. */
export async function removeFileAt(
  root: AbsolutePath,
  path: string,
  before: string,
): Promise<'removed' | 'changed'> {
  if (textOf(await lookAt(root, path)) !== before) return 'changed';
  faultPoint('install.remove:before');
  await rm(join(root, path));
  faultPoint('install.remove:after');
  return 'removed';
}

/** Takes away those of `folders` that are empty, the deepest first. */
export async function removeEmptyFolders(
  root: AbsolutePath,
  folders: readonly string[],
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const folder of folders.toSorted((a, b) => b.length - a.length)) {
    // one that was replaced by a link leads somewhere else now
    const place = await lookAt(root, `${folder}/none`);
    try {
      if (place.kind === 'in-the-way') left.push(folder);
      // by rmdir: one that holds anything stays
      else await rmdir(join(root, folder));
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) left.push(folder);
    }
  }
  return left;
}

/** The folders above `path` that are not there yet. */
export async function missingFolders(root: AbsolutePath, path: string): Promise<readonly string[]> {
  const steps = path.split('/').slice(0, -1);
  const folders = steps.map((_step, at) => steps.slice(0, at + 1).join('/'));
  const there = await Promise.all(
    folders.map((folder) =>
      lstat(join(root, folder)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return folders.filter((_folder, at) => there[at] === false);
}

export function textOf(place: Place): string | null {
  return place.kind === 'file' ? place.text : null;
}
