/**
 * What is recorded about something that was removed: `entry.json` in the tree of the pin commit
 * behind `refs/flight-rules/trash/<key>/<seq>`, so that pins and their description are one object
 * and appear and disappear as one.
 */
import { plainTrashEntry } from './plain-record.ts';
import { TrashEntrySchema, type TrashEntry } from './trash-entry-schema.ts';

export type { TrashEntry } from './trash-entry-schema.ts';

/** An entry as it stands in the repository. */
export interface StoredTrashEntry {
  readonly entry: TrashEntry;
  readonly ref: string;
  /** the pin commit */
  readonly pin: string;
}

/** Reads the bytes of `entry.json`; `null` for what is none. Never throws. */
export function parseTrashEntry(bytes: Buffer | null): TrashEntry | null {
  if (bytes === null) return null;
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    return plainTrashEntry(json) ?? TrashEntrySchema.safeParse(json).data ?? null;
  } catch {
    return null;
  }
}

/** When an entry may be emptied: `keepDays` after it was removed. */
export function expiryOf(entry: Pick<TrashEntry, 'removedAt'>, keepDays: number): Date {
  return new Date(Date.parse(entry.removedAt) + keepDays * 86_400_000);
}

/** Names of the folders in which worktrees wait: in sessionsDir, or beside one on another disk. */
export const trashFolderNames: readonly string[] = ['.trash', '.flight-rules-trash'];
