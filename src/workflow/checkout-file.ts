/**
 * Text files below a checkout that we read and write: log, progress, learnings, tasks. Only plain
 * files in plain folders: a link could lead anywhere, and git does not follow it either. A file is
 * replaced whole (by a rename) or not at all, and only if it is still what was read. Bytes that
 * are no UTF-8 stay as they are.
 */
import { chmod, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { syncDirectory, writeNew } from '../kernel/durable.ts';
import { isErrno } from '../kernel/errno.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularFile } from '../kernel/regular-file.ts';

/** A file as it was read. */
export interface CheckoutFile {
  readonly root: AbsolutePath;
  /** relative, with `/` */
  readonly path: string;
  /** `null`: not there. Each byte is one character if they are no UTF-8 */
  readonly text: string | null;
  readonly encoding: 'utf8' | 'latin1';
  readonly mode: number | null;
}

/** @throws FlightError `odd-file` if it is no plain file, or what is above it no plain folder */
export async function readCheckoutFile(root: AbsolutePath, path: string): Promise<CheckoutFile> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const part = parts.slice(0, depth).join('/');
    const info = await lstat(below(root, part)).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return null;
      throw error;
    });
    if (info === null) return { root, path, text: null, encoding: 'utf8', mode: null };
    const last = depth === parts.length;
    if (!last && info.isDirectory() && (await isRepository(below(root, part)))) {
      throw new FlightError('odd-file', { file: below(root, part), what: anotherRepository });
    }
    if (last ? info.isFile() : info.isDirectory()) continue;
    const is = info.isSymbolicLink() ? 'a link' : info.isDirectory() ? 'a folder' : 'no folder';
    const what = last && !info.isDirectory() && !info.isSymbolicLink() ? 'no regular file' : is;
    throw new FlightError('odd-file', { file: below(root, part), what });
  }
  const file = below(root, path);
  const { mode } = await lstat(file);
  const bytes = await readRegularFile(file);
  const text = bytes.toString('utf8');
  const exact = Buffer.from(text).equals(bytes);
  return {
    root,
    path,
    text: exact ? text : bytes.toString('latin1'),
    encoding: exact ? 'utf8' : 'latin1',
    mode: mode & 0o777,
  };
}

const anotherRepository = 'another repository (a submodule?)';

/** What is written there is nothing that this checkout could commit. */
async function isRepository(folder: AbsolutePath): Promise<boolean> {
  return lstat(below(folder, '.git')).then(
    () => true,
    () => false,
  );
}

/** `text` of ours as it is put among the characters of `file`. */
export function spelledFor(file: CheckoutFile, text: string): string {
  return file.encoding === 'utf8' ? text : Buffer.from(text).toString('latin1');
}

/** The bytes of `text` in that file. */
export function bytesOf(file: CheckoutFile, text: string): Buffer {
  return Buffer.from(text, file.encoding);
}

/**
 * Writes `text`, on the disk when it returns; nothing is done if it stands there already.
 * @param room a folder of ours, for the new file until it takes its place
 * @param step names the fault points
 * @throws FlightError `plan-changed` if the file is not what was read any more
 */
export async function writeCheckoutFile(
  file: CheckoutFile,
  text: string,
  room: AbsolutePath,
  step: string,
): Promise<void> {
  if (text === file.text) return;
  const { root, path } = file;
  const target = below(root, path);
  const bytes = bytesOf(file, text);
  faultPoint(`end.${step}:before`);
  await makeFolders(absolute(dirname(target)));
  await mkdir(room, { recursive: true });
  const now = await readCheckoutFile(root, path);
  if (now.text !== file.text) throw new FlightError('plan-changed', { name: path, what: 'Text' });
  await place(below(room, `writing-${randomUUID()}`), target, bytes, file.mode).catch(
    async (error: unknown) => {
      // the private git dir may be on another disk
      if (!isErrno(error, 'EXDEV')) throw error;
      const beside = `.${basename(path)}.${randomUUID()}`;
      await place(absolute(beside, absolute(dirname(target))), target, bytes, file.mode);
    },
  );
  faultPoint(`end.${step}:after`);
}

async function place(
  temporary: AbsolutePath,
  target: AbsolutePath,
  bytes: Buffer,
  mode: number | null,
): Promise<void> {
  try {
    await writeNew(temporary, bytes);
    if (mode !== null) await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(target));
}

async function makeFolders(folder: AbsolutePath): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) await syncDirectory(dirname(first));
}
