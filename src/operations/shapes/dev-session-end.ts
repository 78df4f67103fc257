/** What `dev-session end` answers. Paths are relative to the checkout: its folder may be gone. */
import * as z from 'zod/mini';
import { list } from './parts.ts';
import { RemoveReport } from './remove.ts';

export const EndReport = z.object({
  /** `null`: the session has no folder any more, and so no log to complete */
  log: z.nullable(z.string()),
  progress: z.nullable(z.string()),
  /** those of docs/implementation that are in progress, named by the goals, or set by this call */
  tasks: list(
    z.object({ id: z.string(), title: z.string(), status: z.string(), file: z.string() }),
  ),
  /** the commit of log and progress, if this call made it */
  committed: z.optional(z.string()),
  /** absolute: where the log was copied to */
  saved: z.optional(z.string()),
  /** only outside of a session: what is not committed */
  uncommitted: z.optional(list(z.string())),
  integration: z.optional(RemoveReport),
});

export type EndReport = z.infer<typeof EndReport>;
