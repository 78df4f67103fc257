/** What stands behind `refs/flight-rules/lock`: who holds the lock, and what was there before. */
import * as z from 'zod/mini';
import type { Holder } from '../kernel/catalogue/entry.ts';
import type { Owner } from '../kernel/owner.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Git } from '../git/git.ts';
import { readBlobs } from '../git/objects.ts';
import type { Oid } from '../git/oid.ts';
import { OwnerSchema } from '../sessions/record-schema.ts';
import type { GitLockFile } from './git-locks.ts';

const LockSchema = z.looseObject({
  schema: z.literal(1),
  owner: OwnerSchema,
  /** git's lock files that were there before anything was done under this lock */
  gitLocks: z.array(z.object({ path: z.string(), inode: z.string(), changed: z.string() })),
  /** the holder is done, but left the ref */
  released: z.optional(z.boolean()),
  /** git's lock files of a dead holder before him were still in use: the next one looks again */
  owing: z.optional(z.boolean()),
  home: z.string(),
});

export interface LockBlob {
  readonly owner: Owner;
  readonly gitLocks: readonly GitLockFile[];
  readonly released: boolean;
  readonly owing: boolean;
  /** id of the repository it was taken in, see `sessions/home` */
  readonly home: string;
}

export function formatLock(lock: LockBlob): string {
  return `${JSON.stringify({ schema: 1, ...lock })}\n`;
}

/** One process: `cat-file`. @returns `null` if it is missing or not of our making */
export async function readLock(
  git: Git,
  commonDir: AbsolutePath,
  oid: Oid,
): Promise<LockBlob | null> {
  const [bytes] = await readBlobs(git, commonDir, [oid]);
  return bytes === undefined || bytes === null ? null : parseLock(bytes.toString('utf8'));
}

function parseLock(text: string): LockBlob | null {
  try {
    const parsed = LockSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const { owner, gitLocks, released, owing, home } = parsed.data;
    return { owner, gitLocks, released: released ?? false, owing: owing ?? false, home };
  } catch {
    return null;
  }
}

/** As much of an owner as people are told. */
export function holderOf(owner: Owner): Holder {
  const { pid, host, command, since } = owner;
  return { pid, host, command, since };
}
