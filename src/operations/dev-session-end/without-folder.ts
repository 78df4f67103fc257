/**
 * Ending a session that has no folder (orphaned, kept, in review): there is no log to complete, and
 * remove's code does all of it.
 */
import { FlightError } from '../../kernel/errors.ts';
import { done, undecided, type Outcome } from '../../kernel/outcome.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { Draft } from '../../workflow/draft.ts';
import type { OperationContext } from '../context.ts';
import { abandonDecision, strategyDecision } from '../remove/decision.ts';
import { endSession } from '../remove/end-session.ts';
import { explainRefusal, refuse } from '../remove/leave.ts';
import type { RemoveRequest } from '../remove/request.ts';
import type { EndReport } from '../shapes/dev-session-end.ts';
import { endCommand, type EndInput } from './input.ts';

/** @throws FlightError `no-worktree` if there are texts for a log, and what remove refuses */
export async function endWithoutFolder(
  input: EndInput,
  context: OperationContext,
  project: Project,
  facts: Observation,
  session: SessionFacts,
  given: Partial<Draft>,
): Promise<Outcome<EndReport>> {
  const { name, key, place, record } = session;
  const away = place.kind === 'put-away' || place.kind === 'gone';
  const texts = [given.next, given.learned, given.tasks].some((list) => (list ?? []).length > 0);
  if (away && (texts || given.summary !== undefined || input.commit !== undefined)) {
    const state = place.kind === 'gone' ? 'orphaned' : (record?.state ?? 'put away');
    throw new FlightError('no-worktree', { name, state });
  }
  const { strategy: asked, yes, shape, title, draft, verify, forceInUse } = input;
  const spelling = { command: endCommand, more: [] };
  const request: RemoveRequest = {
    key,
    name,
    strategy: asked,
    yes,
    shape,
    title,
    draft,
    verify,
    forceInUse,
    spelling,
  };
  const strategy = asked ?? (yes ? 'keep' : null);
  if (strategy === null) return strategyDecision(context, project, facts, session, request);
  const report = { log: null, progress: null, tasks: [] };
  if (strategy === 'keep' && place.kind === 'put-away' && record?.state === 'kept') {
    const nothing = { name, strategy, branchDeleted: false, trash: null };
    return done({ ...report, integration: nothing });
  }
  try {
    await refuse(context, { project, facts }, session, request, strategy);
  } catch (error) {
    throw await explainRefusal(context, project, session, error);
  }
  if (strategy === 'abandon' && !yes) {
    return undecided(await abandonDecision(context, project, session, request));
  }
  const integration = await endSession(context, project, session, request, strategy);
  if (integration !== 'changed') return done({ ...report, integration });
  throw new FlightError('plan-changed', { name, what: 'The branch' });
}
