/** Folders of the user's own, for caches and settings. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './errno.ts';

/**
 * Makes `path` and what lacks above it, readable by the user alone. One folder at a time: where
 * the system makes none and says so oddly (`/proc`), Node's own recursive way never ends.
 * @throws the error of the system
 */
export function makePrivateFolder(path: string): void {
  const made = tryToMake(path);
  if (made !== 'ENOENT' || dirname(path) === path) return;
  makePrivateFolder(dirname(path));
  if (tryToMake(path) === 'ENOENT') mkdirSync(path);
}

function tryToMake(path: string): 'there' | 'ENOENT' {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return 'ENOENT';
    if (code !== 'EEXIST') throw error;
  }
  return 'there';
}
