/**
 * Ends a session by the strategy that was decided on: what `parallel remove` does after its
 * questions, and `dev-session end` after it has written and committed. Each strategy asks every
 * refusal again under the lock.
 */
import { FlightError, isFlightError } from '../../kernel/errors.ts';
import { isWithin } from '../../kernel/path.ts';
import { real } from '../../git/repository.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { worktreeOf } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { change, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import type { RemoveReport } from '../shapes/remove.ts';
import { freshSession, leave, type Departure } from './leave.ts';
import { landAndLeave, type InQueue } from './merge.ts';
import { publishAndLeave } from './publish.ts';
import type { Removed } from './removed.ts';
import type { RemoveRequest } from './request.ts';

/**
 * @param session as it was when the plan was made
 * @param queue of which this is a part, with verification of its own
 * @returns `changed` if its branch moved between looking and acting: nothing was done
 * @throws FlightError what the strategy refuses
 */
export async function endSession(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  request: RemoveRequest,
  strategy: RemoveReport['strategy'],
  queue: InQueue | null = null,
): Promise<RemoveReport | 'changed'> {
  const standsInside = await callerInside(context, session);
  const removed = await act(context, project, session, request, strategy, queue);
  if (removed === 'changed') return removed;
  const report: RemoveReport = { name: request.name, strategy, ...removed };
  if (!standsInside) return report;
  context.warn({
    code: 'cwd-gone',
    message: `The folder you are in is in the trash now. Go on in ${project.root}.`,
  });
  return { ...report, cwdAfter: project.root };
}

async function act(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  request: RemoveRequest,
  strategy: RemoveReport['strategy'],
  queue: InQueue | null,
): Promise<Removed | 'changed'> {
  switch (strategy) {
    case 'keep':
      return justLeave(context, project, session, request, { strategy, becomes: 'kept' });
    case 'abandon':
      return justLeave(context, project, session, request, { strategy, becomes: 'ended' });
    case 'merge':
      return landAndLeave(context, project, session, request, queue).catch((error: unknown) => {
        throw helpful(error, session);
      });
    case 'pr':
      return publishAndLeave(context, project, session, request);
  }
}

/** With another branch than its base what helps is to bring that in, which is not what sync does. */
function helpful(error: unknown, { record }: SessionFacts): unknown {
  if (!isFlightError(error, 'conflicts') || error.data.base === record?.base.name) return error;
  return new FlightError('conflicts', { ...error.data, into: true }, { cause: error });
}

async function justLeave(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  request: RemoveRequest,
  departure: Departure,
): Promise<Removed | 'changed'> {
  const body = async (frame: Change): Promise<Removed | 'changed'> => {
    const session = await freshSession(context, frame, request, seen);
    if (session === 'changed') return 'changed';
    return leave(context, frame, session, request, departure);
  };
  return change(context, project, body, { nothingDone: (result) => result === 'changed' });
}

async function callerInside(context: OperationContext, session: SessionFacts): Promise<boolean> {
  const worktree = worktreeOf(session);
  if (session.place.kind !== 'present') return false;
  return isWithin(await real(context.directory), worktree);
}
