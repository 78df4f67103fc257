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

/** `stashed`: git has put uncommitted work aside for it, and brings it back at the end */
export type Underway =
  | { readonly kind: 'none' }
  /** `of`: what is being merged in */
  | { readonly kind: 'merge'; readonly of: readonly Oid[]; readonly stashed: boolean }
  /** `onto`: what it replays commits on, `null` as long as git has not noted it */
  | { readonly kind: 'rebase'; readonly onto: string | null; readonly stashed: boolean }
  | { readonly kind: 'other'; readonly operation: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** What is under way in the worktree behind `privateDir`. */
export async function underway(privateDir: AbsolutePath): Promise<Underway> {
  const found = await operationInProgress(privateDir);
  if (found.kind !== 'operation') return found;
  switch (found.operation) {
    case 'merge': {
      const of = (await textOf(privateDir, 'MERGE_HEAD')).split('\n').filter(isOid);
      return { kind: 'merge', of, stashed: (await textOf(privateDir, 'MERGE_AUTOSTASH')) !== '' };
    }
    case 'rebase': {
      const onto = (await textOf(privateDir, 'rebase-merge', 'onto')).trim();
      const stash = await textOf(privateDir, 'rebase-merge', 'autostash');
      return { kind: 'rebase', onto: onto === '' ? null : onto, stashed: stash !== '' };
    }
    default:
      return { kind: 'other', operation: found.operation };
  }
}

/** A file of git's, empty where there is none. */
function textOf(privateDir: AbsolutePath, ...path: readonly string[]): Promise<string> {
  return readRegularText(below(privateDir, ...path)).catch(() => '');
}

/** Is it the one that `syncing` speaks of? Ours never has anything stashed. */
export function isOurs(found: Underway, { shape, baseTip }: Syncing): boolean {
  if (found.kind !== shape || found.stashed) return false;
  if (found.kind === 'rebase') return found.onto === null || found.onto === baseTip;
  return found.of.length === 1 && found.of[0] === baseTip;
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
