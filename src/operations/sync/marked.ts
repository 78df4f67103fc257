/**
 * The frame of what is done to a merge or rebase in a session's worktree: git runs outside of the
 * lock, since hooks of the repository run with it, and the intent `resolving` in the record keeps
 * others away meanwhile. Afterwards it is looked at what has become of it.
 */
import { FlightError } from '../../kernel/errors.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { markedGit, type Git } from '../../git/git.ts';
import { branchRef } from '../../git/oid.ts';
import type { Ended, RealSync } from '../../integration/sync/real.ts';
import { pinResolution } from '../../integration/sync/give-up.ts';
import { settleResolving, type Settled } from '../../integration/sync/settle.ts';
import { namesOf, tipsOf, type Syncing } from '../../integration/sync/underway.ts';
import { presentGitLocks } from '../../safety/git-locks.ts';
import { must } from '../../safety/removal-refs.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import { branchOfRecord, type Intent, type SessionRecord } from '../../sessions/record.ts';
import { recordChange } from '../../sessions/registry.ts';
import { change, finishChange, uninterrupted, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { refuseBusy } from '../remove/request.ts';

type Step = Extract<Intent, { kind: 'resolving' }>['step'];

/** A session whose worktree and record are there. */
export interface Present {
  readonly session: SessionFacts;
  readonly record: SessionRecord;
  readonly place: Extract<SessionFacts['place'], { kind: 'present' }>;
}

export interface Outcome {
  readonly settled: Settled;
  readonly ended: Ended;
  /** of an abort: id in the trash of what stood there */
  readonly pinned: string | null;
}

/**
 * @param ask under the lock: what is under way or to be begun; throws what forbids it
 * @param act outside of the lock, with git that is known as this operation's
 */
export async function whileMarked(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  step: Step,
  ask: (frame: Change, here: Present) => Promise<Syncing>,
  act: (port: Git, here: Present, syncing: Syncing) => Promise<Ended>,
): Promise<Outcome> {
  const { here, syncing, token, pinned } = await mark(context, project, seen, step, ask);
  let ended: Ended;
  try {
    ended = await act(markedGit(project.git, token), here, syncing);
  } catch (error) {
    ended = { kind: 'stopped', error };
  }
  faultPoint('sync.act:after');
  const calm = uninterrupted(context, project);
  const settled = await finishChange(calm.context, calm.project, (held, inner) =>
    settleResolving(inner, held, seen.key, context.clock.now()),
  );
  context.signal.throwIfAborted();
  return { settled, ended, pinned };
}

async function mark(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  step: Step,
  ask: (frame: Change, here: Present) => Promise<Syncing>,
): Promise<{ here: Present; syncing: Syncing; token: string; pinned: string | null }> {
  return change(context, project, async (frame) => {
    const here = await freshly(context, frame, seen);
    const { session, record, place } = here;
    const { recordOid } = session;
    if (recordOid === null) throw notRecorded(session);
    const syncing = await ask(frame, here);
    const at = context.clock.now();
    const gitLocks = await presentGitLocks(project);
    const owner = { ...frame.held.owner };
    const intent = { kind: 'resolving' as const, owner, since: isoSeconds(at), step, gitLocks };
    const { commonDir } = frame.project;
    const begun = await recordChange(frame.git, commonDir, session.key, recordOid, {
      ...record,
      syncing,
      intent,
    });
    const branch = branchRef(branchOfRecord(record));
    const still = { kind: 'verify' as const, ref: branch, oid: tipsOf(syncing).from };
    faultPoint('sync.intent:before');
    let pinned: string | null = null;
    if (step === 'abort') {
      const stands = {
        key: session.key,
        record,
        worktree: place.path,
        privateDir: place.privateDir,
      };
      const changes = [begun, still];
      pinned = await pinResolution(frame.project, frame.held, stands, syncing, { at, changes });
    } else {
      await must(frame.git, frame.project, [begun, still], { name: record.name, what: 'sync' });
    }
    faultPoint('sync.intent:after');
    return { here, syncing, token: owner.token, pinned };
  });
}

/**
 * The session as it is now, under the lock.
 * @throws FlightError `no-such-session`, `session-busy`, `plan-changed`, `no-worktree`
 */
async function freshly(
  context: OperationContext,
  frame: Change,
  seen: SessionFacts,
): Promise<Present> {
  const session = await again(context, frame, seen);
  const { record, place, name } = session;
  if (record === null) throw notRecorded(session);
  if (place.kind !== 'present') {
    throw new FlightError('plan-changed', { name, what: 'The worktree' });
  }
  return { session, record, place };
}

/** The same, wherever its worktree is. */
export async function again(
  context: OperationContext,
  frame: Change,
  seen: SessionFacts,
): Promise<SessionFacts> {
  const found = frame.facts.sessions.find((one) => one.key === seen.key);
  if (found === undefined) {
    const known = frame.facts.sessions.map((one) => one.name);
    throw new FlightError('no-such-session', { name: seen.name, known });
  }
  const session = await frame.takeOver(found);
  refuseBusy(context, session);
  if (seen.record !== null && seen.recordOid !== null) {
    const same = seen.record.token === session.record?.token;
    if (!same) throw new FlightError('plan-changed', { name: seen.name, what: 'The session' });
  }
  return session;
}

function notRecorded({ name, broken }: SessionFacts): FlightError {
  return new FlightError('broken-record', { name, why: broken ?? 'it is not recorded' });
}

/** What git is asked for. */
export function realSync(
  project: Project,
  { session, place }: Present,
  syncing: Syncing,
): RealSync {
  return {
    shape: syncing.shape,
    worktree: place.path,
    root: project.root,
    branch: session.branch,
    ...namesOf(syncing),
  };
}
