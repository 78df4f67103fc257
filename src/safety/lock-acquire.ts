/**
 * Taking the lock: by creating the ref, or, from a holder that is gone, by one compare-and-swap,
 * so that exactly one of many waiters gets it. What git says about an attempt does not count;
 * what the ref holds afterwards does.
 *
 * Waiting is cheap: the loose file of the ref tells without a process who holds it. One
 * `cat-file` when a holder stays, one `update-ref` per attempt. With many waiters each attempt
 * that is lost makes the pause longer; who has waited long gets short pauses again.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlightError } from '../kernel/errors.ts';
import { ownerState, type Owner } from '../kernel/owner.ts';
import { GitError, type Git } from '../git/git.ts';
import { writeBlob } from '../git/objects.ts';
import { isOid, type Oid } from '../git/oid.ts';
import { readRef, transact } from '../git/refs.ts';
import type { Project } from '../sessions/project.ts';
import { lockRef } from '../sessions/registry.ts';
import { presentGitLocks, sameFile, type GitLockFile } from './git-locks.ts';
import { formatLock, holderOf, readLock, type LockBlob } from './lock-blob.ts';
import { clearClaim } from './lock-claim.ts';

export interface Acquiring {
  readonly project: Project;
  readonly git: Git;
  readonly owner: Owner;
  readonly command: readonly string[];
  readonly breakLock: string | null;
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

/** A holder that stays this long is looked at closely, and again after each `againMs`. */
const closeLookMs = 250;
const againMs = 1_000;
const pauses = { first: 20, least: 40, most: 320, patienceMs: 10_000 } as const;
const nobodyKnown: Obstacle['holder'] = { pid: 0, command: 'unknown' };

/**
 * Waits for the lock and takes it.
 * @throws FlightError `busy` after `waitMs` without a change of holder
 */
export async function acquire(job: Acquiring): Promise<Acquired> {
  const { project, signal } = job;
  const begun = performance.now();
  const removed: string[] = [];
  let pause: number = pauses.first;
  let seen: Oid | null = null;
  let since = begun;
  let lookAt = begun;
  let said = false;
  let obstacle: Obstacle = { holder: nobodyKnown, token: '' };
  let packed = false;
  for (;;) {
    signal?.throwIfAborted();
    const now = performance.now();
    const oid = await currentHolder(job, packed);
    if (oid !== seen) {
      // the very first look is close at once: a crash just before is the common case
      lookAt = seen === null && now - begun < closeLookMs ? now : now + closeLookMs;
      seen = oid;
      since = now;
    }
    let from: LockBlob | null = null;
    let attempt = oid === null;
    if (oid !== null && now >= lookAt) {
      lookAt = now + againMs;
      from = await readLock(job.git, project.commonDir, oid);
      attempt = await mayTake(job, oid, from);
      obstacle = from === null ? { holder: nobodyKnown, token: oid } : named(from.owner);
    }
    if (attempt) {
      const claim = await clearClaim(project, job.git, job.owner, job.breakLock);
      if (claim.kind === 'cleared') removed.push(...claim.removed);
      if (claim.kind === 'held') {
        pause = pauses.most;
        obstacle = {
          holder: claim.by === null ? nobodyKnown : holderOf(claim.by),
          token: claim.token,
        };
      }
      if (claim.kind === 'none' || claim.kind === 'cleared') {
        const taken = await swap(job, oid, from);
        if (taken !== null) {
          const predecessor = from === null || from.released ? null : from.owner;
          return { ...taken, from: predecessor, removed };
        }
        packed = (await looseHolder(job)) === null;
        pause = Math.min(pauses.most, pause * 2);
      }
      lookAt = Math.min(lookAt, performance.now() + closeLookMs);
    }
    if (performance.now() - since >= job.waitMs) {
      throw new FlightError('busy', { ...obstacle, command: job.command });
    }
    if (!said && now - begun > againMs) {
      said = true;
      job.progress('Waiting for another flight-rules command to finish.');
    }
    if (now - begun > pauses.patienceMs) pause = pauses.least;
    await sleep(
      pause * (0.1 + 0.9 * Math.random()),
      undefined,
      signal === undefined ? {} : { signal },
    );
  }
}

function named(owner: Owner): Obstacle {
  return { holder: holderOf(owner), token: owner.token };
}

async function mayTake(job: Acquiring, oid: Oid, blob: LockBlob | null): Promise<boolean> {
  if (blob === null) return job.breakLock === oid;
  if (blob.released || blob.owner.token === job.breakLock) return true;
  return (await ownerState(blob.owner)) === 'dead';
}

/** Who holds the lock: from the loose file; from git where there is none and yet it is held. */
async function currentHolder(job: Acquiring, packed: boolean): Promise<Oid | null> {
  const loose = await looseHolder(job);
  return loose === null && packed ? readRef(job.git, job.project.commonDir, lockRef) : loose;
}

async function looseHolder(job: Acquiring): Promise<Oid | null> {
  const file = join(job.project.commonDir, lockRef);
  const value = (await readFile(file, 'utf8').catch(() => '')).trim();
  return isOid(value) ? value : null;
}

/** What git says when somebody else took, or was taking, the lock: he may be gone by now. */
const hindered =
  /reference already exists|but expected|unable to resolve reference(?!.*broken)|lock\.lock'?: File exists/u;

/** One compare-and-swap. @returns `null` if somebody else was faster */
async function swap(
  job: Acquiring,
  from: Oid | null,
  predecessor: LockBlob | null,
): Promise<Pick<Acquired, 'oid' | 'gitLocks' | 'inherits'> | null> {
  const { git, project, owner } = job;
  const { commonDir } = project;
  const present = await presentGitLocks(project);
  // What a dead holder found is still not ours to remove; what came since is, even if we die too.
  const inherits = predecessor !== null && (!predecessor.released || predecessor.owing);
  const gitLocks = inherits
    ? present.filter((file) => predecessor.gitLocks.some((old) => sameFile(old, file)))
    : present;
  const blob = { owner, gitLocks, released: false, owing: inherits };
  const oid = await writeBlob(git, commonDir, formatLock(blob));
  try {
    await transact(git, commonDir, [{ kind: 'own', ref: lockRef, from, to: oid }], 'lock');
  } catch (error) {
    // git can say no although it is done, or because somebody was faster: the ref knows
    const now = await readRef(git, commonDir, lockRef);
    if (now === from && !(error instanceof GitError && hindered.test(error.data.stderr)))
      throw error;
  }
  const held = (await looseHolder(job)) ?? (await readRef(git, commonDir, lockRef));
  return held === oid ? { oid, gitLocks, inherits } : null;
}
