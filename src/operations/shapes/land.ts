/** What `parallel land` answers, also as `error.data` where not all came home. */
import * as z from 'zod/mini';
import { sentBackReasons } from '../../sessions/queue.ts';
import { list } from './parts.ts';

export const SentBack = z.object({
  name: z.string(),
  reason: z.enum(sentBackReasons),
  /** one sentence */
  message: z.string(),
  /** of the refusal or failure */
  code: z.optional(z.string()),
  /** that conflict, or are in the way */
  paths: z.optional(list(z.string())),
  /** the session of this queue that it met; absent: the base as it was, or it alone */
  with: z.optional(z.string()),
  /** of verification: the one that failed */
  command: z.optional(z.string()),
  exit: z.optional(z.nullable(z.number())),
  /** the last part of what verification printed */
  output: z.optional(z.string()),
});

export const LandReport = z.object({
  /** in the order in which they landed; `oid`: the base's tip then */
  landed: list(
    z.object({
      name: z.string(),
      oid: z.string(),
      into: z.string(),
      /** its work is in the base, but it could not be put away: why */
      stillThere: z.optional(z.string()),
    }),
  ),
  /** with `--pr` */
  published: z.optional(list(z.object({ name: z.string(), url: z.string() }))),
  sentBack: list(SentBack),
  /** names that had no turn */
  remaining: list(z.string()),
  /** with `--all`: those with commits that were not queued */
  skipped: z.optional(list(z.object({ name: z.string(), why: z.string() }))),
  /** what stopped the queue before its end */
  stopped: z.optional(z.object({ code: z.string(), message: z.string() })),
  /** where to go: the caller's folder is gone */
  cwdAfter: z.optional(z.string()),
});

export type SentBack = z.infer<typeof SentBack>;
export type LandReport = z.infer<typeof LandReport>;
