/**
 * What bringing an entry back would do, or why it cannot be done: pure, from facts read freshly
 * under the lock. Nothing that stands in the way is ever moved aside.
 */
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Warning } from '../kernel/outcome.ts';
import type { BranchName, Oid } from '../git/oid.ts';
import type { SessionKey } from '../sessions/name.ts';
import type { StoredRecord } from '../sessions/registry.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import type { LostBranch } from './other-head.ts';
import type { TrashDirectories } from './trash-places.ts';

export interface BringBackTarget {
  readonly key: SessionKey;
  readonly name: string;
  readonly branch: BranchName;
  readonly path: AbsolutePath;
}

export interface BringBackFacts {
  readonly entry: TrashEntry;
  readonly target: BringBackTarget;
  /** the record under the target's key, if there is one */
  readonly living: StoredRecord | null;
  readonly branchTip: Oid | null;
  /** where the branch is checked out, `null`: nowhere */
  readonly checkedOutAt: AbsolutePath | null;
  readonly pathTaken: boolean;
  readonly directories: TrashDirectories;
  /** where its worktree should wait, if something else is there */
  readonly strangeFolder: AbsolutePath | null;
  readonly adminId: 'free' | 'placeholder' | 'taken';
  /** the other branch HEAD was on and cannot come back on */
  readonly lostBranch: LostBranch | null;
  readonly modules: 'none' | 'some';
  /** uncommitted paths that clash with the present tip of a branch that moved on */
  readonly clashes: readonly string[];
  /** a name under which it could come back */
  readonly freeName: string;
}

export type BringBackMode =
  /** the very directory comes back */
  | 'move'
  /** the private git dir comes back, and a directory is filled from its index */
  | 'refill'
  /** a new worktree of the branch */
  | 'fresh';

export interface BringBackPlan {
  readonly target: BringBackTarget;
  readonly mode: BringBackMode;
  /** the branch is made at this commit; `null`: it is there */
  readonly createBranchAt: string | null;
  /** the admin id of old; `other`: it is taken and nothing depends on it; `none` for a fresh one */
  readonly admin: 'same' | 'other' | 'none';
  readonly warnings: readonly Warning[];
}

/** @throws FlightError `restore-taken`, `restore-clash`, `restore-incomplete` */
export function planBringBack(facts: BringBackFacts): BringBackPlan {
  const { entry, target, directories } = facts;
  const resumes = resumed(facts);
  const taken = (what: string): FlightError =>
    new FlightError('restore-taken', { id: entry.id, what, suggestion: facts.freeName });
  if (facts.living !== null && !resumes) throw taken(`the name ${target.name}`);
  if (facts.branchTip !== null && !resumes) throw taken(`branch ${target.branch}`);
  if (facts.checkedOutAt !== null) throw taken(`${target.branch} (at ${facts.checkedOutAt})`);
  if (facts.pathTaken) throw taken(target.path);
  const createBranchAt = facts.branchTip === null ? entry.branchTip : null;
  if (facts.branchTip === null && createBranchAt === null) {
    const why = `its branch ${entry.branch} did not exist any more when it left`;
    throw new FlightError('restore-incomplete', { id: entry.id, why });
  }
  if (facts.strangeFolder !== null) {
    const why = `${facts.strangeFolder} does not belong to its private git dir`;
    throw new FlightError('restore-incomplete', { id: entry.id, why });
  }
  const mode = modeOf(directories);
  if (mode !== 'fresh' && facts.adminId === 'taken' && facts.modules === 'some') {
    const why = `worktrees/${entry.privateDir?.adminId ?? ''}, where its submodules belong, is taken`;
    throw new FlightError('restore-incomplete', { id: entry.id, why });
  }
  if (facts.clashes.length > 0) {
    throw new FlightError('restore-clash', { id: entry.id, paths: facts.clashes });
  }
  const reserved = facts.adminId === 'taken' ? 'other' : 'same';
  return {
    target,
    mode,
    createBranchAt,
    admin: mode === 'fresh' ? 'none' : reserved,
    warnings: [...warningsOf(entry, mode), ...headWarnings(facts.lostBranch)],
  };
}

function modeOf({ worktree, privateDir }: TrashDirectories): BringBackMode {
  if (worktree !== null) return 'move';
  return privateDir === null ? 'fresh' : 'refill';
}

/** A kept or in-review session that this very entry belongs to is resumed, not made anew. */
export function resumed(facts: Pick<BringBackFacts, 'entry' | 'living'>): boolean {
  const read = facts.living?.read;
  return (
    read?.kind === 'record' &&
    read.record.state !== 'active' &&
    read.record.intent === undefined &&
    read.record.trash === facts.entry.id
  );
}

function headWarnings(lost: LostBranch | null): Warning[] {
  if (lost === null) return [];
  const { branch, at, why } = lost;
  const message = `HEAD was on branch ${branch}, which ${why}: it came back on no branch, at ${at.slice(0, 10)}, where index and files belong.`;
  return [{ code: 'head-detached', message }];
}

/** What cannot come back, said before it is missed. */
export function warningsOf(entry: TrashEntry | null, mode: BringBackMode): Warning[] {
  switch (mode) {
    case 'move':
      return [];
    case 'refill':
      return [
        {
          code: 'files-lost',
          message:
            'The folder is gone: committed and staged files came back, edits that were not staged, untracked and ignored files could not.',
        },
      ];
    case 'fresh':
      // a sync pinned the commits only: there never was more of it
      if (entry?.strategy === 'sync') return [];
      return [
        {
          code: 'worktree-lost',
          message: `Folder and index are gone${entry === null ? '' : ` from the trash`}: the branch came back, uncommitted work could not.`,
        },
      ];
  }
}
