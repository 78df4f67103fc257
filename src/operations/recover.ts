/**
 * Finishing or rolling back what a crash cut off. Every operation that changes something does
 * this first, under the lock; what was begun was consented to. One recovery that fails does not
 * stop the others, nor the operation: its session stays `interrupted` and says so.
 */
import { isFlightError, describe } from '../kernel/errors.ts';
import { recoverLanding, type RecoveredLanding } from '../integration/recover.ts';
import { recoverSync, type RecoveredSync } from '../integration/sync/recover.ts';
import { settleResolving, type Settled } from '../integration/sync/settle.ts';
import type { Held } from '../safety/held.ts';
import { replaceRecord } from '../safety/registration.ts';
import { rollBackCreate } from '../safety/rollback-create.ts';
import type { RecoveredRestore } from '../safety/bring-back.ts';
import type { RecoveredRemoval } from '../safety/recover-removal.ts';
import { recoverRestore } from '../safety/bring-back.ts';
import { removeStaleGitLocks, sameFile, type GitLockFile } from '../safety/git-locks.ts';
import { putAway } from '../safety/put-away.ts';
import { recoverRemoval } from '../safety/recover-removal.ts';
import type { Facts, SessionFacts } from '../sessions/facts.ts';
import type { Project } from '../sessions/project.ts';
import type { SessionRecord } from '../sessions/record.ts';
import { isRecoverable } from './busy.ts';
import type { OperationContext } from './context.ts';

/** @returns true if something was done, so that the facts are old */
export async function recover(
  context: OperationContext,
  project: Project,
  held: Held,
  facts: Facts,
): Promise<boolean> {
  let changed = false;
  for (const session of facts.sessions) {
    if (!isRecoverable(context, session)) continue;
    try {
      const what = await recoverOne(context, project, held, session);
      changed = true;
      context.warn({ code: 'recovered', message: `${session.name}: ${what}` });
    } catch (error) {
      const why = isFlightError(error) ? describe(error).message : String(error);
      const message = `What was cut off in session ${session.name} could not be finished: ${why}`;
      context.warn({ code: 'not-recovered', message });
    }
  }
  return changed;
}

/** @returns what was done, as the rest of a sentence */
async function recoverOne(
  context: OperationContext,
  project: Project,
  held: Held,
  session: SessionFacts,
): Promise<string> {
  const intent = session.record?.intent;
  switch (intent?.kind) {
    case undefined:
      return 'nothing was cut off.';
    case 'creating':
      return takeBackCreate(context, project, held, session);
    case 'removing':
      return removalSentence(await recoverRemoval(project, held, session));
    case 'restoring':
      return restoreSentence(await recoverRestore(project, held, session));
    case 'landing':
      return landingSentence(await recoverLanding(held.git, project, session.key));
    case 'syncing':
      return syncSentence(
        await recoverSync(
          held.git,
          project,
          session.key,
          session.place.kind === 'moved' ? session.place.to : null,
        ),
      );
    case 'publishing':
      await clearIntent(held, project, session);
      return 'a pull request that was cut off is not recorded; remove it again to go on.';
    case 'resolving':
      return resolvingSentence(
        await settleResolving(project, held, session.key, context.clock.now()),
      );
    case 'ending':
      await removeStaleGitLocks(project, (file) => isOfEnding(session, intent.gitLocks, file));
      await clearIntent(held, project, session);
      return 'its end was cut off; what was written stays. End it again to go on.';
  }
}

/** A lock file that a commit in the session could have left, and that was not there before it. */
function isOfEnding(
  { record, branch }: SessionFacts,
  before: readonly GitLockFile[],
  file: GitLockFile,
): boolean {
  const own = [`worktrees/${record?.adminId ?? ''}/`, `refs/heads/${branch}.lock`];
  return (
    own.some((path) => file.path.startsWith(path)) && !before.some((old) => sameFile(old, file))
  );
}

/** Rolls a create back; what was written goes to the trash. Also for a create that just failed. */
export async function takeBackCreate(
  context: OperationContext,
  project: Project,
  held: Held,
  session: SessionFacts,
): Promise<string> {
  const remains = await rollBackCreate(held.git, project, session);
  if (remains.kind === 'nothing') return 'a create that was cut off was rolled back.';
  const place: SessionFacts['place'] =
    remains.kind === 'files'
      ? {
          kind: 'present',
          path: remains.path,
          adminId: remains.adminId,
          privateDir: remains.privateDir,
          locked: null,
          head: session.branchTip,
          branch: session.branch,
        }
      : { kind: 'gone', adminId: null, privateDir: null, locked: null };
  const { id } = await putAway(
    project,
    held,
    { ...session, place },
    { strategy: 'rollback', becomes: 'ended', at: context.clock.now() },
  );
  return `a create that was cut off was rolled back; its files are in the trash as ${id}.`;
}

async function clearIntent(held: Held, project: Project, session: SessionFacts): Promise<void> {
  if (session.record === null || session.recordOid === null) return;
  const { intent: _, ...rest } = session.record;
  const record: SessionRecord = rest;
  await replaceRecord(held.git, project, session.key, session.recordOid, record);
}

function removalSentence(recovered: RecoveredRemoval): string {
  switch (recovered.kind) {
    case 'rolled-back':
      return 'a removal that was cut off was taken back; the session is as it was.';
    case 'finished': {
      const kept = recovered.branchKept ? ' Its branch had moved on and stays.' : '';
      return `a removal that was cut off was finished; it is in the trash as ${recovered.entry.id}.${kept}`;
    }
    case 'nothing-to-do':
      return 'a removal that was cut off had been finished already.';
  }
}

function restoreSentence(recovered: RecoveredRestore): string {
  return recovered.kind === 'finished'
    ? `a restore that was cut off was finished; it is at ${recovered.record.worktree}.`
    : 'a restore that was cut off had been finished already.';
}

function resolvingSentence(settled: Settled): string {
  switch (settled.kind) {
    case 'conflicts':
      return 'a sync that was cut off is to be resolved in its folder.';
    case 'done':
      return 'a sync that was cut off had been concluded.';
    case 'nothing':
      return 'a sync that was cut off left nothing to do.';
    case 'back': {
      const pinned =
        settled.pinned === undefined
          ? ''
          : ` What stood there is in the trash as ${settled.pinned}.`;
      return `a sync that was cut off was taken back; the session is as it was.${pinned}`;
    }
  }
}

function landingSentence(recovered: RecoveredLanding): string {
  switch (recovered.kind) {
    case 'nothing':
      return 'a merge that was cut off had moved nothing.';
    case 'landed':
      return 'a merge that was cut off had landed; the session itself is still there.';
    case 'rolled-back':
      return 'a merge that was cut off was taken back; base and session are as they were.';
    case 'left':
      return `a merge that was cut off is left as it is: ${recovered.why}.`;
  }
}

function syncSentence(recovered: RecoveredSync): string {
  switch (recovered.kind) {
    case 'nothing':
      return 'a sync that was cut off had moved nothing.';
    case 'synced':
      return 'a sync that was cut off was finished; the session has what its base had.';
    case 'rolled-back':
      return 'a sync that was cut off was taken back; the session is as it was.';
    case 'left':
      return `a sync that was cut off is left as it is: ${recovered.why}.`;
  }
}
