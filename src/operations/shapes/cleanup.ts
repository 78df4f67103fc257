/** What `parallel cleanup` answers: the plan, and with `done` what was seen to be done. */
import * as z from 'zod/mini';
import { Command, CommitLine, ItemError, list } from './parts.ts';

const cleanupReasons = ['orphaned', 'interrupted', 'moved', 'landed', 'expired'] as const;

export const CleanupItem = z.object({
  name: z.string(),
  /** trash id, of an expired one */
  id: z.optional(z.string()),
  reason: z.enum(cleanupReasons),
  /** what would go or went, one sentence each */
  actions: list(z.string()),
  branch: z.nullable(z.string()),
  branchTip: z.nullable(z.string()),
  /** commits that are nowhere else */
  onlyHere: z.nullable(z.number()),
  /** of an expired one: those commits, newest first, the first hundred */
  commits: z.optional(list(CommitLine)),
  /** how it is known that it has landed */
  landedBy: z.optional(z.string()),
  trash: z.optional(z.object({ id: z.string(), expiresAt: z.string() })),
  /** the other way out, or the way back */
  restore: z.optional(Command),
  done: z.boolean(),
  error: z.optional(ItemError),
});

export const CleanupReport = z.object({
  dryRun: z.boolean(),
  items: list(CleanupItem),
  untouched: list(z.object({ what: z.string(), why: z.string() })),
});

export type CleanupItem = z.infer<typeof CleanupItem>;
export type CleanupReport = z.infer<typeof CleanupReport>;
