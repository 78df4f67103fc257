/**
 * A fresh checkout writes files and index in the same second, and git then compares contents at
 * every status (22 times slower, measured) until the index is written again in a later second.
 * Readers of ours never write it, so whoever may does it once, when the second has ticked.
 */
import { stat } from 'node:fs/promises';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { git, type Git } from './git.ts';

/**
 * Writes the index of `worktree` anew if that makes later statuses quick; it never waits for the
 * second to tick. Only where nobody else works and an intent guards the worktree: it takes
 * `index.lock`. One process, if any: `update-index --refresh`. A failure changes nothing.
 * @param now milliseconds since 1970
 */
export async function refreshIndexIfTicked(
  port: Git,
  worktree: AbsolutePath,
  privateDir: AbsolutePath,
  now: number,
): Promise<'refreshed' | 'not-worth-it' | 'failed'> {
  try {
    const written = (await stat(below(privateDir, 'index'))).mtimeMs;
    if (Math.floor(now / 1000) <= Math.floor(written / 1000)) return 'not-worth-it';
    // 1: some file differs (a hook edited it), which is an answer
    await git(
      port,
      worktree,
      [
        '-c',
        'core.fsmonitor=false',
        '-c',
        'core.hooksPath=/dev/null',
        'update-index',
        '-q',
        '--refresh',
      ],
      { answers: [0, 1] },
    );
    return 'refreshed';
  } catch {
    port.signal?.throwIfAborted();
    return 'failed';
  }
}
