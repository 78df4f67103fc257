/**
 * What an end writes into the checkout, worked out from what is there: the completed log, the
 * entry in progress, learnings, statuses of tasks. Nothing is written here; the same texts over
 * what was written already are no change at all.
 */
import { dirname } from 'node:path';
import { FlightError } from '../../kernel/errors.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { changedPaths, changesOfCommits } from '../../git/diff.ts';
import { commitsBetween, mergeBases, subjectsOf } from '../../git/history.ts';
import { listIndexAt } from '../../git/index-entries.ts';
import { commitsSince } from '../../git/recent.ts';
import { isOid, type Oid } from '../../git/oid.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import { readCheckoutFile, spelledFor, type CheckoutFile } from '../../workflow/checkout-file.ts';
import { completeLog, sectionText, type Ending } from '../../workflow/complete.ts';
import type { Draft } from '../../workflow/draft.ts';
import { learningsFile, withLearnings } from '../../workflow/learnings.ts';
import { localTime } from '../../workflow/log-name.ts';
import { firstParagraph, oneLine } from '../../workflow/one-line.ts';
import { progressFile, withEntry } from '../../workflow/progress.ts';
import { newLog, readLog } from '../../workflow/session-log.ts';
import { readTemplate } from '../../workflow/templates.ts';
import type { OperationContext } from '../context.ts';
import { findLog } from './log.ts';
import { planTasks, type ReportedTask } from './tasks.ts';

/** Where a session, parallel or not, is ended. */
export interface EndPlace {
  /** real path of the worktree's root */
  readonly checkout: AbsolutePath;
  /** its own git dir */
  readonly gitDir: AbsolutePath;
  /** `null`: outside of a session */
  readonly session: SessionFacts | null;
  /** `null` before the first commit */
  readonly head: Oid | null;
  /** not committed and not ignored, relative */
  readonly dirty: readonly string[];
}

interface PlannedWrite {
  readonly file: CheckoutFile;
  readonly text: string;
  /** names the fault points */
  readonly step: string;
}

export interface EndPlan {
  /** relative, with `/` */
  readonly log: string;
  readonly writes: readonly PlannedWrite[];
  /** what this command writes or could write: its uncommitted work is committed by itself */
  readonly own: readonly string[];
  readonly tasks: readonly ReportedTask[];
  readonly goals: readonly string[];
  /** of the completed log */
  readonly summary: string;
}

const mostCommits = 100;

/** First words of the message of our own commit: it is not listed in the log it brings. */
export const logCommitSubject = 'docs: session log';

/**
 * @throws FlightError `odd-file`, `no-such-task`, `ambiguous-task`
 */
export async function planEnd(
  context: OperationContext,
  project: Project,
  place: EndPlace,
  draft: Draft,
): Promise<EndPlan> {
  const { checkout, session } = place;
  const at = localTime(context.clock.now(), context.env['TZ']);
  const folders = project.mainCheckout === null ? [checkout] : [checkout, project.mainCheckout];
  const log = await findLog(place, draft, at);
  const [logFile, progress, learnings, tasks] = await Promise.all([
    readCheckoutFile(checkout, log.path),
    readCheckoutFile(checkout, progressFile),
    readCheckoutFile(checkout, learningsFile),
    planTasks(checkout, draft.tasks),
  ]);
  await refuseLeftOut(project, checkout, [logFile, progress, learnings]);
  const taskPaths = tasks.writes.map(({ file }) => file.path);
  const own = [log.path, progressFile, learningsFile, ...taskPaths];
  const there = logFile.text === null ? null : readLog(logFile.text);
  const goals = session?.record?.goals ?? there?.goals ?? [];
  const template = await templateText(context, 'session-log.md', folders);
  const started =
    logFile.text ?? newLog(template, { ...at, goals, session: headerOf(session, checkout) });
  const work = await workOf(project, place, log.since, own);
  const ending: Ending = {
    summary: draft.summary,
    goals,
    next: draft.next,
    ...work,
    files: [...new Set([...work.files, ...taskPaths])].toSorted(),
  };
  const completed = completeLog(started, spelled(logFile, ending));
  const summary = draft.summary ?? sectionText(completed, 'Summary');
  const name = log.path.split('/').at(-1) ?? log.path;
  const entry = {
    date: spelledFor(progress, at.date),
    title: spelledFor(progress, titleOf(session, goals)),
    summary: spelledFor(progress, oneLine(firstParagraph(summary), 300)),
    log: name,
  };
  const shape = await templateText(context, 'progress-entry.md', folders);
  const learned = draft.learned.map((text) => spelledFor(learnings, text));
  const writes: PlannedWrite[] = [
    { file: logFile, text: completed, step: 'log' },
    { file: progress, text: withEntry(progress.text, entry, shape), step: 'progress' },
    { file: learnings, text: withLearnings(learnings.text, learned) ?? '', step: 'learnings' },
    ...tasks.writes,
  ];
  return {
    log: log.path,
    writes: writes.filter(({ file, text }) => text !== (file.text ?? '')),
    own,
    tasks: tasks.shown(goals),
    goals,
    summary,
  };
}

