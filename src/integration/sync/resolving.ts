/**
 * Is a session in the middle of a sync that is to be resolved? One that we have left there, or a
 * merge of its base that somebody has begun by hand: that is the same, and concluded in the same
 * way. Looks only; at most one process (`merge-base`), for one begun by hand.
 */
import { isoSeconds } from '../../kernel/clock.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { readRegularText } from '../../kernel/regular-file.ts';
import type { Git } from '../../git/git.ts';
import { isAncestor } from '../../git/history.ts';
import { branchRef, type BranchName, type Oid } from '../../git/oid.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import { isOurs, underway, type Syncing, type Underway } from './underway.ts';

export type Resolving =
  | { readonly kind: 'none' }
  /** `begun`: whether a sync of ours has left it there */
  | { readonly kind: 'base'; readonly syncing: Syncing; readonly begun: 'by-us' | 'by-hand' }
  /** it is none of ours to conclude */
  | { readonly kind: 'other'; readonly operation: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** What is under way in the worktree of `session`; `none` where it has no worktree. */
export async function resolvingIn(
  port: Git,
  project: Pick<Project, 'commonDir'>,
  session: SessionFacts,
  now: Date,
): Promise<Resolving> {
  const { place, record } = session;
  if (place.kind !== 'present' || record === null) return { kind: 'none' };
  const seen = await underway(place.privateDir);
  if (seen.kind === 'none' || seen.kind === 'unknown') return seen;
  const { syncing } = record;
  if (syncing !== undefined && isOurs(seen, syncing)) {
    const on = seen.kind === 'rebase' ? await rebased(place.privateDir) : place.branch;
    const at = seen.kind === 'rebase' ? branchRef(session.branch) : session.branch;
    if (on === at && session.branchTip === syncing.from) {
      return { kind: 'base', syncing, begun: 'by-us' };
    }
  }
  const hand = await ofHand(port, project, session, seen, place.branch);
  if (hand !== null) {
    const { branchTip, of } = hand;
    const begun: Syncing = {
      shape: 'merge',
      from: branchTip,
      base: record.base.name,
      baseTip: of,
      since: isoSeconds(now),
    };
    return { kind: 'base', syncing: begun, begun: 'by-hand' };
  }
  return { kind: 'other', operation: seen.kind === 'other' ? seen.operation : seen.kind };
}

/** The ref that a rebase will move. */
async function rebased(privateDir: AbsolutePath): Promise<string> {
  const text = await readRegularText(below(privateDir, 'rebase-merge', 'head-name')).catch(
    () => '',
  );
  return text.trim();
}

/** A merge of the base, as far as the base has come. */
async function ofHand(
  port: Git,
  project: Pick<Project, 'commonDir'>,
  { branch, branchTip, baseTip }: SessionFacts,
  seen: Underway,
  on: BranchName | null,
): Promise<{ readonly branchTip: Oid; readonly of: Oid } | null> {
  if (seen.kind !== 'merge' || seen.of.length !== 1 || on !== branch) return null;
  const [of] = seen.of;
  if (of === undefined || branchTip === null || baseTip === null) return null;
  const isBase = await isAncestor(port, project.commonDir, of, baseTip).catch(() => false);
  return isBase ? { branchTip, of } : null;
}
