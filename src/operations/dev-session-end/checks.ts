/**
 * What is asked before an end writes anything: the refusals of remove, and what the strategy will
 * need. All of it leaves no trace.
 */
import { trusted } from '../../kernel/brand.ts';
import { FlightError, isFlightError } from '../../kernel/errors.ts';
import type { BranchName, Oid } from '../../git/oid.ts';
import { branchRef, parseBranchName } from '../../git/oid.ts';
import { readRef } from '../../git/refs.ts';
import { readStatus, type StatusEntry } from '../../git/status.ts';
import { preparePublishing } from '../../forge/publish.ts';
import { foreseeLanding, type Coming } from '../../integration/foresee.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import { verification } from '../../trust/verification.ts';
import { bytesOf } from '../../workflow/checkout-file.ts';
import type { OperationContext } from '../context.ts';
import type { RemoveRequest } from '../remove/request.ts';
import type { EndPlace, EndPlan } from './plan.ts';
import { filesToCome } from './write.ts';

/** Paths that `add --all` commits whole: not what is inside of submodules and other repositories. */
export async function committable(project: Project, place: EndPlace): Promise<ReadonlySet<string>> {
  const { entries } = await readStatus(project.git, place.checkout);
  return new Set(entries.filter(isCommittable).map(({ path }) => path));
}

function isCommittable({ kind, submodule, path }: StatusEntry): boolean {
  if (path.endsWith('/')) return false;
  return (kind === 'tracked' || kind === 'untracked') && /^(?:N\.\.\.|SC\.\.)$/u.test(submodule);
}

/** The refusal of uncommitted work, with the call that commits it. */
export function withCommit(error: unknown, call: readonly string[] | null): unknown {
  if (call === null || !isFlightError(error, 'uncommitted-work')) return error;
  const { log: _, ...data } = error.data;
  return new FlightError('uncommitted-work', { ...data, commit: call });
}

/** What will be committed before the session leaves. */
export async function comingOf(
  project: Project,
  place: EndPlace,
  plan: EndPlan,
  commit: string | null,
): Promise<Coming | null> {
  const { head, checkout, gitDir } = place;
  if (head === null) return null;
  const paths = new Set(await filesToCome(project.git, plan, checkout));
  const files = plan.writes
    .filter(({ file }) => paths.has(file.path))
    .map(({ file, text }) => ({ path: file.path, bytes: bytesOf(file, text) }));
  const all = commit !== null || place.dirty.length > 0;
  return { worktree: checkout, privateDir: gitDir, head, all, files };
}

/**
 * What merge or pr will refuse.
 * @throws FlightError of the landing, of the verification that is not approved, of the forge
 */
export async function checkStrategy(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  request: RemoveRequest,
  coming: Coming | null,
): Promise<void> {
  switch (request.strategy) {
    case 'merge':
      return checkMerge(context, project, session, request, coming);
    case 'pr': {
      const worktree = session.place.kind === 'present' ? session.place.path : null;
      const base = baseOf(session);
      const { env, signal } = context;
      await preparePublishing(project, { name: session.name, base, worktree, env, signal });
      return;
    }
    case 'keep':
    case 'abandon':
    case undefined:
      return;
  }
}

async function checkMerge(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  request: RemoveRequest,
  coming: Coming | null,
): Promise<void> {
  const base = baseOf(session);
  await verification(project, request.verify === undefined ? [] : [request.verify], {
    env: context.env,
    session: {
      name: session.name,
      worktree: coming?.worktree ?? project.root,
      branch: session.branch,
      base,
      projectRoot: project.root,
    },
  });
  const baseTip = await tipOf(project, session, base);
  if (coming === null) return;
  await foreseeLanding(project, coming, {
    name: session.name,
    goals: session.record?.goals ?? [],
    branch: session.branch,
    base,
    baseTip,
    shape: request.shape ?? null,
  });
}

async function tipOf(project: Project, session: SessionFacts, base: BranchName): Promise<Oid> {
  const tip = await readRef(project.git, project.commonDir, branchRef(base));
  if (tip !== null) return tip;
  throw new FlightError('base-gone', { name: session.name, base });
}

function baseOf(session: SessionFacts): BranchName {
  const base = session.record?.base.name ?? '';
  return parseBranchName(base) ?? trusted<BranchName>(base);
}
