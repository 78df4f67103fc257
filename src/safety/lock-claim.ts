/**
 * `refs/flight-rules/lock.lock`: what a git leaves that was killed while it took or released our
 * lock. It lies in our own namespace, so only an `update-ref` of ours makes it, and each of those
 * carries a mark that begins with this repository's. It is left over if no such process lives,
 * its maker (whom its content names once it is written) ran on this machine, and two looks see
 * the same file. Removing is done under a guard: a second remover that is late would otherwise
 * take away the file of whoever came next, and git would then rename the wrong file into place.
 */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineIdentity, placeOf } from '../kernel/machine.ts';
import { gitsOf, type Owner } from '../kernel/owner.ts';
import { argumentsOf } from '../kernel/process-look.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import type { Git } from '../git/git.ts';
import { isOid } from '../git/oid.ts';
import { privateFolder, type Project } from '../sessions/project.ts';
import { lockRef } from '../sessions/registry.ts';
import { gitAtWork } from './git-at-work.ts';
import { lookAtFile, sameFile, type GitLockFile } from './git-locks.ts';
import { readLock } from './lock-blob.ts';
import { underGuard } from './repair-guard.ts';

export type Claim =
  /** no such file: the lock can be taken */
  | { readonly kind: 'none' }
  /** somebody is taking or releasing the lock this very moment */
  | { readonly kind: 'moving' }
  /** somebody may be: his processes live, or cannot be seen from here */
  | { readonly kind: 'held'; readonly by: Owner | null; readonly token: string }
  /** it was left over and is gone now, with what else that git had left */
  | { readonly kind: 'cleared'; readonly removed: readonly string[] };

export const claimFile = `${lockRef}.lock`;
const betweenLooksMs = 120;

/**
 * Removes a left-over `lock.lock`.
 * @param as who removes it
 * @param insist the token of a claim that the user says is gone (`--break-lock`)
 */
export async function clearClaim(
  project: Project,
  git: Git,
  as: Owner,
  insist: string | null,
): Promise<Claim> {
  const { commonDir } = project;
  const first = await lookAtFile(commonDir, claimFile);
  if (first === null) return { kind: 'none' };
  await sleep(betweenLooksMs);
  if (!sameFile(first, await lookAtFile(commonDir, claimFile))) return { kind: 'moving' };
  const by = await writtenBy(project, git);
  const token = by?.token ?? `claim-${first.inode}`;
  if (token !== insist && (await mayLive(project, by))) return { kind: 'held', by, token };
  const removed = await underGuard(privateFolder(project), as, () => remove(project, first));
  return removed === null ? { kind: 'moving' } : { kind: 'cleared', removed };
}

/** A prepared transaction has written the new value: the blob that names its owner. */
async function writtenBy(project: Project, git: Git): Promise<Owner | null> {
  const text = await readRegularText(join(project.commonDir, claimFile)).catch(() => '');
  const value = text.trim();
  if (!isOid(value)) return null;
  return (await readLock(git, project.commonDir, value))?.owner ?? null;
}

async function mayLive(project: Project, by: Owner | null): Promise<boolean> {
  if (by !== null) {
    const place = placeOf(by, await machineIdentity());
    if (place !== 'here') return place === 'elsewhere';
  }
  const marked = await gitsOf(project.commonDir);
  if (!marked.complete) return true;
  // elsewhere nobody tells what a process was started with
  if (process.platform !== 'linux') return marked.pids.length > 0;
  for (const pid of marked.pids) {
    const line = await argumentsOf(pid);
    // every other git of ours leaves this file alone
    if (line.kind === 'unreadable') return true;
    if (line.kind === 'read' && line.value.includes('update-ref')) return true;
  }
  return false;
}

async function remove(project: Project, claim: GitLockFile): Promise<string[]> {
  const { commonDir } = project;
  if (!sameFile(claim, await lookAtFile(commonDir, claimFile))) return [];
  const removed: string[] = [];
  // A release deletes the ref and so locks packed-refs, after this file and before it is gone.
  for (const path of ['packed-refs.new', 'packed-refs.lock']) {
    const packed = await lookAtFile(commonDir, path);
    if (packed === null || BigInt(packed.changed) < BigInt(claim.changed)) continue;
    if ((await gitAtWork(project)).kind !== 'nobody') continue;
    if (!sameFile(packed, await lookAtFile(commonDir, path))) continue;
    await unlink(join(commonDir, path));
    removed.push(path);
  }
  await unlink(join(commonDir, claimFile));
  return [...removed, claimFile];
}
