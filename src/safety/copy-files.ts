/**
 * Copies the files a new session needs and git does not have: environment files, which are
 * usually ignored. Regular files only, never through a symlink, never over anything; mode kept.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, lstat } from 'node:fs/promises';
import { FlightError } from '../kernel/errors.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { errorCode } from '../kernel/errno.ts';

export const environmentFiles: readonly string[] = ['.env', '.env.local', '.env.development.local'];

/**
 * Copies those of `names` that are regular files in `from` and are not there in `to`.
 * @returns the names that were copied
 * @throws FlightError `disk-failed`
 */
export async function copyFiles(
  from: AbsolutePath,
  to: AbsolutePath,
  names: readonly string[],
): Promise<string[]> {
  const copied: string[] = [];
  for (const name of names) {
    const source = below(from, name);
    const stats = await lstat(source).catch(() => null);
    if (stats === null || !stats.isFile()) continue;
    try {
      await copyFile(source, below(to, name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(below(to, name), stats.mode & 0o777);
      copied.push(name);
    } catch (error) {
      // a tracked file of that name, or one the project's hook has made: it stays
      if (errorCode(error) === 'EEXIST') continue;
      throw new FlightError('disk-failed', {
        what: 'copy',
        path: source,
        reason: errorCode(error),
      });
    }
  }
  return copied;
}
