/**
 * The shape of records and of what they are made of. This is the truth about it; a file of its own
 * because to build the schemas takes longer than to read the records (see `plain-record.ts`).
 */
import * as z from 'zod/mini';
import { isAbsolute } from 'node:path';
import { isOid, parseBranchName } from '../git/oid.ts';
import type { Owner } from '../kernel/owner.ts';
import { asSessionName } from './name.ts';

export const OwnerSchema = z.looseObject({
  token: z.string(),
  pid: z.number(),
  startTime: z.string(),
  bootId: z.string(),
  pidNamespace: z.string(),
  host: z.string(),
  uid: z.number(),
  command: z.string(),
  since: z.string(),
}) satisfies z.ZodMiniType<Owner>;

const OidSchema = z.string().check(z.refine(isOid));

const intentBase = { owner: OwnerSchema, since: z.string() };

const IntentSchema = z.discriminatedUnion('kind', [
  /** branch and record are made; worktree and files are on their way */
  z.looseObject({
    kind: z.literal('creating'),
    ...intentBase,
    /** admin ids that looked like this session's before `worktree add` ran */
    adminIdsBefore: z.array(z.string()),
  }),
  /** the pins are in place; worktree and private git dir are being renamed into the trash */
  z.looseObject({
    kind: z.literal('removing'),
    ...intentBase,
    trash: z.string(),
    strategy: z.string(),
    /** what the record becomes; `ended`: it goes */
    becomes: z.enum(['ended', 'kept', 'in-review']),
  }),
  /** worktree and private git dir are being renamed back out of the trash */
  z.looseObject({ kind: z.literal('restoring'), ...intentBase, trash: z.string() }),
  /** the base is being moved to `to` */
  z.looseObject({
    kind: z.literal('landing'),
    ...intentBase,
    base: z.string(),
    from: z.string(),
    to: z.nullable(z.string()),
    /** worktree in which the base is checked out, if it is */
    worktree: z.nullable(z.string()),
    /** paths whose bytes in that worktree equalled the result before we began: the user's */
    identical: z.array(z.string()),
    /** scratch worktree made for hooks and verification */
    scratch: z.nullable(z.string()),
  }),
  /** the base's new commits are on their way into the session's branch and checkout */
  z.looseObject({
    kind: z.literal('syncing'),
    ...intentBase,
    /** where the session's branch is, and what it will be; `null` while that is built */
    from: OidSchema,
    to: z.nullable(OidSchema),
    /** for the branch's reflog */
    message: z.string(),
    /** commits whose difference is what the files go through */
    files: z.object({ from: OidSchema, to: OidSchema }),
    /** commits or trees whose difference is what the index goes through */
    index: z.object({ from: OidSchema, to: OidSchema }),
    /** entry of the trash made for this sync, which goes if nothing comes of it */
    trash: z.nullable(z.string()),
    /** scratch worktree made for hooks */
    scratch: z.nullable(z.string()),
  }),
  /** the branch is being pushed and a pull request opened; nothing local moves */
  z.looseObject({ kind: z.literal('publishing'), ...intentBase }),
  /** log and progress are being written and committed in the session's worktree */
  z.looseObject({
    kind: z.literal('ending'),
    ...intentBase,
    /** git's lock files that were there before */
    gitLocks: z.array(z.object({ path: z.string(), inode: z.string(), changed: z.string() })),
  }),
  /** a merge or rebase of the base is being begun, concluded or given up in the worktree */
  z.looseObject({
    kind: z.literal('resolving'),
    ...intentBase,
    step: z.enum(['start', 'continue', 'abort']),
    /** git's lock files that were there before */
    gitLocks: z.array(z.object({ path: z.string(), inode: z.string(), changed: z.string() })),
  }),
]);

export type Intent = z.infer<typeof IntentSchema>;

/** A folder below `<common dir>/worktrees`: one component, never a way out of it. */
export const AdminIdSchema = z
  .string()
  .check(z.refine((id) => id !== '' && id !== '.' && id !== '..' && !/[/\\\0]/u.test(id)));

/** An absolute path. What a path leads to is judged by links and tokens, never by itself. */
export const PathSchema = z
  .string()
  .check(z.refine((path) => isAbsolute(path) && !path.includes('\0')));

export const BranchSchema = z.string().check(z.refine((name) => parseBranchName(name) !== null));

const SentBackSchema = z.looseObject({
  /** ISO 8601 */
  at: z.string(),
  /** `conflicts`, `red`, `late`, … */
  reason: z.string(),
  /** one sentence */
  message: z.string(),
  /** of the session then: once it has moved, this speaks of the past */
  tip: z.string(),
  base: z.object({ name: z.string(), oid: z.nullable(z.string()) }),
  paths: z.optional(z.array(z.string())),
  /** the session it met */
  with: z.optional(z.string()),
  /** that failed */
  command: z.optional(z.string()),
  exit: z.optional(z.nullable(z.number())),
  /** the last part of what verification printed */
  output: z.optional(z.string()),
});

export const SessionRecordSchema = z.looseObject({
  schema: z.literal(1),
  /** id of the repository that wrote it, see `home.ts`; stamped by the registry */
  home: z.optional(z.string()),
  name: z.string().check(z.refine((name) => asSessionName(name) !== null)),
  branch: BranchSchema,
  /** where the worktree is, or last was */
  worktree: PathSchema,
  /** `null` until it is known */
  adminId: z.nullable(AdminIdSchema),
  /** random; the same stands in the private git dir */
  token: z.string(),
  state: z.enum(['active', 'in-review', 'kept']),
  base: z.object({ name: BranchSchema, oid: OidSchema }),
  goals: z.array(z.string()),
  /** ISO 8601 */
  startedAt: z.string(),
  agent: z.optional(z.string()),
  log: z.optional(z.string()),
  /** files copied from the main checkout, relative */
  copied: z.array(z.string()),
  /** uncommitted changes carried from the main checkout: the bytes as git would store them */
  carried: z.array(z.object({ path: z.string(), oid: z.nullable(z.string()), mode: z.string() })),
  /** trash entry that holds its worktree (kept and in-review) */
  trash: z.optional(z.string()),
  /** a merge or rebase of its base that conflicts and was left in the worktree to be resolved */
  syncing: z.optional(
    z.looseObject({
      shape: z.enum(['merge', 'rebase']),
      /** where the branch was */
      from: OidSchema,
      base: BranchSchema,
      baseTip: OidSchema,
      since: z.string(),
    }),
  ),
  pullRequest: z.optional(z.looseObject({ url: z.string(), number: z.nullable(z.number()) })),
  /** why it came back when it was to land, as long as that is so */
  sentBack: z.optional(SentBackSchema),
  intent: z.optional(IntentSchema),
});

export type SessionRecord = z.infer<typeof SessionRecordSchema>;

/** Judges what `plain-record.ts` does not: the record, or what is wrong with it, in a few words. */
export function judgeRecord(json: unknown): SessionRecord | string {
  const parsed = SessionRecordSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  return z.prettifyError(parsed.error).split('\n')[0] ?? 'wrong shape';
}
