/**
 * Registering a worktree and checking it out, apart: the registration is quick and raced by other
 * processes (so it happens under the lock), the checkout is slow and private (so it does not).
 */
import { availableParallelism } from 'node:os';
import type { AbsolutePath } from '../kernel/path.ts';
import { git, type Git } from './git.ts';
import type { BranchName } from './oid.ts';
import { retryOnRace } from './retry.ts';

/**
 * Registers `path` as a worktree on the existing branch `branch`; no file is checked out.
 * One process (`worktree add --no-checkout`), again if it collides with somebody else's: the
 * branch is not made by it, so a failed attempt leaves nothing that would stop the next.
 * @param from run there, so that its sparse-checkout patterns are taken over
 */
export async function registerWorktree(
  port: Git,
  from: AbsolutePath,
  path: AbsolutePath,
  branch: BranchName,
): Promise<void> {
  await retryOnRace(() =>
    git(
      port,
      from,
      ['worktree', 'add', '--quiet', '--no-checkout', '--end-of-options', path, branch],
      {
        // half a registration is what recovery exists for; Ctrl-C need not make one
        uninterruptible: true,
      },
    ),
  );
}

/**
 * Fills a worktree that was registered without files. One process: `reset --hard`, writing files
 * with several workers (0.65 to 0.8 of the time on two cores). No hook runs.
 */
export async function checkOutFiles(port: Git, worktree: AbsolutePath): Promise<void> {
  const workers = Math.min(8, Math.max(2, availableParallelism()));
  await git(port, worktree, [
    '-c',
    `checkout.workers=${workers}`,
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.hooksPath=/dev/null',
    'reset',
    '--hard',
    '--quiet',
    '--no-recurse-submodules',
  ]);
}
