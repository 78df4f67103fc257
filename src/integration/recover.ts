/**
 * A landing that was cut off: its process is dead and so is every git it started (the caller has
 * seen to that, under the lock). If the base moved, it landed, and only the intent goes; if not,
 * its checkout becomes what it was. Idempotent, and may be cut off itself.
 */
import { stat } from 'node:fs/promises';
import { gitText, type Git } from '../git/git.ts';
import { branchRef, oid, parseBranchName } from '../git/oid.ts';
import { readRef } from '../git/refs.ts';
import { listWorktrees } from '../git/worktrees.ts';
import { faultPoint } from '../kernel/faults.ts';
import { absolute } from '../kernel/path.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import type { SessionKey } from '../sessions/name.ts';
import { readRecord, writeIntent, type LandingIntent } from './intent.ts';
import { rollBack } from './rollback.ts';
import { removeScratch } from './scratch.ts';

export type RecoveredLanding =
  | { readonly kind: 'nothing' }
  /** the base had moved: the work is there */
  | { readonly kind: 'landed' }
  /** the base and its checkout are as they were */
  | { readonly kind: 'rolled-back' }
  /** somebody has worked there since; nothing was touched */
  | { readonly kind: 'left'; readonly why: string };

type Place = Pick<Project, 'commonDir' | 'root' | 'mainCheckout'>;

/** @param git of the operation that recovers */
export async function recoverLanding(
  git: Git,
  project: Place,
  key: SessionKey,
): Promise<RecoveredLanding> {
  const at = await readRecord(git, project, key);
  const intent = at?.record.intent;
  if (at === null || intent?.kind !== 'landing') return { kind: 'nothing' };
  faultPoint('recover.landing:before');
  const result = await undo(git, project, intent);
  faultPoint('recover.landing:after');
  if (intent.scratch !== null) await removeScratch(project, intent.scratch);
  faultPoint('recover.record:before');
  await writeIntent(git, project, key, at, null);
  faultPoint('recover.record:after');
  return result;
}

async function undo(git: Git, project: Place, intent: LandingIntent): Promise<RecoveredLanding> {
  const base = parseBranchName(intent.base);
  if (base === null || intent.to === null) return { kind: 'rolled-back' };
  const now = await readRef(git, project.commonDir, branchRef(base));
  if (now === intent.to) return { kind: 'landed' };
  if (intent.worktree === null) return { kind: 'rolled-back' };
  if (now !== intent.from) return { kind: 'left', why: `${base} was moved since` };
  const worktrees = await listWorktrees(git, project.commonDir);
  const place = worktrees.find((one) => one.path === intent.worktree);
  const privateDir = place?.main
    ? project.commonDir
    : place?.adminId && adminDir(project, place.adminId);
  if (place === undefined || !privateDir || (await isGone(place.path))) {
    return { kind: 'left', why: `${intent.worktree} is no checkout any more` };
  }
  if (place.branch !== base) return { kind: 'left', why: `${base} is not checked out there now` };
  const head = await gitText(git, place.path, ['rev-parse', '--verify', 'HEAD']);
  if (head !== intent.from) return { kind: 'left', why: `${base} was moved since` };
  await rollBack(git, {
    worktree: absolute(place.path),
    privateDir,
    from: oid(intent.from),
    to: oid(intent.to),
    identical: intent.identical,
  });
  return { kind: 'rolled-back' };
}

async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}
