/**
 * A sync that was cut off: its process is dead and so is every git it started (the caller has seen
 * to that, under the lock). If the branch moved, or index and files had, it is finished; if not,
 * the files become what they were. Idempotent, and may be cut off itself.
 */
import type { Git } from '../../git/git.ts';
import { refreshIndex } from '../../git/index-write.ts';
import { branchRef, oid } from '../../git/oid.ts';
import { readRef } from '../../git/refs.ts';
import { faultPoint } from '../../kernel/faults.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import { branchOfRecord, type SessionRecord } from '../../sessions/record.ts';
import { readRecord } from '../intent.ts';
import { removeScratch } from '../scratch.ts';
import { checkoutOf, type Checkout } from './checkout-of.ts';
import { isPlaced, putFilesBack } from './go-back.ts';
import { releaseIndex } from './index-hold.ts';
import { endMove, type SyncIntent } from './intent.ts';
import { moveBranch } from './move.ts';
import { removeRoom } from './room.ts';

export type RecoveredSync =
  | { readonly kind: 'nothing' }
  /** the session has the base's commits */
  | { readonly kind: 'synced' }
  /** the session is as it was */
  | { readonly kind: 'rolled-back' }
  /** somebody has worked there since; nothing more was touched */
  | { readonly kind: 'left'; readonly why: string };

type Place = Pick<Project, 'commonDir'>;

/**
 * @param git of the operation that recovers
 * @param moved where the session's folder was found, if the user moved it since
 */
export async function recoverSync(
  git: Git,
  project: Place,
  key: SessionKey,
  moved: AbsolutePath | null = null,
): Promise<RecoveredSync> {
  const at = await readRecord(git, project, key);
  const intent = at?.record.intent;
  if (at === null || intent?.kind !== 'syncing') return { kind: 'nothing' };
  const checkout = await checkoutOf(project, at.record, moved);
  if (checkout !== null) await releaseIndex(checkout.privateDir);
  faultPoint('recover.sync:before');
  const result = await finish(git, project, at.record, intent, checkout);
  faultPoint('recover.sync:after');
  if (intent.scratch !== null) await removeScratch(project, intent.scratch);
  // where the folder is gone, what was kept of it stays with the private git dir
  if (checkout !== null && checkout.worktree !== null) {
    await removeRoom(checkout.privateDir);
  }
  faultPoint('recover.sync-record:before');
  await endMove(git, project, key, at, result.kind === 'rolled-back' ? 'taken back' : 'moved');
  faultPoint('recover.sync-record:after');
  return result;
}

async function finish(
  git: Git,
  project: Place,
  record: SessionRecord,
  intent: SyncIntent,
  checkout: Checkout | null,
): Promise<RecoveredSync> {
  if (intent.to === null) return { kind: 'rolled-back' };
  const branch = branchOfRecord(record);
  const way = { from: oid(intent.from), to: oid(intent.to) };
  const tip = await readRef(git, project.commonDir, branchRef(branch));
  if (tip === way.to) return { kind: 'synced' };
  const worktree = checkout?.worktree ?? null;
  if (checkout === null || worktree === null) return { kind: 'left', why: 'its folder is gone' };
  const index = { from: oid(intent.index.from), to: oid(intent.index.to) };
  if (await isPlaced(git, worktree, index)) {
    if (tip !== way.from) return { kind: 'left', why: `${branch} was moved since` };
    const outcome = await moveBranch(git, { branch, worktree }, way, intent.message);
    if (outcome === 'moved') return { kind: 'synced' };
    return { kind: 'left', why: `${branch} was moved since` };
  }
  const files = { from: oid(intent.files.from), to: oid(intent.files.to) };
  const back = { ...checkout, worktree, commonDir: project.commonDir, files };
  const which = await putFilesBack(git, back);
  await refreshIndex(git, worktree);
  if (which === 'some') {
    const why = `it was taken back but for files whose names are not UTF-8; git -C ${worktree} status shows them`;
    return { kind: 'left', why };
  }
  return { kind: 'rolled-back' };
}
