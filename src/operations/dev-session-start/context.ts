/**
 * The context of a new session: where the last one stopped, what is planned, what was done, who
 * works on what, what lies about unfinished. Reads only, and fetches nothing.
 *
 * Processes: those of `status` for the sessions shown; where what one has changed is not known by
 * then, `status` once more, `merge-base` and `diff-tree`.
 */
import { availableParallelism } from 'node:os';
import { pooled } from '../../kernel/pooled.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import { changedPaths } from '../../git/diff.ts';
import { offline } from '../../git/environment.ts';
import { gitWith } from '../../git/git.ts';
import { mergeBases } from '../../git/history.ts';
import { readStatus } from '../../git/status.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { logFolder } from '../../workflow/log-name.ts';
import { listLogs, readLogText } from '../../workflow/log-place.ts';
import { readProgress } from '../../workflow/progress-read.ts';
import { readLog } from '../../workflow/session-log.ts';
import { readTasks, type Task } from '../../workflow/tasks-read.ts';
import type { OperationContext } from '../context.ts';
import type { StartContext, TaskReport } from '../shapes/dev-session-start.ts';
import type { SessionStatus } from '../shapes/status.ts';
import { lookAtSessions } from '../status/sessions.ts';
import { whoWorks } from '../status/strays.ts';
import { bounded } from './bounded.ts';
import { reasonOf, unfinished } from './unfinished.ts';

export interface Context {
  readonly report: StartContext;
  /** all tasks there are, whatever their status */
  readonly tasks: readonly Task[];
}

/** So many logs are looked into for next steps: the newest may be of a session that just began. */
const mostLogs = 5;

/** So many sessions are looked at closely. */
const mostSessions = 40;

/**
 * @param checkout real path of the one whose documents are read, `null` if there is none
 * @param inside name of the session the caller stands in
 */
export async function startContext(
  context: OperationContext,
  reading: Project,
  facts: Observation,
  from: { readonly checkout: AbsolutePath | null; readonly inside: string | null },
): Promise<Context> {
  const project = { ...reading, git: gitWith(reading.git, offline) };
  const { checkout, inside } = from;
  const [documents, sessions] = await Promise.all([
    readDocuments(checkout, inside),
    readSessions(context, project, facts, inside),
  ]);
  const open = documents.tasks.filter(({ state }) => state === 'in-progress');
  const planned = documents.tasks.filter(({ state }) => state === 'planned');
  const lists = {
    nextSteps: documents.nextSteps,
    tasks: [...open, ...planned].map(taskReport),
    progress: documents.progress,
    ...sessions,
  };
  return { report: bounded(lists, documents.unread), tasks: documents.tasks };
}

export function taskReport({ id, title, status, file }: Task): TaskReport {
  return { id, title, status, file };
}

async function readDocuments(
  checkout: AbsolutePath | null,
  inside: string | null,
): Promise<{
  readonly nextSteps: readonly string[];
  readonly tasks: readonly Task[];
  readonly unread: number;
  readonly progress: StartContext['progress'];
}> {
  if (checkout === null) return { nextSteps: [], tasks: [], unread: 0, progress: [] };
  const [nextSteps, { tasks, unread }, progress] = await Promise.all([
    lastNextSteps(checkout, inside),
    readTasks(checkout),
    readProgress(checkout),
  ]);
  return { nextSteps, tasks, unread, progress };
}

async function lastNextSteps(
  checkout: AbsolutePath,
  inside: string | null,
): Promise<readonly string[]> {
  const logs = await listLogs(checkout);
  const others = logs.filter(({ session }) => inside === null || session !== inside);
  for (const { name } of others.slice(0, mostLogs)) {
    const text = await readLogText(checkout, [...logFolder, name].join('/'));
    const steps = text === null ? [] : readLog(text).nextSteps;
    if (steps.length > 0) return steps;
  }
  return [];
}

async function readSessions(
  context: OperationContext,
  project: Project,
  facts: Observation,
  inside: string | null,
): Promise<Pick<StartContext, 'sessions' | 'unfinished'>> {
  const others = facts.sessions.filter((one) => one.name !== inside);
  const source = whoWorks(context, facts);
  const asked = { ...facts, sessions: others.slice(0, mostSessions) };
  const { sessions: looked, touched } = await lookAtSessions(context, project, asked, source, {
    touched: true,
  });
  const { warnings } = await source;
  for (const warning of warnings) context.warn(warning);
  const watched = warnings.every(({ code }) => code !== 'activity-unknown');
  const byName = new Map(others.map((one) => [one.name, one]));
  const active = looked.filter(({ state, health }) => state === 'active' && health !== 'orphaned');
  const sessions = await pooled(active, 2 * availableParallelism(), async (status) => {
    const session = byName.get(status.name);
    if (session === undefined) return sessionOf(status, null);
    const known = touched.get(session.key) ?? (await touchedBy(project, session));
    // its own log is about the work, not part of it
    const paths = known?.filter((path) => path !== session.record?.log) ?? null;
    return sessionOf(status, paths);
  });
  const reasons = looked.flatMap((status) => {
    const reason = reasonOf(status, watched);
    return reason === null ? [] : [unfinished(context, project, status, reason)];
  });
  return { sessions, unfinished: reasons };
}

function sessionOf(
  status: SessionStatus,
  paths: readonly string[] | null,
): StartContext['sessions'][number] {
  const { name, goals, worktree, base, changes, activity } = status;
  return { name, goals, worktree, base, changes, paths, activity };
}

/**
 * Files a session has changed against its base, uncommitted ones too; `null` if unknown. For one
 * that was not asked about its clashes, or where that could not be found out.
 */
async function touchedBy(
  project: Project,
  session: SessionFacts,
): Promise<readonly string[] | null> {
  const { git, commonDir } = project;
  const { place, branchTip, baseTip } = session;
  if (place.kind !== 'present' || branchTip === null || baseTip === null) return null;
  try {
    const status = await readStatus(git, place.path);
    const paths = new Set(status.entries.map(({ path }) => path));
    if (branchTip !== baseTip) {
      const [fork] = await mergeBases(git, commonDir, branchTip, baseTip);
      if (fork === undefined) return null;
      for (const { path } of await changedPaths(git, commonDir, fork, branchTip)) paths.add(path);
    }
    return [...paths].toSorted();
  } catch {
    // one that cannot be read is unknown, and status says why
    return null;
  }
}
