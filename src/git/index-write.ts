/**
 * Changing the index of a checkout: entries put in by object id, flags, stat data. Files are not
 * touched here but by `checkoutFromIndex`. Reading it is `index-entries.ts`.
 */
import { git, type Git } from './git.ts';
import type { Side } from './diff.ts';
import type { Oid } from './oid.ts';

/** Puts `side` (`null`: no entry) at each path. One process: `update-index --index-info`. */
export async function putIntoIndex(
  port: Git,
  worktree: string,
  entries: readonly { readonly path: string; readonly side: Side | null }[],
  zero: Oid,
): Promise<void> {
  if (entries.length === 0) return;
  const stdin = entries
    .map(({ path, side }) => `${side?.mode ?? '0'} ${side?.oid ?? zero}\t${path}\0`)
    .join('');
  await git(port, worktree, ['update-index', '-z', '--index-info'], {
    stdin,
    uninterruptible: true,
  });
}

/** Marks paths as not in the checkout. One process: `update-index --skip-worktree`. */
export async function skipInCheckout(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  await git(port, worktree, ['update-index', '--skip-worktree', '-z', '--stdin'], {
    stdin: paths.map((path) => `${path}\0`).join(''),
    uninterruptible: true,
  });
}

/** Takes the mark "assume unchanged" off paths. One process: `update-index --no-assume-unchanged`. */
export async function lookAgain(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  await git(port, worktree, ['update-index', '--no-assume-unchanged', '-z', '--stdin'], {
    stdin: paths.map((path) => `${path}\0`).join(''),
    uninterruptible: true,
  });
}

/** Writes files as the index has them, where nothing stands. One process: `checkout-index`. */
export async function checkoutFromIndex(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  await git(port, worktree, ['checkout-index', '--index', '-z', '--stdin'], {
    stdin: paths.map((path) => `${path}\0`).join(''),
    uninterruptible: true,
  });
}

/** Brings the stat data of the index up to date. One process: `update-index -q --refresh`. */
export async function refreshIndex(port: Git, worktree: string): Promise<void> {
  await git(
    port,
    worktree,
    ['-c', 'core.fsmonitor=false', 'update-index', '-q', '--refresh'],
    // 1: some entries need an update, which is what a changed file is
    { answers: [0, 1] },
  );
}
