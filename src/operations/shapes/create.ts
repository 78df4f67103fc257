/** What `parallel create` answers. */
import * as z from 'zod/mini';
import { list, NewSession } from './parts.ts';

export const CreateReport = z.object({
  /** `false`: a healthy session of that name was there already */
  created: z.boolean(),
  session: NewSession,
  /** ignored files copied from the main checkout, relative to it */
  copied: list(z.string()),
  /** a line for a new terminal: goes there and starts the agent */
  enter: z.string(),
  existing: z.optional(
    z.object({
      lastActivityAt: z.nullable(z.string()),
      /** commits that the base lacks */
      ahead: z.nullable(z.number()),
      /** files not committed */
      changes: z.nullable(z.number()),
    }),
  ),
});

export type CreateReport = z.infer<typeof CreateReport>;
