/**
 * The trash as a whole: what is in it, how long it stays, what of it can come back. The acts have
 * files of their own: `put-away.ts`, `bring-back.ts`, `expire.ts`, `recover-removal.ts`.
 */
import { lstat, readdir } from 'node:fs/promises';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import type { Project } from '../sessions/project.ts';
import type { Registry } from '../sessions/registry.ts';
import { expiryOf, type StoredTrashEntry } from '../sessions/trash-entry.ts';
import { ifThere } from './disk.ts';
import { directoriesOf } from './trash-places.ts';

export interface TrashItem {
  readonly stored: StoredTrashEntry;
  readonly expiresAt: Date;
  readonly expired: boolean;
  /** the very directory is there and proven */
  readonly hasWorktree: boolean;
  /** of its worktree, in bytes; `null`: not asked for, or not there */
  readonly bytes: number | null;
  /** something would come back: the branch at least */
  readonly restorable: boolean;
}

/**
 * Everything in the trash, newest first. Reads the file system only.
 * @param sizes `count` walks every worktree in the trash (eight entries at a time)
 */
export async function listTrash(
  project: Pick<Project, 'commonDir'>,
  registry: Pick<Registry, 'trash'>,
  options: { readonly now: Date; readonly keepDays: number; readonly sizes: 'count' | 'skip' },
): Promise<TrashItem[]> {
  const items: TrashItem[] = [];
  for (let at = 0; at < registry.trash.length; at += 8) {
    const some = registry.trash.slice(at, at + 8);
    items.push(
      ...(await Promise.all(some.map((stored) => describeEntry(project, stored, options)))),
    );
  }
  return items;
}

async function describeEntry(
  project: Pick<Project, 'commonDir'>,
  stored: StoredTrashEntry,
  options: { readonly now: Date; readonly keepDays: number; readonly sizes: 'count' | 'skip' },
): Promise<TrashItem> {
  const { entry } = stored;
  const expiresAt = expiryOf(entry, options.keepDays);
  const { worktree } = await directoriesOf(project, entry);
  return {
    stored,
    expiresAt,
    expired: expiresAt <= options.now,
    hasWorktree: worktree !== null,
    bytes: worktree === null || options.sizes === 'skip' ? null : await bytesBelow(worktree),
    restorable: entry.branchTip !== null,
  };
}

/**
 * The size of all worktrees in the trash, in bytes. Reads the file system only.
 * @returns `null` if there are more than `mostFiles` files and folders
 */
export async function trashBytes(
  project: Pick<Project, 'commonDir'>,
  registry: Pick<Registry, 'trash'>,
  mostFiles: number,
): Promise<number | null> {
  const there = await Promise.all(registry.trash.map(({ entry }) => directoriesOf(project, entry)));
  // a session that was kept and then abandoned has two entries and one folder
  const folders = new Set(there.flatMap(({ worktree }) => (worktree === null ? [] : [worktree])));
  const budget = { left: mostFiles };
  let sum = 0;
  for (const folder of folders) {
    sum += await bytesBelow(folder, budget);
    if (budget.left < 0) return null;
  }
  return sum;
}

/** How many more files may be looked at. Below zero the sum is not whole. */
interface Budget {
  left: number;
}

/** Sum of the sizes of all files below `folder`; what cannot be read counts nothing. */
async function bytesBelow(
  folder: AbsolutePath,
  budget: Budget = { left: Infinity },
): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  budget.left -= entries.length;
  if (budget.left < 0) return 0;
  const sizes = await Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(async ({ name }) => (await ifThere(lstat(below(folder, name))))?.size ?? 0),
  );
  let sum = sizes.reduce((total, size) => total + size, 0);
  for (const entry of entries) {
    if (entry.isDirectory()) sum += await bytesBelow(absolute(below(folder, entry.name)), budget);
  }
  return sum;
}
