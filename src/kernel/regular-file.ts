/**
 * Reading small files at places that others can write to: only regular files. To open a pipe waits
 * for its other end, which may never come, and no signal ends that.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** What such a read fails with if there is something else than a regular file. */
export const noFileCodes: readonly string[] = ['EISDIR', 'EFTYPE', 'ENXIO'];

/**
 * The bytes of the regular file at `path` (links are followed).
 * @throws as `readFile`; for a folder `EISDIR`, for a pipe or device `EFTYPE`, for a socket `ENXIO`
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  // Windows has neither such pipes nor the flag
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() && !stats.isDirectory()) {
      throw Object.assign(new Error(`${path} is no regular file`), { code: 'EFTYPE' });
    }
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** The same, as UTF-8. */
export async function readRegularText(path: string): Promise<string> {
  return (await readRegularFile(path)).toString('utf8');
}
