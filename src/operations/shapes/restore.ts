/** What `parallel restore` answers; with `--list` what can come back. */
import * as z from 'zod/mini';
import { list } from './parts.ts';

export const RestoredSession = z.object({
  name: z.string(),
  branch: z.string(),
  worktree: z.string(),
  from: z.object({
    /** `null`: an orphan, rebuilt from its branch */
    id: z.nullable(z.string()),
    removedAt: z.nullable(z.string()),
    strategy: z.string(),
  }),
  /** what could not come back, one sentence each */
  lost: z.optional(list(z.string())),
});

export const RestorableEntry = z.object({
  id: z.string(),
  name: z.string(),
  removedAt: z.string(),
  strategy: z.string(),
  branchTip: z.nullable(z.string()),
  hasWorktree: z.boolean(),
  bytes: z.nullable(z.number()),
  expiresAt: z.string(),
});

export const RestoreReport = z.union([
  RestoredSession,
  z.object({ sessions: list(RestoredSession) }),
  z.object({ entries: list(RestorableEntry) }),
]);

export type RestoredSession = z.infer<typeof RestoredSession>;
export type RestorableEntry = z.infer<typeof RestorableEntry>;
export type RestoreReport = z.infer<typeof RestoreReport>;
