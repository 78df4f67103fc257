/**
 * Which operation of git is under way in a worktree: what it leaves in the private git dir until
 * it is finished or aborted. No process: `git status` says it only in sentences.
 */
import { lstat } from 'node:fs/promises';
import { isErrno } from '../kernel/errno.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';

export type InProgress =
  | { readonly kind: 'none' }
  | { readonly kind: 'operation'; readonly operation: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** A rebase of commits picks them one by one, so it comes before what it leaves beside itself. */
const marks = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase or am'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['sequencer', 'cherry-pick or revert'],
  ['BISECT_LOG', 'bisect'],
] as const;

/** @param privateDir the git dir of the worktree; of the main one it is the common dir */
export async function operationInProgress(privateDir: AbsolutePath): Promise<InProgress> {
  try {
    await lstat(privateDir);
    for (const [mark, operation] of marks) {
      if (await exists(below(privateDir, mark))) return { kind: 'operation', operation };
    }
    return { kind: 'none' };
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

async function exists(path: AbsolutePath): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