/**
 * A file that a sparse checkout leaves out is no missing one: written anew, it would take the place
 * of what is committed.
 */
async function refuseLeftOut(
  { git }: Project,
  checkout: AbsolutePath,
  files: readonly CheckoutFile[],
): Promise<void> {
  const absent = files.filter(({ text }) => text === null).map(({ path }) => path);
  const known = await listIndexAt(git, checkout, absent);
  const left = known.find(({ skipWorktree }) => skipWorktree);
  if (left === undefined) return;
  throw new FlightError('odd-file', {
    file: below(checkout, ...left.path.split('/')),
    what: 'left out of this sparse checkout',
    sparse: { checkout, folder: dirname(left.path) },
  });
}

function spelled(file: CheckoutFile, ending: Ending): Ending {
  const own = (text: string): string => spelledFor(file, text);
  return {
    summary: ending.summary === null ? null : own(ending.summary),
    goals: ending.goals.map(own),
    next: ending.next.map(own),
    commits: ending.commits.map(({ oid, subject }) => ({ oid, subject: own(subject) })),
    files: ending.files.map(own),
  };
}

function titleOf(session: SessionFacts | null, goals: readonly string[]): string {
  const goal = oneLine(goals[0] ?? '', 80);
  // two sessions of one day may have the same goal
  if (session === null) return goal === '' ? 'Session' : goal;
  return goal === '' ? session.name : `${session.name}: ${goal}`;
}

function headerOf(
  session: SessionFacts | null,
  checkout: AbsolutePath,
): Parameters<typeof newLog>[1]['session'] {
  if (session?.record === null || session === null) return null;
  const { name, branch, record } = session;
  return { name, branch, worktree: checkout, base: record.base };
}

async function templateText(
  context: OperationContext,
  name: Parameters<typeof readTemplate>[0],
  folders: readonly AbsolutePath[],
): Promise<string> {
  const { text, warnings } = await readTemplate(name, folders);
  for (const warning of warnings) context.warn(warning);
  return text;
}

type Work = Pick<Ending, 'commits' | 'files'>;

/** Commits and files since the session began, without those of our own. */
async function workOf(
  { git }: Project,
  { checkout, session, head, dirty }: EndPlace,
  since: string | null,
  own: readonly string[],
): Promise<Work> {
  if (session === null && since === null) return { commits: [], files: [] };
  if (head === null) return { commits: [], files: dirty.filter((path) => !own.includes(path)) };
  const base = session?.baseTip ?? null;
  const from = base ?? session?.record?.base.oid ?? null;
  const oids =
    session === null
      ? await commitsSince(git, checkout, since ?? '', mostCommits)
      : await commitsBetween(git, checkout, asOid(from), head, { limit: mostCommits });
  const subjects = await subjectsOf(git, checkout, oids);
  const commits = oids
    .map((oid, at) => ({ oid, subject: subjects[at] ?? '' }))
    .filter(({ subject }) => !subject.startsWith(logCommitSubject));
  const changed = await (session === null
    ? ofCommits(
        git,
        checkout,
        commits.map(({ oid }) => oid),
      )
    : sinceFork(git, checkout, asOid(from), head));
  const files = [...new Set([...changed, ...dirty])].filter((path) => !own.includes(path));
  return { commits, files };
}

async function ofCommits(
  git: Project['git'],
  checkout: AbsolutePath,
  oids: readonly Oid[],
): Promise<string[]> {
  const changes = await changesOfCommits(git, checkout, oids);
  return [...changes.values()].flat().map(({ path }) => path);
}

async function sinceFork(
  git: Project['git'],
  checkout: AbsolutePath,
  from: Oid,
  head: Oid,
): Promise<string[]> {
  const [fork] = await mergeBases(git, checkout, from, head);
  if (fork === undefined) return [];
  return (await changedPaths(git, checkout, fork, head)).map(({ path }) => path);
}

function asOid(text: string | null): Oid {
  if (text !== null && isOid(text)) return text;
  throw new FlightError('bug', { what: 'a session without a base' });
}
