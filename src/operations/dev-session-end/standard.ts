/**
 * Ending a session outside of a parallel one: log, progress, learnings and tasks are written in
 * the checkout we stand in. Nothing is refused, integrated or, without `--commit`, committed.
 */
import { basename } from 'node:path';
import { FlightError } from '../../kernel/errors.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import { requireIdentity } from '../../git/commit.ts';
import { operationInProgress } from '../../git/operation.ts';
import { real } from '../../git/repository.ts';
import { readStatus } from '../../git/status.ts';
import { ensureWritable } from '../../safety/writable.ts';
import type { Project } from '../../sessions/project.ts';
import { emptyDraft, mergeDraft, readDraft, writeDraft, type Draft } from '../../workflow/draft.ts';
import { newestLogs } from '../../workflow/log-name.ts';
import { listLogs } from '../../workflow/log-place.ts';
import { progressFile } from '../../workflow/progress.ts';
import type { OperationContext } from '../context.ts';
import type { EndReport } from '../shapes/dev-session-end.ts';
import { endUsage, type EndInput } from './input.ts';
import { planEnd, type EndPlace } from './plan.ts';
import { dirtyPaths, writeEnd, type Progress } from './write.ts';

/** @throws FlightError `usage` for what belongs to a parallel session, `no-checkout`, `odd-file` */
export async function endStandard(
  input: EndInput,
  context: OperationContext,
  project: Project,
  given: Partial<Draft>,
): Promise<Outcome<EndReport>> {
  refuseStrategy(input);
  const { git, repository } = project;
  // in the git dir itself there is no checkout around us, but perhaps the main one
  const root = repository.worktree ?? project.mainCheckout;
  if (root === null) throw new FlightError('no-checkout', { root: project.root });
  const checkout = await real(root);
  const gitDir = repository.worktree === null ? project.commonDir : repository.gitDir;
  if (input.commit !== undefined) await refuseCommit(project, checkout, gitDir);
  await ensureWritable(project, [checkout], context.commandLine);
  const status = await readStatus(git, checkout);
  const place: EndPlace = {
    checkout,
    gitDir,
    session: null,
    head: status.head,
    dirty: dirtyPaths(status),
  };
  const known = await openDraft(context, project, place);
  const draft = mergeDraft(known, given);
  const plan = await planEnd(context, project, place, draft);
  const kept: Draft = { ...draft, log: plan.log };
  if (plan.writes.length > 0 && JSON.stringify(kept) !== JSON.stringify(known)) {
    await writeDraft(gitDir, kept);
  }
  const progress: Progress = { changed: false, committed: null };
  const commit = input.commit ?? null;
  const writing = { draft: kept, commit, commits: commit !== null };
  const written = await writeEnd(context, project, git, place, writing, progress);
  return done({
    log: written.log,
    progress: progressFile,
    tasks: written.tasks,
    ...(progress.committed === null ? {} : { committed: progress.committed }),
    uncommitted: dirtyPaths(await readStatus(git, checkout)),
  });
}

/**
 * The draft of a call that was cut off. It is of another session, and over, once a newer log was
 * begun, or once all of it stands in a log that somebody has committed by hand.
 */
async function openDraft(
  context: OperationContext,
  project: Project,
  place: EndPlace,
): Promise<Draft> {
  const draft = await readDraft(place.gitDir);
  if (draft.log === undefined) return draft;
  const [newest] = (await listLogs(place.checkout)).filter(({ session }) => session === null);
  const name = basename(draft.log);
  if (newest !== undefined && newestLogs([newest.name, name])[0]?.name !== name) return emptyDraft;
  if (place.dirty.includes(draft.log)) return draft;
  const { writes } = await planEnd(context, project, place, draft);
  return writes.length === 0 ? emptyDraft : draft;
}

/** There is nothing to integrate: the work is where it belongs. */
function refuseStrategy(input: EndInput): void {
  const flags = [
    ['--strategy', input.strategy !== undefined],
    ['--shape', input.shape !== undefined],
    ['--title', input.title !== undefined],
    ['--draft', input.draft],
    ['--verify', input.verify !== undefined],
    ['--save-log', input.saveLog],
    ['--force-in-use', input.forceInUse],
  ] as const;
  const [flag] = flags.find(([, given]) => given) ?? [];
  if (flag === undefined) return;
  throw endUsage(`${flag} belongs to a parallel session, and this is none. To end one, name it.`);
}

async function refuseCommit(
  project: Project,
  checkout: AbsolutePath,
  gitDir: AbsolutePath,
): Promise<void> {
  await requireIdentity(project.git, checkout);
  const found = await operationInProgress(gitDir);
  if (found.kind === 'none') return;
  const operation = found.kind === 'operation' ? found.operation : `operation (${found.why})`;
  const data = { name: '', worktree: checkout, operation };
  throw new FlightError('operation-in-progress', data);
}
