/** What `parallel sync` answers. */
import * as z from 'zod/mini';
import { ItemError, list } from './parts.ts';

const results = ['synced', 'current', 'conflicts', 'skipped', 'aborted'] as const;

export const SyncItem = z.object({
  name: z.string(),
  result: z.enum(results),
  /** the base it is in step with, or not */
  base: z.string(),
  /** those that conflict */
  paths: z.optional(list(z.string())),
  /** how many files of one that conflicts are to be committed before that can be resolved */
  uncommitted: z.optional(z.number()),
  /** of a skipped one, one sentence */
  why: z.optional(z.string()),
  error: z.optional(ItemError),
  /** its branch before and after */
  from: z.optional(z.string()),
  to: z.optional(z.string()),
  shape: z.optional(z.enum(['ff', 'merge', 'rebase'])),
  /** of a rebase: id in the trash of what the branch was; of an aborted one: of what stood there */
  pinned: z.optional(z.string()),
  worktree: z.optional(z.string()),
});

export const SyncReport = z.object({ sessions: list(SyncItem) });

export type SyncItem = z.infer<typeof SyncItem>;
export type SyncReport = z.infer<typeof SyncReport>;
