/** Making directory entries last: a rename is on the disk only once its directory is synced. */
import { open } from 'node:fs/promises';

/** Syncs a directory. Windows cannot, and some file systems refuse; both are no failure. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch {
    // EINVAL on file systems without it
  } finally {
    await handle.close();
  }
}
