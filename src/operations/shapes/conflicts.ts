/** What `parallel conflicts` answers. */
import * as z from 'zod/mini';
import { list } from './parts.ts';

const verdicts = ['clash', 'touching', 'clear', 'unknown'] as const;

const judged = {
  /** `touching`: both changed the same paths, and it merges clean */
  verdict: z.enum(verdicts),
  /** of a clash those that conflict, of touching those that both changed; the first hundred */
  paths: list(z.object({ path: z.string(), kind: z.string() })),
  /** how many there are beyond those */
  morePaths: z.optional(z.number()),
  /** of `unknown` */
  why: z.optional(z.string()),
};

export const ConflictsReport = z.object({
  /** those that were looked at, the oldest first */
  sessions: list(
    z.object({ name: z.string(), state: z.string(), base: z.string(), goals: list(z.string()) }),
  ),
  /** every two of them; with names those that involve one of these */
  pairs: list(z.object({ a: z.string(), b: z.string(), ...judged })),
  /** each against its base; with names only these */
  base: list(z.object({ name: z.string(), base: z.string(), ...judged })),
  /** the landing order of all in which the fewest meet a clash; with names only these of it */
  order: list(z.string()),
});

export type ConflictsReport = z.infer<typeof ConflictsReport>;
