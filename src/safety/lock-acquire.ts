/**
 * Taking the lock: by creating the ref, or, from a holder that is gone, by one compare-and-swap,
 * so that exactly one of many waiters gets it. What git says about an attempt does not count;
 * what the ref holds afterwards does.
 *
 * Waiting is cheap: the loose file of the ref tells without a process who holds it. One
 * `cat-file` when a holder stays, one `update-ref` per attempt, one attempt at a time
 * (`lock-door.ts`). With many waiters each attempt that is lost makes the pause longer; who has
 * waited long gets shorter pauses again.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlightError } from '../kernel/errors.ts';
import { ownerState, type Owner } from '../kernel/owner.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { GitError, type Git } from '../git/git.ts';
import { writeBlob } from '../git/objects.ts';
import { isOid, type Oid } from '../git/oid.ts';
import { readRef, transact } from '../git/refs.ts';
import type { Project } from '../sessions/project.ts';
import { lockRef } from '../sessions/registry.ts';
import { lookAtFile, presentGitLocks, sameFile, type GitLockFile } from './git-locks.ts';
import { formatLock, holderOf, readLock, type LockBlob } from './lock-blob.ts';
import { claimFile, clearClaim } from './lock-claim.ts';
import { throughTheDoor } from './lock-door.ts';

export interface Acquiring {
  readonly project: Project;
  readonly git: Git;
  readonly owner: Owner;
  /** id of this repository */
  readonly home: string;
  readonly command: readonly string[];
  readonly breakLock: string | null;
  /** locks of this very process that it is done with and could not release */
  readonly unreleased: ReadonlySet<Oid>;
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
  readonly progress: (message: string) => void;
}

export interface Acquired {
  readonly oid: Oid;
  readonly gitLocks: readonly GitLockFile[];
  /** the holder it was taken from: one that is gone, or the one named by `--break-lock` */
  readonly from: Owner | null;
  /** git's lock files may be left over: all that are not in `gitLocks` */
  readonly inherits: boolean;
  /** lock files removed on the way */
  readonly removed: readonly string[];
}

interface Obstacle {
  readonly holder: FlightError<'busy'>['data']['holder'];
  readonly token: string;
}

/** What a waiter knows; times in milliseconds of `performance.now()`. */
interface Waiting {
  readonly begun: number;
  /** the blob behind the ref at the last look, and since when */
  seen: Oid | null;
  since: number;
  /** when the holder is looked at closely next */
  lookAt: number;
  /** how often the holder has changed: where it does, somebody is alive */
  changes: number;
  /** who stands in the way, for the message */
  obstacle: Obstacle;
  /** the ref is held although there is no loose file */
  packed: boolean;
  pause: number;
  said: boolean;
  readonly removed: string[];
  /** the last blob stored: most attempts store the same */
  stored: { readonly text: string; readonly oid: Oid } | null;
}

/**
 * A holder that stays this long is looked at closely, and again after each `againMs`. In a queue
 * that moves, later: each look is a process, and there are many waiters.
 */
const closeLookMs = 250;
const againMs = 1_000;
const latestLookMs = 3_000;
const pauses = { first: 20, most: 500, patienceMs: 10_000, afterPatience: 200 } as const;
const nobodyKnown: Obstacle['holder'] = { pid: 0, command: 'unknown' };

/**
 * Waits for the lock and takes it.
 * @throws FlightError `busy` after `waitMs` without a change of holder
 */
export async function acquire(job: Acquiring): Promise<Acquired> {
  const begun = performance.now();
  const waiting: Waiting = {
    begun,
    seen: null,
    since: begun,
    lookAt: begun,
    changes: 0,
    obstacle: { holder: nobodyKnown, token: '' },
    packed: false,
    pause: pauses.first,
    said: false,
    removed: [],
    stored: null,
  };
  for (;;) {
    job.signal?.throwIfAborted();
    await observe(job, waiting);
    const taken = await tryToTake(job, waiting);
    if (taken !== null) return taken;
    await pauseOrGiveUp(job, waiting);
  }
}

/** Who holds the lock now? A change of holder begins the wait anew. */
async function observe(job: Acquiring, waiting: Waiting): Promise<void> {
  const oid = await currentHolder(job, waiting.packed);
  if (oid === waiting.seen) return;
  const now = performance.now();
  // the very first look is close at once: a crash just before is the common case
  const first = waiting.seen === null && now - waiting.begun < closeLookMs;
  waiting.changes += 1;
  const patience = Math.min(latestLookMs, closeLookMs * waiting.changes);
  waiting.lookAt = first ? now : now + patience;
  waiting.seen = oid;
  waiting.since = now;
}

async function tryToTake(job: Acquiring, waiting: Waiting): Promise<Acquired | null> {
  let from: LockBlob | null = null;
  if (waiting.seen !== null) {
    if (performance.now() < waiting.lookAt) return null;
    waiting.lookAt = performance.now() + againMs;
    from = await readLock(job.git, job.project.commonDir, waiting.seen);
    waiting.obstacle =
      from === null ? { holder: nobodyKnown, token: waiting.seen } : named(from.owner);
    if (!(await mayTake(job, waiting.seen, from))) return null;
  }
  if (!(await claimable(job, waiting))) return null;
  const taken = await throughTheDoor(job.project, () => swap(job, waiting, from));
  if (taken === null) {
    waiting.pause = Math.min(pauses.most, waiting.pause * 3);
    waiting.lookAt = Math.min(waiting.lookAt, performance.now() + closeLookMs);
    return null;
  }
  const predecessor = from === null || from.released ? null : from.owner;
  return { ...taken, from: predecessor, removed: waiting.removed };
}

