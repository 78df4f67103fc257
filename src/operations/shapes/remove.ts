/** What `parallel remove` answers. */
import * as z from 'zod/mini';
import { PullRequest, strategies } from './parts.ts';

export const shapes = ['ff', 'merge', 'squash', 'rebase'] as const;

export const RemoveReport = z.object({
  name: z.string(),
  strategy: z.enum(strategies),
  integrated: z.optional(z.object({ into: z.string(), oid: z.string(), shape: z.enum(shapes) })),
  pullRequest: z.optional(PullRequest),
  branchDeleted: z.boolean(),
  /** `null`: there was nothing to put away (a kept one that is kept) */
  trash: z.nullable(z.object({ id: z.string(), expiresAt: z.string() })),
  /** where to go: the caller's folder is gone */
  cwdAfter: z.optional(z.string()),
});

export type RemoveReport = z.infer<typeof RemoveReport>;
