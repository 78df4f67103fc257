/**
 * Which merge or rebase is under way in a session's worktree, and whose: one that a sync of ours
 * has left there to be resolved, or one that was begun by hand. Reads files only.
 */
import { trusted } from '../../kernel/brand.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { readRegularText } from '../../kernel/regular-file.ts';
import { isOid, type BranchName, type Oid } from '../../git/oid.ts';
import { operationInProgress } from '../../git/operation.ts';
import type { SessionRecord } from '../../sessions/record.ts';

/** What the record says of a sync that is to be resolved. */
export type Syncing = NonNullable<SessionRecord['syncing']>;

export type Underway =
  | { readonly kind: 'none' }
  /** `of`: what is being merged in */
  | { readonly kind: 'merge'; readonly of: readonly Oid[] }
  | { readonly kind: 'rebase' }
  | { readonly kind: 'other'; readonly operation: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** What is under way in the worktree behind `privateDir`. */
export async function underway(privateDir: AbsolutePath): Promise<Underway> {
  const found = await operationInProgress(privateDir);
  if (found.kind !== 'operation') return found;
  switch (found.operation) {
    case 'merge': {
      const text = await readRegularText(below(privateDir, 'MERGE_HEAD')).catch(() => '');
      return { kind: 'merge', of: text.split('\n').filter((line) => isOid(line)) };
    }
    case 'rebase':
      return { kind: 'rebase' };
    default:
      return { kind: 'other', operation: found.operation };
  }
}

/** Is it the one that `syncing` speaks of? */
export function isOurs(found: Underway, syncing: Syncing): boolean {
  if (found.kind === 'rebase') return syncing.shape === 'rebase';
  return found.kind === 'merge' && syncing.shape === 'merge' && isMergeOf(found, syncing.baseTip);
}

/** Is exactly this commit being merged in, and nothing beside it? */
function isMergeOf(found: Underway, commit: string): boolean {
  return found.kind === 'merge' && found.of.length === 1 && found.of[0] === commit;
}

/** What a record names, as it was checked when it was read. */
export function namesOf(syncing: Syncing): {
  readonly base: BranchName;
  readonly from: Oid;
  readonly baseTip: Oid;
} {
  return { base: trusted<BranchName>(syncing.base), ...tipsOf(syncing) };
}

/** The commits of it. */
export function tipsOf(syncing: Syncing): { readonly from: Oid; readonly baseTip: Oid } {
  return { from: trusted<Oid>(syncing.from), baseTip: trusted<Oid>(syncing.baseTip) };
}
