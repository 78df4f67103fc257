/** What `dev-session start` answers, and the context it gives with its questions. */
import * as z from 'zod/mini';
import { Activity } from './status.ts';
import { AgainstBase, Changes, CommitLine, list, NewSession } from './parts.ts';

/** A task of `docs/implementation`. */
export const TaskReport = z.object({
  id: z.string(),
  title: z.string(),
  /** as it stands in the file */
  status: z.string(),
  /** relative to the checkout */
  file: z.string(),
});

/** What can be done about a session that is not finished. */
const Way = z.object({
  value: z.enum(['resume', 'cleanup', 'ignore']),
  effect: z.string(),
  available: z.boolean(),
  unavailableWhy: z.optional(z.string()),
  /** runs as it stands; none: nothing is run */
  command: z.optional(z.string()),
});

export const unfinishedReasons = [
  'orphaned',
  'moved',
  'interrupted',
  'unknown',
  'landed',
  'idle',
  'kept',
] as const;

export const StartContext = z.object({
  /** of the last log that has some */
  nextSteps: list(z.string()),
  /** planned and in progress, those in progress first */
  tasks: list(TaskReport),
  /** the newest first */
  progress: list(z.object({ title: z.string(), text: z.string() })),
  /** active ones, but for the one we stand in */
  sessions: list(
    z.object({
      name: z.string(),
      goals: list(z.string()),
      worktree: z.nullable(z.string()),
      base: AgainstBase,
      changes: z.nullable(Changes),
      /** files it has changed against its base, uncommitted ones too; `null`: unknown */
      paths: z.nullable(list(z.string())),
      activity: z.nullable(Activity),
    }),
  ),
  unfinished: list(
    z.object({
      name: z.string(),
      /** `idle`: nobody is at work in it */
      reason: z.enum(unfinishedReasons),
      goals: list(z.string()),
      /** commits that are on no other branch */
      onlyHere: z.optional(z.nullable(z.number())),
      ways: list(Way),
    }),
  ),
  /** how many of each were left out so that all this stays short; absent: none */
  omitted: z.object({
    nextSteps: z.optional(z.number()),
    tasks: z.optional(z.number()),
    progress: z.optional(z.number()),
    sessions: z.optional(z.number()),
    paths: z.optional(z.number()),
    unfinished: z.optional(z.number()),
    /** texts that were cut */
    texts: z.optional(z.number()),
    /** task files that were not read to their end */
    files: z.optional(z.number()),
  }),
});

export const StartReport = z.object({
  mode: z.enum(['standard', 'parallel', 'in-session']),
  /** absolute path of the session's log */
  log: z.string(),
  session: z.optional(NewSession),
  goals: list(z.string()),
  /** tasks that were asked for */
  tasks: z.optional(list(TaskReport)),
  /** a line for a new terminal: goes to the session and starts the agent */
  enter: z.optional(z.string()),
  /** what is left to do here, for whoever goes on */
  handOver: z.optional(z.string()),
  /** in a session: files that are not committed, the first hundred; `null`: unknown */
  uncommitted: z.optional(z.nullable(list(z.string()))),
  /** in a session: what the base lacks, newest first, the first hundred; `null`: unknown */
  commits: z.optional(z.nullable(list(CommitLine))),
  context: StartContext,
});

export type StartContext = z.infer<typeof StartContext>;
export type StartReport = z.infer<typeof StartReport>;
export type TaskReport = z.infer<typeof TaskReport>;
