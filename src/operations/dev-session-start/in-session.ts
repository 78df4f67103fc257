/**
 * Inside a session: it is resumed. Its log is written only if there is none; nothing else changes,
 * and no second session is offered.
 */
import { done, type Outcome } from '../../kernel/outcome.ts';
import { absolute } from '../../kernel/path.ts';
import { commitLog } from '../../git/distance.ts';
import { oid } from '../../git/oid.ts';
import { real } from '../../git/repository.ts';
import { readStatus } from '../../git/status.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { observe, type Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { checkLogFolder } from '../../workflow/log-place.ts';
import { isRecoverable } from '../busy.ts';
import { change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { newSession } from '../new-session.ts';
import type { StartReport } from '../shapes/dev-session-start.ts';
import { startContext } from './context.ts';
import { ensureLog, existingLog, wholeSession, type LoggedSession } from './record-log.ts';
import type { StartRequest } from './request.ts';

/** So many paths and commits are listed. */
const most = 100;

/** @param name of the session the caller stands in */
export async function resumeSession(
  context: OperationContext,
  project: Project,
  seen: Observation,
  asked: { readonly request: StartRequest; readonly name: string },
): Promise<Outcome<StartReport>> {
  const { request, name } = asked;
  const find = (facts: Observation): SessionFacts | undefined =>
    facts.sessions.find((one) => one.name === name);
  let facts = seen;
  const first = find(facts);
  if (first !== undefined && isRecoverable(context, first)) {
    // what was cut off is finished or taken back first, as by every command that changes something
    await change(context, project, async () => undefined);
    facts = await observe(project, context.directory);
  }
  const session = find(facts);
  const logged = await withLog(context, project, name, session);
  const { record, worktree, log } = logged;
  for (const warning of warnings(request, record.goals, name)) context.warn(warning);
  const checkout = await real(worktree);
  const [{ report }, uncommitted, commits] = await Promise.all([
    startContext(context, project, facts, { checkout, inside: name }),
    readStatus(project.git, worktree).then(
      ({ entries }) => entries.slice(0, most).map(({ path }) => path),
      () => null,
    ),
    commitsOf(project, session),
  ]);
  return done(
    {
      mode: 'in-session' as const,
      log: absolute(log, worktree),
      session: newSession(record),
      goals: record.goals,
      uncommitted,
      commits,
      context: report,
    },
    {
      next: [
        { args: ['parallel', 'status', name], why: 'shows the session in full' },
        { args: ['dev-session', 'end', name], why: 'ends it: summary, log, and how it comes home' },
      ],
    },
  );
}

/** Nothing is locked or written where the log is there and recorded. */
async function withLog(
  context: OperationContext,
  project: Project,
  name: string,
  session: SessionFacts | undefined,
): Promise<LoggedSession> {
  const { record, worktree } = wholeSession(context, name, session);
  const log = await existingLog(project, worktree, record, context.env['TZ']);
  if (log !== null && log === record.log && session?.recordOid !== null) {
    return { record, worktree, log };
  }
  if (log === null) await checkLogFolder(await real(worktree));
  return ensureLog(context, project, name);
}

async function commitsOf(
  project: Project,
  session: SessionFacts | undefined,
): Promise<StartReport['commits']> {
  const { record, branchTip, baseTip } = session ?? {};
  if (record === undefined || record === null || branchTip === undefined || branchTip === null) {
    return null;
  }
  const base = baseTip ?? oid(record.base.oid);
  return commitLog(project.git, project.commonDir, base, branchTip, most).catch(() => null);
}

function warnings(
  request: StartRequest,
  recorded: readonly string[],
  name: string,
): { code: string; message: string }[] {
  const { goals, mode } = request;
  const others = goals.filter((goal) => !recorded.includes(goal));
  const said = [];
  if (others.length > 0) {
    const message = `Session ${name} is resumed with the goals it was started with; the goals given now are not recorded: ${others.map((goal) => JSON.stringify(goal)).join(', ')}.`;
    said.push({ code: 'goals-differ', message });
  }
  if (mode !== null) {
    const message = `This is session ${name}, which is resumed. Another session is started from the main checkout.`;
    said.push({ code: 'in-session', message });
  }
  return said;
}
