/**
 * Making files last: bytes are on the disk once the file is synced, a name once its directory is.
 */
import { open } from 'node:fs/promises';
import { isErrno } from './errno.ts';

/** Syncs a directory. Windows cannot, and some file systems refuse; both are no failure. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!isErrno(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
  } finally {
    await handle.close();
  }
}

/** Syncs the bytes of a file that somebody else has written. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file that must not be there yet and syncs its bytes, as `writeSynced`. Nothing at
 * `path` is followed or written over: a repository can ship a link by any name it can guess.
 */
export async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  await write(path, content, 'wx');
}

/**
 * Writes a file and syncs its bytes; the name lasts only with `syncDirectory`. Not atomic: for
 * files that nobody reads before we are done.
 */
export async function writeSynced(path: string, content: string): Promise<void> {
  await write(path, content, 'w');
}

async function write(path: string, content: string | Uint8Array, flag: 'w' | 'wx'): Promise<void> {
  const handle = await open(path, flag);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
