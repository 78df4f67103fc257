/**
 * The second half of ending a parallel session: write, commit, integrate. What fails after
 * something was written says so; the same call goes on from there.
 */
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import { below } from '../../kernel/path.ts';
import { markedGit } from '../../git/git.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { observe } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { Draft } from '../../workflow/draft.ts';
import { progressFile } from '../../workflow/progress.ts';
import { pullRequestBody } from '../../workflow/pull-request-body.ts';
import { warnOfClashes } from '../conflicts/of-one.ts';
import type { OperationContext } from '../context.ts';
import { endSession } from '../remove/end-session.ts';
import { again, type RemoveRequest } from '../remove/request.ts';
import type { EndReport } from '../shapes/dev-session-end.ts';
import type { RemoveReport } from '../shapes/remove.ts';
import { beginEnd, endIntent } from './intent.ts';
import type { EndPlace, EndPlan } from './plan.ts';
import { saveLog } from './save-log.ts';
import { writeEnd, type Progress } from './write.ts';

type Strategy = RemoveReport['strategy'];

/** What was asked for and worked out before anything is written. */
export interface Prepared {
  readonly session: SessionFacts;
  readonly place: EndPlace;
  readonly draft: Draft;
  readonly plan: EndPlan;
  readonly request: RemoveRequest;
}

export interface How {
  /** message for everything that is not committed; `null`: not asked for */
  readonly commit: string | null;
  /** is the log copied to the main checkout? */
  readonly saves: boolean;
}

/** @throws FlightError the refusals; `written-not-integrated` once something was written */
export async function execute(
  context: OperationContext,
  project: Project,
  prepared: Prepared,
  strategy: Strategy,
  how: How,
): Promise<Outcome<EndReport>> {
  const { session, request } = prepared;
  const begun = await beginEnd(context, project, session, request, strategy);
  const progress: Progress = { changed: false, committed: null };
  try {
    const { plan, saved } = await write(
      context,
      project,
      prepared,
      { strategy, ...how },
      {
        token: begun.token,
        progress,
      },
    ).catch(async (error: unknown) => {
      await endIntent(context, project, begun, null).catch(() => undefined);
      throw error;
    });
    await endIntent(context, project, begun, plan.log);
    const integration = await integrate(context, project, prepared, plan, strategy);
    return done({
      log: plan.log,
      progress: progressFile,
      tasks: plan.tasks,
      ...(progress.committed === null ? {} : { committed: progress.committed }),
      ...(saved === null ? {} : { saved }),
      integration,
    });
  } catch (error) {
    throw afterwards(error, prepared, strategy, progress);
  }
}

async function write(
  context: OperationContext,
  project: Project,
  { place, draft }: Prepared,
  { strategy, commit, saves }: How & { readonly strategy: Strategy },
  { token, progress }: { readonly token: string; readonly progress: Progress },
): Promise<{ readonly plan: EndPlan; readonly saved: string | null }> {
  const port = markedGit(project.git, token);
  // what is abandoned is not committed first, unless that was asked for: a hook must not keep it
  const commits = strategy !== 'abandon' || commit !== null;
  const plan = await writeEnd(context, project, port, place, { draft, commit, commits }, progress);
  const main = project.mainCheckout;
  if (!saves || main === null) return { plan, saved: null };
  const room = below(place.gitDir, 'flight-rules');
  return { plan, saved: await saveLog(main, place.checkout, plan.log, room) };
}

async function integrate(
  context: OperationContext,
  project: Project,
  { session: seen, request }: Prepared,
  plan: EndPlan,
  strategy: Strategy,
): Promise<RemoveReport> {
  const { sessions } = await observe(project, context.directory);
  const session = sessions.find((one) => one.key === seen.key);
  if (session === undefined) {
    const known = sessions.map((one) => one.name);
    throw new FlightError('no-such-session', { name: seen.name, known });
  }
  if (strategy === 'merge') {
    await warnOfClashes(context, project, { sessions }, session, request.into);
  }
  // whatever is not committed now is in the way
  const { committed: _, foresee: __, ...rest } = request;
  const body = pullRequestBody(plan.summary, plan.goals);
  const ended = await endSession(context, project, session, { ...rest, strategy, body }, strategy);
  if (ended !== 'changed') return ended;
  throw new FlightError('plan-changed', { name: seen.name, what: 'The branch' });
}

/** Once something was written, no refusal may say that nothing was. */
function afterwards(
  error: unknown,
  { session, plan, request }: Prepared,
  strategy: Strategy,
  progress: Progress,
): unknown {
  if (!progress.changed || !isFlightError(error)) return error;
  if (isFlightError(error, 'landed-not-removed') || isFlightError(error, 'interrupted')) {
    return error;
  }
  const paths: unknown = 'paths' in error.data ? error.data.paths : undefined;
  const listed = Array.isArray(paths) ? paths.map(String) : null;
  const yes = strategy === 'abandon' ? ['--yes'] : [];
  return new FlightError(
    'written-not-integrated',
    {
      name: session.name,
      log: plan.log,
      committed: progress.committed,
      because: error.code,
      why: describe(error).message,
      ...(listed === null ? {} : { paths: listed }),
      again: again(request, ['--strategy', strategy, ...yes]),
    },
    { cause: error },
  );
}
