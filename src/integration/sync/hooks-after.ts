/**
 * The hook that git would run after it: `post-merge` for a merge or fast-forward, `post-checkout`
 * for a rebase (which checks out what it puts the commits on). It runs after the lock was
 * released, since it may take long, and with a time limit; that it fails is a warning, as it is
 * to git. `post-rewrite` is not run: it has to be told of each commit on its input.
 */
import { runHookAfter } from '../post-merge.ts';
import type { SyncDeps, SyncInput, SyncResult } from './model.ts';

export async function runHooksAfter(
  { project, warn, hookTimeoutMs }: SyncDeps,
  { worktree, name }: SyncInput,
  { from, to, shape }: Extract<SyncResult, { kind: 'synced' }>,
): Promise<void> {
  const done = `Session ${name} has what its base has`;
  // 1: a branch, not a file, was checked out; 0: not a squash that is still to be committed
  const hook =
    shape === 'rebase'
      ? { name: 'post-checkout', args: [from, to, '1'] }
      : { name: 'post-merge', args: ['0'] };
  const warning = await runHookAfter(project, { ...hook, worktree, done }, hookTimeoutMs);
  if (warning !== null) warn?.(warning);
}
