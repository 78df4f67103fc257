/**
 * Sync: a session gets the base's new commits, without losing anything it had.
 */
import type { BranchName, Oid } from '../../git/oid.ts';
import type { Clock } from '../../kernel/clock.ts';
import { FlightError } from '../../kernel/errors.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import type { Held } from '../../safety/held.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';

export interface SyncDeps {
  readonly project: Project;
  readonly clock: Clock;
  readonly lock: <T>(body: (held: Held) => Promise<T>) => Promise<T>;
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
  readonly baseTip: Oid;
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  readonly shape: 'merge' | 'rebase';
  /** uncommitted work is put aside, and put back on top of what came in */
  readonly carry: boolean;
  /** relative paths, like the session's log, that may be dirty and stay as they are */
  readonly keep: readonly string[];
}

export type SyncResult =
  | {
      readonly kind: 'synced';
      readonly from: Oid;
      readonly to: Oid;
      readonly shape: 'ff' | 'merge' | 'rebase';
      /** id in the trash of what the branch was before a rebase */
      readonly pinned?: string;
    }
  | { readonly kind: 'current' }
  /** nothing has changed */
  | { readonly kind: 'conflicts'; readonly paths: readonly string[] };

/** @throws FlightError if it is refused or fails; the session is then as it was */
export async function syncSession(_deps: SyncDeps, input: SyncInput): Promise<SyncResult> {
  await Promise.resolve();
  throw new FlightError('bug', { what: `sync of ${input.name} is not built yet` });
}
