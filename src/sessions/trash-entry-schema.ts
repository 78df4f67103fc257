/** The shape of what is recorded about something that was removed. See `trash-entry.ts`. */
import * as z from 'zod/mini';
import { asSessionName } from './name.ts';
import { AdminIdSchema, BranchSchema, PathSchema, SessionRecordSchema } from './record-schema.ts';

export const TrashEntrySchema = z.looseObject({
  schema: z.literal(1),
  /** `<name>~<seq>` */
  id: z.string(),
  name: z.string().check(z.refine((name) => asSessionName(name) !== null)),
  removedAt: z.string(),
  /**
   * How it left: a strategy, `cleanup`, or `rollback` of a create that did not finish. `sync`: only
   * what the branch was before a rebase, or what stood there when one was given up; the session
   * itself went on.
   */
  strategy: z.enum(['pr', 'merge', 'keep', 'abandon', 'cleanup', 'rollback', 'sync']),
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
