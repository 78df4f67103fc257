/**
 * Pieces that several answers are made of. Outputs are open: a reader must bear further fields.
 * Times are ISO 8601, sizes bytes, paths absolute, object ids in full, texts byte for byte.
 */
import * as z from 'zod/mini';

/** A list nobody changes after it was made. */
export function list<T extends z.ZodMiniType>(item: T): z.ZodMiniReadonly<z.ZodMiniArray<T>> {
  return z.readonly(z.array(item));
}

/** A command that runs as it stands: made by `context.spell`. */
export const Command = z.object({ command: z.string(), argv: list(z.string()) });

/** A command that helps, and why. */
const Hint = z.object({ command: z.string(), argv: list(z.string()), why: z.string() });

/** What went wrong with one of several items. */
export const ItemError = z.object({
  code: z.string(),
  message: z.string(),
  hints: z.optional(list(Hint)),
});

export const PullRequest = z.object({ url: z.string(), number: z.nullable(z.number()) });

/** How a pull request stands on its forge, with `status --pr`; `null`: could not be found out. */
export const ObservedPullRequest = z.extend(PullRequest, {
  title: z.optional(z.string()),
  state: z.optional(z.nullable(z.enum(['open', 'draft', 'merged', 'closed']))),
  /** of its last commit, counted; all zero: there are none */
  checks: z.optional(
    z.nullable(z.object({ passing: z.number(), failing: z.number(), pending: z.number() })),
  ),
  review: z.optional(
    z.nullable(z.enum(['approved', 'changes-requested', 'review-required', 'none'])),
  ),
  observedAt: z.optional(z.string()),
  mergedAt: z.optional(z.string()),
  /** the commit of the base that the merge made */
  mergeCommit: z.optional(z.string()),
});

/** A session as `create` and `adopt` answer it. */
export const NewSession = z.object({
  name: z.string(),
  branch: z.string(),
  worktree: z.string(),
  base: z.object({ name: z.string(), oid: z.string() }),
  goals: list(z.string()),
  startedAt: z.string(),
  agent: z.optional(z.string()),
});

/** Files that are not as the last commit left them, counted. */
export const Changes = z.object({
  staged: z.number(),
  modified: z.number(),
  untracked: z.number(),
  conflicted: z.number(),
});

/** The base of a session, and how many commits each has that the other lacks; `null`: unknown. */
export const AgainstBase = z.object({
  name: z.string(),
  ahead: z.nullable(z.number()),
  behind: z.nullable(z.number()),
});

/** One commit of a list. */
export const CommitLine = z.object({ oid: z.string(), subject: z.string(), at: z.string() });

/** How a session's work is integrated. */
export const strategies = ['pr', 'merge', 'keep', 'abandon'] as const;

type Hint = z.infer<typeof Hint>;
export type ItemError = z.infer<typeof ItemError>;
export type Changes = z.infer<typeof Changes>;
