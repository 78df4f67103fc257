/**
 * Files of a checkout that anybody may have written: read only if they are regular files that lie
 * inside of it, wherever links on the way lead, and never more than was asked for. No process.
 */
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { errorCode, isErrno } from '../kernel/errno.ts';
import { below, isWithin, type AbsolutePath } from '../kernel/path.ts';

export type BoundedText =
  | { readonly kind: 'text'; readonly text: string; /** there is more */ readonly cut: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * The first `limit` bytes of `path` as UTF-8.
 * @param checkout real path of the folder it must lie in
 */
export async function readWithin(
  checkout: AbsolutePath,
  path: AbsolutePath,
  limit: number,
): Promise<BoundedText> {
  try {
    const target = await realpath(path);
    if (!isInside(checkout, target))
      return { kind: 'refused', why: 'it leads out of the checkout' };
    // a pipe would wait for its other end
    const handle = await open(target, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return { kind: 'refused', why: 'it is no regular file' };
      const buffer = Buffer.alloc(Math.min(limit, stats.size));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return {
        kind: 'text',
        text: buffer.subarray(0, filled).toString('utf8'),
        cut: stats.size > limit,
      };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { kind: 'none' };
    return { kind: 'refused', why: errorCode(error) };
  }
}

/** The names in a folder of the checkout; none if it is not there, no folder, or leads out of it. */
export async function namesWithin(
  checkout: AbsolutePath,
  folder: AbsolutePath,
): Promise<readonly { readonly name: string; readonly kind: 'file' | 'folder' | 'other' }[]> {
  try {
    if (!isInside(checkout, await realpath(folder))) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({
      name: entry.name,
      kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
    }));
  } catch {
    return [];
  }
}

/** Is the real path `target` in the checkout, and not git's? */
export function isInside(checkout: AbsolutePath, target: string): boolean {
  return isWithin(target, checkout) && !isWithin(target, below(checkout, '.git'));
}
