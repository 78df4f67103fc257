/**
 * The writing part of an end: work that is to be committed first, then log, progress, learnings
 * and tasks, then a commit of exactly these. Each step over what a cut-off one left is the same
 * step again, or nothing.
 */
import { FlightError } from '../../kernel/errors.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { ignoredPaths } from '../../git/ignored.ts';
import type { Git } from '../../git/git.ts';
import type { Oid } from '../../git/oid.ts';
import { readStatus, type Status } from '../../git/status.ts';
import { commitHere } from '../../integration/commit-here.ts';
import type { Project } from '../../sessions/project.ts';
import { writeCheckoutFile } from '../../workflow/checkout-file.ts';
import { dropDraft, type Draft } from '../../workflow/draft.ts';
import type { OperationContext } from '../context.ts';
import { logCommitSubject, planEnd, type EndPlace, type EndPlan } from './plan.ts';

export interface Writing {
  readonly draft: Draft;
  /** message for everything that is not committed yet; `null`: it stays as it is */
  readonly commit: string | null;
  /** are log and progress committed? */
  readonly commits: boolean;
}
/** What a caller learns even if it fails half-way. */
export interface Progress {
  changed: boolean;
  committed: Oid | null;
}

/**
 * @param port git of this operation
 * @throws FlightError `hook-failed`, `commit-failed`, `sign-failed`, `plan-changed`, `disk-failed`
 */
export async function writeEnd(
  context: OperationContext,
  project: Project,
  port: Git,
  seen: EndPlace,
  writing: Writing,
  progress: Progress,
): Promise<EndPlan> {
  const here: Project = { ...project, git: port };
  const { checkout, gitDir } = seen;
  const first = await planEnd(context, here, seen, writing.draft);
  const others = seen.dirty.filter((path) => !first.own.includes(path));
  if (writing.commit !== null && others.length > 0) {
    await commitWork(here, checkout, writing.commit, first.own);
    progress.changed = true;
  }
  const place = progress.changed ? await placeNow(port, seen) : seen;
  const plan = progress.changed ? await planEnd(context, here, place, writing.draft) : first;
  const room = below(gitDir, 'flight-rules');
  for (const { file, text, step } of plan.writes) {
    await writeCheckoutFile(file, text, room, step);
    progress.changed = true;
  }
  if (writing.commits) {
    progress.committed = await commitOwn(here, checkout, plan, seen.session?.name ?? null);
    if (progress.committed !== null) progress.changed = true;
  }
  await dropDraft(gitDir);
  return plan;
}

/** Everything but what is committed by itself afterwards; the index is left as `add --all` makes it. */
async function commitWork(
  { git, root }: Project,
  worktree: AbsolutePath,
  message: string,
  own: readonly string[],
): Promise<void> {
  const { entries } = await readStatus(git, worktree);
  const shown = entries.filter(({ kind }) => kind !== 'ignored');
  const others = shown.filter(({ path }) => !own.includes(path));
  const paths = others.length === shown.length ? ('all' as const) : others.map(({ path }) => path);
  const untracked = others.filter(({ kind }) => kind === 'untracked').map(({ path }) => path);
  await commitHere(git, { worktree, root, message, paths, untracked, step: 'work-commit' });
}

async function commitOwn(
  { git, root }: Project,
  worktree: AbsolutePath,
  plan: EndPlan,
  name: string | null,
): Promise<Oid | null> {
  const { entries } = await readStatus(git, worktree);
  const mine = entries.filter(({ path, kind }) => plan.own.includes(path) && kind !== 'ignored');
  if (mine.length === 0) return null;
  if (mine.some(({ kind }) => kind === 'unmerged')) {
    throw new FlightError('commit-failed', { why: 'they have unresolved conflicts' });
  }
  const paths = mine.map(({ path }) => path);
  const untracked = mine.filter(({ kind }) => kind === 'untracked').map(({ path }) => path);
  const message = name === null ? logCommitSubject : `${logCommitSubject} of ${name}`;
  return commitHere(git, { worktree, root, message, paths, untracked, step: 'log-commit' });
}

/** The same place after something was committed or written in it. */
async function placeNow(port: Git, place: EndPlace): Promise<EndPlace> {
  const status = await readStatus(port, place.checkout);
  return { ...place, head: status.head, dirty: dirtyPaths(status) };
}

export function dirtyPaths({ entries }: Status): readonly string[] {
  return entries.filter(({ kind }) => kind !== 'ignored').map(({ path }) => path);
}

/** Of the files to come those that git will not ignore, as bytes. */
export async function filesToCome(
  port: Git,
  plan: EndPlan,
  checkout: AbsolutePath,
): Promise<readonly string[]> {
  const paths = plan.writes.map(({ file }) => file.path);
  const ignored = await ignoredPaths(port, checkout, paths);
  return paths.filter((path) => !ignored.has(path));
}
