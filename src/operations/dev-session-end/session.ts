/**
 * Ending a parallel session: check, decide, write, commit, integrate. Nothing is written before
 * every refusal that can be foreseen was asked; what fails afterwards says what is committed, and
 * the same call goes on from there.
 */
import { FlightError } from '../../kernel/errors.ts';
import { undecided, type Outcome } from '../../kernel/outcome.ts';
import { requireIdentity } from '../../git/commit.ts';
import { readStatus } from '../../git/status.ts';
import { foreseeConflicts } from '../../integration/foresee.ts';
import { ensureWritable } from '../../safety/writable.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { isEmpty, mergeDraft, readDraft, writeDraft, type Draft } from '../../workflow/draft.ts';
import { oneLine } from '../../workflow/one-line.ts';
import type { OperationContext } from '../context.ts';
import { abandonDecision, strategyDecision } from '../remove/decision.ts';
import { explainRefusal, refuse } from '../remove/leave.ts';
import { again, refuseBusy, targetOf, type RemoveRequest } from '../remove/request.ts';
import type { EndReport } from '../shapes/dev-session-end.ts';
import { checkStrategy, comingOf, committable, withCommit } from './checks.ts';
import { endCommand, endUsage, type EndInput } from './input.ts';
import { execute, type Prepared } from './execute.ts';
import { planEnd, type EndPlace, type EndPlan } from './plan.ts';
import { checkSaving } from './save-log.ts';
import { endWithoutFolder } from './without-folder.ts';
import { dirtyPaths } from './write.ts';

/** @param given the texts of this call; those of an earlier one are in the draft */
export async function endParallel(
  input: EndInput,
  context: OperationContext,
  project: Project,
  facts: Observation,
  given: Partial<Draft>,
): Promise<Outcome<EndReport>> {
  const session = targetOf(input, facts);
  refuseBusy(context, session);
  const strategy = input.strategy ?? (input.yes ? 'keep' : null);
  if (strategy !== null && strategy !== 'pr' && input.draft) {
    throw endUsage('--draft belongs to --strategy pr.');
  }
  if (session.place.kind !== 'present') {
    return endWithoutFolder(input, context, project, facts, session, given);
  }
  const { path: checkout, privateDir: gitDir, head } = session.place;
  // what is abandoned is not committed first, unless that was asked for
  if (strategy !== 'abandon' || input.commit !== undefined) {
    await requireIdentity(project.git, checkout);
  }
  const folders = [project.commonDir, project.sessionsDir, checkout];
  await ensureWritable(project, folders, context.commandLine);
  const dirty = dirtyPaths(await readStatus(project.git, checkout));
  const place: EndPlace = { checkout, gitDir, session, head, dirty };
  const known = await readDraft(gitDir);
  const draft = mergeDraft(known, given);
  const plan = await planEnd(context, project, place, draft);
  const kept: Draft = { ...draft, log: plan.log };
  if (!isEmpty(draft) && JSON.stringify(kept) !== JSON.stringify(known)) {
    await writeDraft(gitDir, kept);
  }
  const request = await requestFor(input, project, session, place, plan);
  const prepared: Prepared = { session, place, draft: kept, plan, request };
  if (strategy === null) return decide(context, project, facts, prepared);
  try {
    await refuse(context, { project, facts }, session, request, strategy);
  } catch (error) {
    const told = await explainRefusal(context, project, session, error);
    throw withCommit(told, commitCall(prepared));
  }
  if (strategy === 'abandon' && !input.yes) {
    const decision = await abandonDecision(context, project, session, request);
    return undecided(decision, { data: { log: plan.log, tasks: plan.tasks } });
  }
  const saves = input.saveLog && (strategy === 'keep' || strategy === 'abandon');
  if (saves) await checkSaving(project.mainCheckout, plan.log);
  const coming = await comingOf(project, place, plan, input.commit ?? null);
  await checkStrategy(context, project, session, { ...request, strategy }, coming);
  const how = { commit: input.commit ?? null, saves };
  return execute(context, project, prepared, strategy, how);
}

/** The call of remove's code that ends this session, spelled as a call of ours. */
async function requestFor(
  input: EndInput,
  project: Project,
  session: SessionFacts,
  place: EndPlace,
  plan: EndPlan,
): Promise<RemoveRequest> {
  const own = new Set(plan.own);
  const all = input.commit === undefined ? null : await committable(project, place);
  const others = place.dirty.filter((path) => !own.has(path));
  const writes = plan.writes.length + (place.dirty.length - others.length) > 0;
  const coming = (input.commit !== undefined && others.length > 0 ? 1 : 0) + (writes ? 1 : 0);
  return {
    key: session.key,
    name: session.name,
    strategy: input.strategy,
    yes: input.yes,
    shape: input.shape,
    title: input.title,
    draft: input.draft,
    verify: input.verify,
    forceInUse: input.forceInUse,
    spelling: {
      command: endCommand,
      more: [
        ...(input.commit === undefined ? [] : ['--commit', input.commit]),
        ...(input.saveLog ? ['--save-log'] : []),
      ],
    },
    committed: (path) => own.has(path) || all?.has(path) === true,
    coming,
    foresee: async (base) => {
      const files = await comingOf(project, place, plan, input.commit ?? null);
      return files === null ? null : foreseeConflicts(project, files, base);
    },
    ifDeclined:
      'Nothing has been written or integrated; the session stays as it is. What you handed in is kept as a draft.',
  };
}

/** The question of the strategy; uncommitted work comes first. */
async function decide(
  context: OperationContext,
  project: Project,
  facts: Observation,
  prepared: Prepared,
): Promise<Outcome<EndReport>> {
  const { session, place, plan, request } = prepared;
  const paths = place.dirty.filter((path) => request.committed?.(path) !== true);
  if (paths.length > 0) {
    const { name } = session;
    const data = {
      name,
      worktree: place.checkout,
      count: paths.length,
      paths: paths.slice(0, 1000),
    };
    throw withCommit(new FlightError('uncommitted-work', data), commitCall(prepared));
  }
  const outcome = await strategyDecision(context, project, facts, session, request);
  const data = { log: plan.log, tasks: plan.tasks };
  return outcome.kind === 'decision' ? { ...outcome, data } : outcome;
}

/** The same call with `--commit`; `null` if that was given and did not help. */
function commitCall({ session, request, plan }: Prepared): readonly string[] | null {
  if (request.spelling?.more.includes('--commit') === true) return null;
  const message = oneLine(plan.goals[0] ?? '', 200) || `Work of ${session.name}`;
  const how = request.strategy === undefined ? [] : ['--strategy', request.strategy];
  return again(request, [...how, ...(request.yes ? ['--yes'] : []), '--commit', message]);
}
