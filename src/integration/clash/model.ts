/**
 * What foreseeing clashes asks and answers. A verdict speaks of two states of work, uncommitted
 * changes included: what a merge of the one into the other would say right now.
 */
import type { BranchName, Oid } from '../../git/oid.ts';
import type { Status } from '../../git/status.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import type { SessionKey } from '../../sessions/name.ts';

/**
 * - `clash`: merging them conflicts;
 * - `touching`: both changed the same paths, and it merges clean;
 * - `clear`: neither;
 * - `unknown`: could not be found out, and is never taken for one of the others.
 */
export type Verdict = 'clash' | 'touching' | 'clear' | 'unknown';

/** One path, and what happened to it: git's word for a conflict in lower case, or `both changed`. */
export interface ClashPath {
  readonly path: string;
  readonly kind: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** of a clash those that conflict, of touching those that both changed; sorted by path */
  readonly paths: readonly ClashPath[];
  /** of `unknown`: a clause that says why */
  readonly why?: string;
}

/** One session, as it is looked at. */
export interface Participant {
  readonly key: SessionKey;
  readonly name: string;
  readonly branch: BranchName;
  readonly tip: Oid;
  /** its base and where that stands; `null`: the base is gone */
  readonly base: { readonly name: BranchName; readonly tip: Oid | null };
  /** `null`: it has no worktree (kept, in review, orphaned), so that only commits count */
  readonly worktree: { readonly path: AbsolutePath; readonly privateDir: AbsolutePath } | null;
  /** what `git status` says there, all untracked files listed; `null`: could not be found out */
  readonly status: Status | null;
}

interface PairJudgement extends Judgement {
  readonly a: SessionKey;
  readonly b: SessionKey;
}

export interface BaseJudgement extends Judgement {
  readonly key: SessionKey;
  readonly base: BranchName;
}

export interface Clashes {
  /** every two participants once, in their order: n (n - 1) / 2 */
  readonly pairs: readonly PairJudgement[];
  /** every participant against its own base, in their order */
  readonly base: readonly BaseJudgement[];
  /** per participant the paths it changed against its base, uncommitted ones included; sorted */
  readonly touched: ReadonlyMap<SessionKey, readonly string[] | null>;
}
