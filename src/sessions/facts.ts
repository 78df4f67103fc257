/**
 * The shapes of what is known about sessions at one moment. Made by `observe.ts`; plans are made
 * of these and of nothing else. What could not be found out says so and is never taken for fine.
 */
import type { AbsolutePath } from '../kernel/path.ts';
import type { BranchName, Oid } from '../git/oid.ts';
import type { Worktree } from '../git/worktrees.ts';
import type { Registry } from './registry.ts';
import type { SessionKey } from './name.ts';
import type { SessionRecord } from './record.ts';
import type { UnprovenEntry } from './manifest.ts';

/** Where the worktree of a session is. */
export type Place =
  /** directory, registration and record carry the same token */
  | {
      readonly kind: 'present';
      readonly path: AbsolutePath;
      readonly adminId: string;
      readonly privateDir: AbsolutePath;
      /** reason of a `git worktree lock`, `null` if there is none */
      readonly locked: string | null;
      readonly head: Oid | null;
      /** `null`: detached */
      readonly branch: BranchName | null;
    }
  /** it should be there and is not; the private git dir may be */
  | {
      readonly kind: 'gone';
      readonly adminId: string | null;
      readonly privateDir: AbsolutePath | null;
      readonly locked: string | null;
    }
  /** found elsewhere by its token; only its links need rewriting */
  | {
      readonly kind: 'moved';
      readonly from: AbsolutePath;
      readonly to: AbsolutePath;
      readonly adminId: string;
      readonly privateDir: AbsolutePath;
    }
  /** kept or in review: it waits in the trash, or was emptied from there */
  | { readonly kind: 'put-away' }
  /** links or token belong to somebody else (a copy, another project): never acted on */
  | { readonly kind: 'not-ours'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

export type Health = 'ok' | 'orphaned' | 'moved' | 'locked' | 'interrupted' | 'unknown';

export interface SessionFacts {
  readonly key: SessionKey;
  readonly name: string;
  /** blob of the record; `null` for one that is to be adopted from the manifest */
  readonly recordOid: Oid | null;
  /** `null` if the record cannot be read; `broken` says why */
  readonly record: SessionRecord | null;
  readonly broken: string | null;
  readonly branch: BranchName;
  /** `null`: the branch does not exist */
  readonly branchTip: Oid | null;
  readonly baseTip: Oid | null;
  readonly place: Place;
  readonly health: Health;
  /** of the record's intent: is its owner provably gone? `null` without an intent */
  readonly ownerDead: boolean | null;
}

/**
 * Is its intent one of whose owner nothing can be known from here (another host or container)?
 * One that is alive makes the session `ok`, one that is dead `interrupted`.
 */
export function ownerUnseen({ record, health, ownerDead }: SessionFacts): boolean {
  return record?.intent !== undefined && ownerDead === false && health === 'unknown';
}

/** A registered worktree, or a folder in sessionsDir, that is no session of ours. */
export interface Stray {
  readonly path: AbsolutePath;
  readonly branch: BranchName | null;
  /** `claude`, `gemini`, `cursor`, …, or `null` */
  readonly owner: string | null;
  readonly adminId: string | null;
  readonly locked: string | null;
}

export type Here =
  | { readonly kind: 'main' }
  | { readonly kind: 'session'; readonly name: string }
  | { readonly kind: 'stray' }
  | { readonly kind: 'trash'; readonly id: string; readonly name: string }
  | { readonly kind: 'elsewhere' };

export interface Facts {
  readonly registry: Registry;
  readonly worktrees: readonly Worktree[];
  /** by name */
  readonly sessions: readonly SessionFacts[];
  readonly strays: readonly Stray[];
  /** manifest entries that prove nothing: kept verbatim, reported, never acted on */
  readonly unproven: readonly UnprovenEntry[];
  readonly here: Here;
  /** the sessions directory is missing or empty while records point into it */
  readonly sessionsDirMissing: boolean;
}
