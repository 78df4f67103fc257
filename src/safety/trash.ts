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

/** Sum of the sizes of all files below `folder`; what cannot be read counts nothing. */
async function bytesBelow(folder: AbsolutePath): Promise<number> {
  let sum = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = absolute(below(folder, entry.name));
    if (entry.isDirectory()) sum += await bytesBelow(path);
    else sum += (await ifThere(lstat(path)))?.size ?? 0;
  }
  return sum;
}
