/**
 * The repository lock: one changing command at a time, among processes and inside one.
 *
 * Held: a blob behind `refs/flight-rules/lock` that names its owner. A holder that is provably
 * gone (`kernel/owner`) is replaced; one that lives, or of which nothing can be known, is waited
 * for. Never by age. What a killed git left behind under a dead holder is removed here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { faultPoint } from '../kernel/faults.ts';
import { currentOwner, operationToken, type Owner } from '../kernel/owner.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { markedGit, type Git } from '../git/git.ts';
import { writeBlob } from '../git/objects.ts';
import type { Oid } from '../git/oid.ts';
import { transact } from '../git/refs.ts';
import type { Project } from '../sessions/project.ts';
import { ensureHome } from '../sessions/home.ts';
import { lockRef } from '../sessions/registry.ts';
import type { Held } from './held.ts';
import {
  lookAtFile,
  removeStaleGitLocks,
  sameFile,
  type GitLockFile,
  type StaleGitLocks,
} from './git-locks.ts';
import { acquire, type Acquired } from './lock-acquire.ts';
import { formatLock, type LockBlob } from './lock-blob.ts';
import { clearClaim } from './lock-claim.ts';
import { removeUnfinished } from './unfinished.ts';
import { explainWriteFailure } from './writable.ts';

export interface HeldLock extends Held {
  /** the holder this lock was taken over from, if it did not release it */
  readonly takenFrom: Owner | null;
  /** git's own lock files that a killed git had left, relative to the common dir */
  readonly cleaned: StaleGitLocks;
}

export interface LockOptions {
  /** the arguments of ours, for messages and hints */
  readonly command: readonly string[];
  /** the token that exit 7 named: take the lock from exactly that holder, whatever its state */
  readonly breakLock: string | null;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly progress: (message: string) => void;
  /** how long a holder that does not change is waited for; default 30 s */
  readonly waitMs?: number;
}

const defaultWaitMs = 30_000;
/** locks of this process that are done with, but whose ref could not be changed */
const unreleased = new Set<Oid>();
const queues = new Map<string, Promise<unknown>>();

/**
 * Runs `body` while this process holds the repository's lock. Calls inside one process queue;
 * never call it from within `body`.
 * @throws FlightError `busy` (the holder stayed), `not-writable`, `disk-failed`; what `body` throws
 */
export async function withLock<T>(
  project: Project,
  options: LockOptions,
  body: (held: HeldLock) => Promise<T>,
): Promise<T> {
  const key = project.commonDir;
  const before = queues.get(key) ?? Promise.resolve();
  const turn = before.then(() => locked(project, options, body));
  const settled = turn.catch(() => undefined);
  queues.set(key, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}

async function locked<T>(
  project: Project,
  options: LockOptions,
  body: (held: HeldLock) => Promise<T>,
): Promise<T> {
  const { command, clock, breakLock, progress } = options;
  options.signal?.throwIfAborted();
  const token = operationToken(project.commonDir);
  const owner = await currentOwner({ token, command: command.join(' '), clock });
  const git = markedGit(project.git, token);
  let acquired: Acquired;
  let home: string;
  try {
    home = await ensureHome(project.commonDir);
    acquired = await acquire({
      project,
      // A mark apart: a git that only takes the lock may outlive us. Without the signal: cut off
      // half-way, nobody would know whether we hold it.
      git: { ...markedGit(project.git, `${token}.taking`), signal: undefined },
      owner,
      home,
      command,
      breakLock,
      unreleased,
      waitMs: options.waitMs ?? defaultWaitMs,
      signal: options.signal,
      progress,
    });
  } catch (error) {
    throw await explainWriteFailure(error, project, command);
  }
  const { oid, gitLocks } = acquired;
  faultPoint('lock.take:after');
  let owing = acquired.inherits;
  try {
    const cleaned = await clean(project, acquired);
    owing = cleaned.left.length > 0;
    return await body({ owner, git, takenFrom: acquired.from, cleaned });
  } catch (error) {
    // it may be a git that was killed under us: what it left is ours to remove, too
    const stale = await removeStaleGitLocks(project, isNew(acquired));
    owing ||= stale.left.length > 0;
    throw error;
  } finally {
    const held = { oid, owner, gitLocks, owing, home, released: false };
    faultPoint('lock.release:before');
    await release(project, { ...git, signal: undefined }, held, progress);
    faultPoint('lock.release:after');
  }
}

/** Was a lock file of git's not there yet when the lock was taken? */
function isNew(acquired: Acquired): (file: GitLockFile) => boolean {
  return (file) => !acquired.gitLocks.some((old) => sameFile(old, file));
}

/** Only after a holder that is gone: whoever releases has cleaned up after himself. */
async function clean(project: Project, acquired: Acquired): Promise<StaleGitLocks> {
  if (!acquired.inherits) return { removed: acquired.removed, left: [] };
  await removeUnfinished(project);
  const stale = await removeStaleGitLocks(project, isNew(acquired));
  return { removed: [...acquired.removed, ...stale.removed], left: stale.left };
}

/**
 * Lets go. Never throws: what was done under the lock is done, and an error of the body's must
 * not be hidden. Where the ref cannot be deleted (a `packed-refs.lock` in the way), it is
 * marked as released. A git that was killed while it did either has left its lock files, which go
 * first then. Where nothing works, the lock falls to our own next call, or to others when we end.
 */
async function release(
  project: Project,
  git: Git,
  held: LockBlob & { readonly oid: Oid },
  progress: (message: string) => void,
): Promise<void> {
  const { commonDir } = project;
  const change = async (to: Oid | null): Promise<void> => {
    await transact(git, commonDir, [{ kind: 'own', ref: lockRef, from: held.oid, to }], 'unlock');
  };
  // by a git of ours that was killed; git itself would wait for it, and give up
  const unclaim = (): Promise<unknown> =>
    clearClaim(project, git, held.owner, null).catch(() => undefined);
  for (const pauseMs of [0, 50, 500]) {
    await sleep(pauseMs);
    try {
      if (!held.owing && (await deletable(commonDir))) {
        await change(null);
        return;
      }
    } catch {
      // tried otherwise below
    }
    await unclaim();
    try {
      await change(await writeBlob(git, commonDir, formatLock({ ...held, released: true })));
      return;
    } catch {
      await unclaim();
    }
  }
  unreleased.add(held.oid);
  progress('The lock could not be released; it is free as soon as this process has ended.');
}

/** git would wait 15 s for a left-over `packed-refs.lock`, and everybody for us. */
async function deletable(commonDir: AbsolutePath): Promise<boolean> {
  for (let look = 0; look < 25; look += 1) {
    if ((await lookAtFile(commonDir, 'packed-refs.lock')) === null) return true;
    await sleep(20);
  }
  return false;
}