/** Is the way free of a git that is taking the lock, or was killed while it did? */
async function claimable(job: Acquiring, waiting: Waiting): Promise<boolean> {
  const claim = await clearClaim(job.project, job.git, job.owner, job.breakLock);
  if (claim.kind === 'none') return true;
  if (claim.kind === 'cleared') {
    waiting.removed.push(...claim.removed);
    return true;
  }
  waiting.lookAt = Math.min(waiting.lookAt, performance.now() + closeLookMs);
  if (claim.kind === 'held') {
    waiting.pause = pauses.most;
    const holder = claim.by === null ? nobodyKnown : holderOf(claim.by);
    waiting.obstacle = { holder, token: claim.token };
  }
  return false;
}

async function pauseOrGiveUp(job: Acquiring, waiting: Waiting): Promise<void> {
  const now = performance.now();
  if (now - waiting.since >= job.waitMs) {
    throw new FlightError('busy', { ...waiting.obstacle, command: job.command });
  }
  if (!waiting.said && now - waiting.begun > againMs) {
    waiting.said = true;
    job.progress('Waiting for another flight-rules command to finish.');
  }
  if (now - waiting.begun > pauses.patienceMs) {
    waiting.pause = Math.min(waiting.pause, pauses.afterPatience);
  }
  const pause = waiting.pause * (0.1 + 0.9 * Math.random());
  await sleep(pause, undefined, job.signal === undefined ? {} : { signal: job.signal });
}

function named(owner: Owner): Obstacle {
  return { holder: holderOf(owner), token: owner.token };
}

async function mayTake(job: Acquiring, oid: Oid, blob: LockBlob | null): Promise<boolean> {
  if (job.unreleased.has(oid)) return true;
  if (blob === null) return job.breakLock === oid;
  if (blob.released || blob.owner.token === job.breakLock) return true;
  // a ref that was fetched: it says nothing about this repository
  if (blob.home !== job.home) return true;
  return (await ownerState(blob.owner)) === 'dead';
}

/** Who holds the lock: from the loose file; from git where there is none and yet it is held. */
async function currentHolder(job: Acquiring, packed: boolean): Promise<Oid | null> {
  const loose = await looseHolder(job);
  return loose === null && packed ? readRef(job.git, job.project.commonDir, lockRef) : loose;
}

async function looseHolder(job: Acquiring): Promise<Oid | null> {
  const file = join(job.project.commonDir, lockRef);
  const value = (await readRegularText(file).catch(() => '')).trim();
  return isOid(value) ? value : null;
}

/** What git says when somebody else took, or was taking, the lock: he may be gone by now. */
const hindered =
  /reference already exists|but expected|nonexistent object|unable to resolve reference(?!.*broken)|lock\.lock'?: File exists/u;

/** Is the holder still the one that was seen, and nobody taking the lock? */
async function unchanged(job: Acquiring, waiting: Waiting): Promise<boolean> {
  const loose = await looseHolder(job);
  if (loose === null ? waiting.seen !== null && !waiting.packed : loose !== waiting.seen)
    return false;
  return (await lookAtFile(job.project.commonDir, claimFile)) === null;
}

/** One compare-and-swap. @returns `null` if somebody else was faster */
async function swap(
  job: Acquiring,
  waiting: Waiting,
  predecessor: LockBlob | null,
): Promise<Pick<Acquired, 'oid' | 'gitLocks' | 'inherits'> | null> {
  const { git, project, owner } = job;
  const from = waiting.seen;
  const { commonDir } = project;
  if (!(await unchanged(job, waiting))) return null;
  const present = await presentGitLocks(project);
  // What a dead holder found is still not ours to remove; what came since is, even if we die too.
  const inherits = predecessor !== null && (!predecessor.released || predecessor.owing);
  const gitLocks = inherits
    ? present.filter((file) => predecessor.gitLocks.some((old) => sameFile(old, file)))
    : present;
  const blob = { owner, gitLocks, released: false, owing: inherits, home: job.home };
  const text = formatLock(blob);
  if (waiting.stored?.text !== text) {
    waiting.stored = { text, oid: await writeBlob(git, commonDir, text) };
  }
  const { oid } = waiting.stored;
  // a last look: an attempt that is lost costs three processes
  if (!(await unchanged(job, waiting))) return null;
  try {
    await transact(git, commonDir, [{ kind: 'own', ref: lockRef, from, to: oid }], 'lock');
  } catch (error) {
    // a `gc --prune=now` may have taken the blob that was waiting here
    waiting.stored = null;
    // git can say no although it is done, or because somebody was faster: the ref knows
    const now = await readRef(git, commonDir, lockRef);
    if (now === from && !(error instanceof GitError && hindered.test(error.data.stderr)))
      throw error;
  }
  const seen = await looseHolder(job);
  const held = seen ?? (await readRef(git, commonDir, lockRef));
  waiting.packed = seen === null && held !== null;
  return held === oid ? { oid, gitLocks, inherits } : null;
}
