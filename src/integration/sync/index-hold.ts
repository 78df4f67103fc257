/**
 * Holds the index of a session as git itself does: while `index.lock` is there no git changes
 * index, HEAD or branch of that worktree, so that what was looked at stays so. The file is made
 * whole or not at all (a link to one that is written already), and says that it is ours: whoever
 * finds it after we were killed may take it away.
 */
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../kernel/errno.ts';
import { FlightError } from '../../kernel/errors.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';

const mark = 'flight-rules: sync\n';
const patienceMs = 2_000;
const betweenMs = 50;

export interface Holding {
  readonly name: string;
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
}

/** @throws FlightError `operation-in-progress` if another git holds it for two seconds */
export async function holdIndex({ name, worktree, privateDir }: Holding): Promise<void> {
  const lock = below(privateDir, 'index.lock');
  const written = below(privateDir, 'flight-rules', 'sync.lock');
  await writeFile(written, mark);
  const until = performance.now() + patienceMs;
  try {
    for (;;) {
      try {
        await take(written, lock);
        return;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
        // left by a sync that was killed; nobody else makes such a file, and we have the lock
        if (await releaseIndex(privateDir)) continue;
      }
      if (performance.now() >= until) {
        throw new FlightError('operation-in-progress', {
          name,
          worktree,
          operation: `git command that holds ${lock}`,
        });
      }
      await sleep(betweenMs);
    }
  } finally {
    await unlink(written).catch(() => undefined);
  }
}

async function take(written: AbsolutePath, lock: AbsolutePath): Promise<void> {
  try {
    await link(written, lock);
  } catch (error) {
    // file systems without links
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(errorCode(error))) throw error;
    await writeFile(lock, mark, { flag: 'wx' });
  }
}

/** Lets it go, if it is ours. @returns false if it is somebody else's, or not there */
export async function releaseIndex(privateDir: AbsolutePath): Promise<boolean> {
  const lock = below(privateDir, 'index.lock');
  const text = await readFile(lock, 'utf8').catch(() => '');
  if (text !== mark) return false;
  await unlink(lock);
  return true;
}
