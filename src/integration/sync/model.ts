/** What a sync is asked and what it answers. */
import type { BranchName, Oid } from '../../git/oid.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Warning } from '../../kernel/outcome.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import type { Held } from '../../safety/held.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';

export interface SyncDeps {
  readonly project: Project;
  readonly clock: Clock;
  readonly lock: <T>(body: (held: Held) => Promise<T>) => Promise<T>;
  /** told of a hook that failed after everything was done */
  readonly warn?: (warning: Warning) => void;
  /** default 10 minutes */
  readonly hookTimeoutMs?: number;
}

export interface SyncInput {
  readonly key: SessionKey;
  readonly name: string;
  readonly branch: BranchName;
  /** what was agreed to; if the branch is elsewhere under the lock nothing is done */
  readonly sessionTip: Oid;
  readonly base: BranchName;
  /** as it was seen; commits it got since come along */
  readonly baseTip: Oid;
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  readonly shape: 'merge' | 'rebase';
  /** uncommitted work is put aside, and put back on top of what came in */
  readonly carry: boolean;
  /** relative paths, like the session's log, that may be dirty and stay as they are */
  readonly keep: readonly string[];
}

/** `ff`: the session had no commits of its own, or all of them are in the base. */
export type SyncShape = 'ff' | 'merge' | 'rebase';

export type SyncResult =
  | {
      readonly kind: 'synced';
      readonly from: Oid;
      readonly to: Oid;
      readonly shape: SyncShape;
      /** id in the trash of what the branch was before a rebase */
      readonly pinned?: string;
    }
  | { readonly kind: 'current' }
  /** nothing has changed */
  | { readonly kind: 'conflicts'; readonly paths: readonly string[] };
