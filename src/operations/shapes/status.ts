/**
 * What `parallel status` answers. A fact that was not collected is absent; one that could not be
 * found out is `null` and never means "fine".
 */
import * as z from 'zod/mini';
import { AgainstBase, Changes, CommitLine, list, ObservedPullRequest } from './parts.ts';

export const StatusInput = z.object({
  name: z.optional(z.string()),
  all: z._default(z.boolean(), false),
  pr: z._default(z.boolean(), false),
});

export type StatusInput = z.infer<typeof StatusInput>;

export const needs = [
  'orphaned',
  'moved',
  'interrupted',
  'unknown',
  'conflicted',
  'setup-failed',
  'waiting',
  'clash',
  'landed',
] as const;

const states = ['active', 'in-review', 'kept', 'ended'] as const;
const healths = ['ok', 'orphaned', 'moved', 'locked', 'interrupted', 'unknown'] as const;

export const Activity = z.object({
  /** `working`, `waiting`, `idle` */
  is: z.string(),
  since: z.string(),
  /** what tells: `hook` (the agent itself), `lock` (it holds one), `process` (one stands there) */
  source: z.string(),
  /** its id, if that is known */
  agent: z.optional(z.string()),
  pid: z.optional(z.number()),
});

const SentBackNote = z.object({
  at: z.string(),
  /** `conflicts`, `red`, `late`, … */
  reason: z.string(),
  message: z.string(),
  /** the session it met */
  with: z.optional(z.string()),
  /** with `status NAME`: the paths it is about, what verified, the last part of what it printed */
  paths: z.optional(list(z.string())),
  command: z.optional(z.string()),
  output: z.optional(z.string()),
});

const sessionFields = {
  name: z.string(),
  state: z.enum(states),
  health: z.enum(healths),
  /** most urgent first */
  needs: list(z.enum(needs)),
  branch: z.string(),
  worktree: z.nullable(z.string()),
  base: AgainstBase,
  changes: z.nullable(Changes),
  /** commits that are on no other branch */
  onlyHere: z.optional(z.nullable(z.number())),
  goals: list(z.string()),
  startedAt: z.string(),
  lastActivityAt: z.nullable(z.string()),
  agent: z.optional(z.string()),
  activity: z.nullable(Activity),
  /** sessions it clashes with; `null`: of some it is unknown; absent: none */
  clashes: z.optional(z.nullable(list(z.string()))),
  landed: z.optional(z.nullable(z.boolean())),
  pullRequest: z.optional(ObservedPullRequest),
  /** it was to land and came back; only while it is as it was then */
  sentBack: z.optional(SentBackNote),
  /** one sentence why its health or its need is what it is, if there is more to say */
  why: z.optional(z.string()),
  /** when it ended, with `state: ended` */
  endedAt: z.optional(z.string()),
  /** the command alone: a list of many sessions has to stay short */
  next: z.optional(list(z.object({ command: z.string(), why: z.string() }))),
};

export const SessionStatus = z.object(sessionFields);

/** One session in full. */
export const SessionDetails = z.object({
  ...sessionFields,
  branchTip: z.nullable(z.string()),
  baseOid: z.string(),
  baseTip: z.nullable(z.string()),
  /** branch HEAD is on, `null` if detached or unknown */
  head: z.nullable(z.string()),
  /** uncommitted paths, the first hundred; `null` if unknown */
  paths: z.nullable(list(z.string())),
  /** commits that the base lacks, newest first, the first hundred; `null` if unknown */
  commits: z.nullable(list(CommitLine)),
  copied: list(z.string()),
  carried: list(z.string()),
  log: z.nullable(z.string()),
  signals: list(Activity),
});

const Here = z.object({
  kind: z.enum(['main', 'session', 'stray', 'trash', 'elsewhere']),
  name: z.optional(z.string()),
});

export const MainStatus = z.object({
  /** `null`: detached */
  branch: z.nullable(z.string()),
  dirty: z.nullable(z.boolean()),
  modified: z.nullable(z.number()),
  untracked: z.nullable(z.number()),
  behindUpstream: z.optional(z.number()),
  /** what became dirty since the oldest session at work began: an agent may have left its worktree */
  becameDirty: z.optional(
    z.object({
      since: z.string(),
      count: z.number(),
      /** the first five */
      paths: list(z.string()),
      /** of `count`: deleted, which may have been before */
      deleted: z.optional(z.number()),
    }),
  ),
  /** of the upstream's last fetch */
  fetchedAt: z.optional(z.string()),
});

export const StatusReport = z.object({
  here: Here,
  summary: z.object({
    total: z.number(),
    active: z.number(),
    inReview: z.number(),
    orphaned: z.number(),
    /** kept ones, with `--all` */
    kept: z.optional(z.number()),
    needYou: z.number(),
    /** of these, how many clash; missing: none that is known */
    clashing: z.optional(z.number()),
  }),
  project: z.object({ name: z.string(), root: z.string(), sessionsDir: z.string() }),
  /** `null`: a bare repository */
  main: z.nullable(MainStatus),
  sessions: list(SessionStatus),
  /** with a name: that one session in full */
  session: z.optional(SessionDetails),
  strays: list(
    z.object({
      path: z.string(),
      branch: z.nullable(z.string()),
      /** the agent that made it, by its place or its lock */
      owner: z.nullable(z.string()),
      /** by `git worktree lock` */
      locked: z.optional(z.boolean()),
      /** does its owner, or anybody, work there? `false`: the one that locked it is gone */
      live: z.optional(z.nullable(z.boolean())),
    }),
  ),
  /** sessions that land one after the other, now or cut off */
  queue: z.optional(
    z.object({
      /** `unknown`: whether somebody is at it cannot be seen from here */
      state: z.enum(['running', 'interrupted', 'unknown']),
      since: z.string(),
      landed: list(z.string()),
      sentBack: list(z.string()),
      remaining: list(z.string()),
      next: z.optional(list(z.object({ command: z.string(), why: z.string() }))),
    }),
  ),
  interrupted: list(z.object({ operation: z.string(), name: z.string(), since: z.string() })),
  trash: z.object({
    count: z.number(),
    /** of the folders that wait in it; `null`: too many files to be added up quickly */
    bytes: z.nullable(z.number()),
    /** when the oldest may be emptied */
    oldestExpiresAt: z.optional(z.string()),
  }),
  enter: z.string(),
  observedAt: z.string(),
});

export type StatusReport = z.infer<typeof StatusReport>;
export type SessionStatus = z.infer<typeof SessionStatus>;
export type SessionDetails = z.infer<typeof SessionDetails>;
export type Activity = z.infer<typeof Activity>;
export type MainStatus = z.infer<typeof MainStatus>;
