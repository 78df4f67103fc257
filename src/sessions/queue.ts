/**
 * The queue of landings: one JSON blob behind `refs/flight-rules/queue`, changed by
 * compare-and-swap under the lock, gone when all is done. It names what is to land, in order, and
 * what became of it, so that a queue that was cut off can be gone on with. That a session is named
 * in it gives it no rights: each is looked at anew when its turn comes.
 */
import * as z from 'zod/mini';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Git } from '../git/git.ts';
import { readBlobs, writeBlob } from '../git/objects.ts';
import { isOid, oid, parseBranchName, type Oid } from '../git/oid.ts';
import { ownRef, readRef, type OwnRef, type RefChange } from '../git/refs.ts';
import { ensureHome, readHome } from './home.ts';
import { asSessionName } from './name.ts';
import { OwnerSchema } from './record-schema.ts';

export const queueRef: OwnRef = ownRef('queue');

// names that become part of refs and paths: anybody may have written the blob
const OidSchema = z.string().check(z.refine(isOid));
const BaseSchema = z.string().check(z.refine((name) => parseBranchName(name) !== null));

/** Why a session came back. */
export const sentBackReasons = [
  /** it conflicts with its base, or with one that landed before it */
  'conflicts',
  /** verification fails with it and does not without it */
  'red',
  /** verification did not end in time */
  'late',
  /** verification could not be started */
  'not-started',
  /** remove would refuse it: uncommitted work, somebody at work in it, … */
  'refused',
  /** it has other commits than when it was queued, or has left */
  'changed',
  /** a hook, signing, the push or the forge failed */
  'failed',
] as const;

const SentBackEntry = z.object({
  reason: z.enum(sentBackReasons),
  message: z.string(),
  code: z.optional(z.string()),
  paths: z.optional(z.array(z.string())),
  with: z.optional(z.string()),
  command: z.optional(z.string()),
  exit: z.optional(z.nullable(z.number())),
  output: z.optional(z.string()),
});

const QueueEntrySchema = z.object({
  key: z.string().check(z.refine((key) => asSessionName(key) !== null)),
  name: z.string(),
  /** of the session's record: a later session of the same name is another one */
  token: z.string(),
  /** its tip when it was queued: what was agreed to */
  tip: OidSchema,
  base: BaseSchema,
  state: z.enum(['waiting', 'landed', 'published', 'sent-back']),
  /** the base's tip afterwards; with `--pr` the commit it was verified as */
  oid: z.optional(OidSchema),
  url: z.optional(z.string()),
  /** it has landed, and could not be put away: why */
  stillThere: z.optional(z.string()),
  sentBack: z.optional(SentBackEntry),
});

const QueueSchema = z.object({
  schema: z.literal(1),
  home: z.string(),
  owner: OwnerSchema.check(z.refine(({ token }) => /^[0-9a-f]+(?:\.[0-9a-f]+)*$/u.test(token))),
  since: z.string(),
  /** the command line's `--verify` */
  verify: z.nullable(z.string()),
  allowRedBase: z.boolean(),
  pr: z.boolean(),
  /** where each base stood when the queue was made */
  bases: z.array(z.object({ name: BaseSchema, tip: OidSchema })),
  entries: z.array(QueueEntrySchema),
});

export type QueueEntry = z.infer<typeof QueueEntrySchema>;
export type Queue = z.infer<typeof QueueSchema>;
/** Why a session came back, in words and as data. */
export type CameBack = z.infer<typeof SentBackEntry>;

export interface StoredQueue {
  /** the blob: the expected value of the next compare-and-swap */
  readonly oid: Oid;
  /** `null`: it cannot be read, or another repository wrote it */
  readonly queue: Queue | null;
  /** a newer flight-rules wrote it, for this repository: it may be at work */
  readonly newer: boolean;
}

/** Two processes: `for-each-ref`, `cat-file --batch`. @returns `null` if there is none */
export async function readQueue(git: Git, commonDir: AbsolutePath): Promise<StoredQueue | null> {
  const at = await readRef(git, commonDir, queueRef);
  return at === null ? null : readQueueAt(git, commonDir, at);
}

/** The queue that is stored as `at`. One process: `cat-file --batch`. */
export async function readQueueAt(
  git: Git,
  commonDir: AbsolutePath,
  at: Oid,
): Promise<StoredQueue> {
  const [bytes] = await readBlobs(git, commonDir, [at]);
  return { oid: at, ...parseQueue(bytes ?? null, await readHome(commonDir)) };
}

const NewerSchema = z.object({ schema: z.number().check(z.gt(1)), home: z.string() });

function parseQueue(bytes: Buffer | null, home: string | null): Omit<StoredQueue, 'oid'> {
  const nothing = { queue: null, newer: false };
  if (bytes === null) return nothing;
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    const queue = QueueSchema.safeParse(json).data;
    if (queue !== undefined) return queue.home === home ? { queue, newer: false } : nothing;
    return { queue: null, newer: NewerSchema.safeParse(json).data?.home === home };
  } catch {
    return nothing;
  }
}

/**
 * The change that puts `queue` behind its ref (`null`: ends it), for a transaction.
 * @param from the blob seen before, `null` for a new queue
 */
export async function queueChange(
  git: Git,
  commonDir: AbsolutePath,
  from: Oid | null,
  queue: Omit<Queue, 'schema' | 'home'> | null,
): Promise<RefChange & { readonly kind: 'own' }> {
  if (queue === null) return { kind: 'own', ref: queueRef, from, to: null };
  const text = { ...queue, schema: 1, home: await ensureHome(commonDir) };
  const to = await writeBlob(git, commonDir, `${JSON.stringify(text, null, 1)}\n`);
  return { kind: 'own', ref: queueRef, from, to: oid(to) };
}
