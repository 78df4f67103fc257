/**
 * What is recorded about something that was removed: `entry.json` in the tree of the pin commit
 * behind `refs/flight-rules/trash/<key>/<seq>`, so that pins and their description are one object
 * and appear and disappear as one.
 */
import * as z from 'zod/mini';
import { asSessionName } from './name.ts';
import { AdminIdSchema, BranchSchema, PathSchema, SessionRecordSchema } from './record.ts';

export const TrashEntrySchema = z.looseObject({
  schema: z.literal(1),
  /** `<name>~<seq>` */
  id: z.string(),
  name: z.string().check(z.refine((name) => asSessionName(name) !== null)),
  removedAt: z.string(),
  /** how it left: a strategy, `cleanup`, or `rollback` of a create that did not finish */
  strategy: z.enum(['pr', 'merge', 'keep', 'abandon', 'cleanup', 'rollback']),
  branch: BranchSchema,
  branchTip: z.nullable(z.string()),
  /** symbolic ref or oid that HEAD of the worktree was at */
  head: z.nullable(z.string()),
  /** the commit HEAD was at, `null` for an unborn branch; another branch may have moved on since */
  headOid: z.optional(z.nullable(z.string())),
  /** the record as it was, without an intent */
  record: SessionRecordSchema,
  /** where the worktree waits, and where it was; `null` if there was none */
  worktree: z.nullable(z.object({ path: PathSchema, from: PathSchema })),
  /** where the private git dir waits, and its admin id; `null` if there was none */
  privateDir: z.nullable(z.object({ path: PathSchema, adminId: AdminIdSchema })),
});

export type TrashEntry = z.infer<typeof TrashEntrySchema>;

/** An entry as it stands in the repository. */
export interface StoredTrashEntry {
  readonly entry: TrashEntry;
  readonly ref: string;
  /** the pin commit */
  readonly pin: string;
}

/** When an entry may be emptied: `keepDays` after it was removed. */
export function expiryOf(entry: Pick<TrashEntry, 'removedAt'>, keepDays: number): Date {
  return new Date(Date.parse(entry.removedAt) + keepDays * 86_400_000);
}

/** Names of the folders in which worktrees wait: in sessionsDir, or beside one on another disk. */
export const trashFolderNames: readonly string[] = ['.trash', '.flight-rules-trash'];
