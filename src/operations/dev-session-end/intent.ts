/**
 * While log and progress are written and committed, outside of the lock since hooks of the
 * repository run, the intent `ending` keeps others away from the session.
 */
import { FlightError } from '../../kernel/errors.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { presentGitLocks } from '../../safety/git-locks.ts';
import { replaceRecord } from '../../safety/registration.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import { readRegistry } from '../../sessions/registry.ts';
import { change, finishChange, uninterrupted, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { freshSession, refuse } from '../remove/leave.ts';
import type { RemoveRequest } from '../remove/request.ts';
import type { RemoveReport } from '../shapes/remove.ts';

export interface Begun {
  readonly token: string;
  /** as it is under the lock, taken over from the manifest if need be */
  readonly session: SessionFacts;
}

/**
 * Asks every refusal again, under the lock, and marks the session.
 * @throws FlightError the refusals, `plan-changed` if the branch moved since it was looked at
 */
export async function beginEnd(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  request: RemoveRequest,
  strategy: RemoveReport['strategy'],
): Promise<Begun> {
  const body = async (frame: Change): Promise<Begun> => {
    const session = await freshSession(context, frame, request, seen);
    if (session === 'changed') {
      throw new FlightError('plan-changed', { name: seen.name, what: 'The branch' });
    }
    await refuse(context, frame, session, request, strategy);
    const { record, recordOid } = session;
    if (record === null || recordOid === null) {
      throw new FlightError('broken-record', { name: session.name, why: 'it is not recorded' });
    }
    const since = isoSeconds(context.clock.now());
    const gitLocks = await presentGitLocks(project);
    const owner = { ...frame.held.owner };
    await replaceRecord(frame.git, frame.project, session.key, recordOid, {
      ...record,
      intent: { kind: 'ending', owner, since, gitLocks },
    });
    faultPoint('end.intent:after');
    return { token: owner.token, session };
  };
  return change(context, project, body);
}

/**
 * Takes the intent back, if it is still ours, and records the log.
 * @param log relative to the worktree; `null`: as it was
 */
export async function endIntent(
  context: OperationContext,
  project: Project,
  begun: Begun,
  log: string | null,
): Promise<void> {
  const calm = uninterrupted(context, project);
  await finishChange(calm.context, calm.project, async (held, inner) => {
    const { key } = begun.session;
    const stored = (await readRegistry(held.git, inner.commonDir)).sessions.get(key);
    if (stored?.read.kind !== 'record') return;
    const { intent, ...rest } = stored.read.record;
    if (intent?.kind !== 'ending' || intent.owner.token !== begun.token) return;
    const record = log === null || rest.log !== undefined ? rest : { ...rest, log };
    faultPoint('end.intent-removal:before');
    await replaceRecord(held.git, inner, key, stored.oid, record);
    faultPoint('end.intent-removal:after');
  });
}
