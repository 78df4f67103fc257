/**
 * What each strategy would meet here, found out without changing anything and without network:
 * how far the base is, whether a merge would conflict (simulated with private objects), whether
 * there is a remote and a program that opens pull requests.
 */
import { isoSeconds } from '../../kernel/clock.ts';
import { listedInline } from '../../kernel/catalogue/entry.ts';
import { describe, isFlightError } from '../../kernel/errors.ts';
import { trusted } from '../../kernel/brand.ts';
import { aheadBehind } from '../../git/distance.ts';
import { mergeTree } from '../../git/merge-tree.ts';
import type { BranchName, Oid } from '../../git/oid.ts';
import { NoSimulation, withPrivateObjects } from '../../git/simulation.ts';
import { findForgeProgram } from '../../forge/program.ts';
import { forgesOf } from '../../forge/forge.ts';
import { findRemote } from '../../forge/remote.ts';
import { findBase } from '../../integration/base-place.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { readRef } from '../../git/refs.ts';
import { branchRef } from '../../git/oid.ts';
import type { OperationContext } from '../context.ts';
import { expiresAt } from '../expiry.ts';
import type { RemoveReport } from '../shapes/remove.ts';
import type { RemoveRequest } from './request.ts';

export interface WaysHome {
  readonly base: string;
  readonly ahead: number | null;
  readonly behind: number | null;
  /** paths; `null` if that could not be found out */
  readonly conflicts: readonly string[] | null;
  readonly remote: string | null;
  readonly forge: string | null;
  /** a day, e.g. `2026-11-29` */
  readonly restoreUntil: string;
  /** why a strategy cannot work, beyond what preflight says */
  readonly unavailable: Readonly<Record<RemoveReport['strategy'], string | null>>;
}

/** @param facts without them only what abandon says is looked up */
export async function lookForWaysHome(
  context: OperationContext,
  project: Project,
  facts: Observation | null,
  session: SessionFacts,
  request: RemoveRequest,
): Promise<WaysHome> {
  const base = trusted<BranchName>(request.into ?? session.record?.base.name ?? '');
  const removedAt = isoSeconds(context.clock.now());
  const restoreUntil = expiresAt(project, { removedAt }).slice(0, 10);
  const baseTip =
    facts === null
      ? await readRef(project.git, project.commonDir, branchRef(base))
      : (facts.registry.branches.get(base) ?? null);
  const tip = session.branchTip;
  const none = { base, ahead: null, behind: null, conflicts: null, remote: null, forge: null };
  if (tip === null) {
    const why = `branch ${session.branch} is gone.`;
    return {
      ...none,
      restoreUntil,
      unavailable: { pr: why, merge: why, keep: why, abandon: null },
    };
  }
  const counts =
    baseTip === null
      ? null
      : await aheadBehind(project.git, project.commonDir, tip, baseTip).catch(() => null);
  const ways = { ...none, ...counts, restoreUntil };
  if (facts === null) {
    return { ...ways, unavailable: { pr: null, merge: null, keep: null, abandon: null } };
  }
  const [conflicts, forge] = await Promise.all([
    baseTip === null
      ? null
      : (request.foresee?.(baseTip) ?? predictConflicts(project, baseTip, tip)),
    lookForForge(context, project, session, base),
  ]);
  const merge =
    baseTip === null
      ? `${base} is no local branch.`
      : conflicts !== null && conflicts.length > 0
        ? conflictsText(session, base, conflicts)
        : await baseTrouble(project, base);
  return {
    ...ways,
    conflicts,
    remote: forge.remote,
    forge: forge.program,
    unavailable: { pr: forge.why, merge, keep: null, abandon: null },
  };
}

/** With another branch than its own base sync does not help. */
function conflictsText(
  { name, record, place }: SessionFacts,
  base: BranchName,
  paths: readonly string[],
): string {
  const where = `It conflicts in ${listedInline(paths)}.`;
  if (place.kind !== 'present' || record?.base.name !== base) return where;
  return `${where} parallel sync ${name} --leave-conflicts brings ${base} in, to resolve it.`;
}

async function predictConflicts(project: Project, base: Oid, tip: Oid): Promise<string[] | null> {
  try {
    return await withPrivateObjects(project.git, project, async ({ git, cwd }) => {
      const merged = await mergeTree(git, cwd, base, tip);
      return merged.kind === 'clean' ? [] : merged.conflicts.map((one) => one.path);
    });
  } catch (error) {
    if (error instanceof NoSimulation || isFlightError(error)) return null;
    throw error;
  }
}

async function baseTrouble(project: Project, base: BranchName): Promise<string | null> {
  try {
    await findBase(project.git, project, base);
    return null;
  } catch (error) {
    if (isFlightError(error)) return describe(error).message;
    throw error;
  }
}

interface ForgeLook {
  readonly remote: string | null;
  readonly program: string | null;
  readonly why: string | null;
}

/** Remote and program only: whether somebody is logged in costs the network. */
async function lookForForge(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  base: BranchName,
): Promise<ForgeLook> {
  try {
    const remote = await findRemote(project.git, project.root, { name: session.name, base });
    const avoid = [project.root, project.sessionsDir];
    const candidates = forgesOf(remote.address.host);
    const program = candidates.find(
      (one) => findForgeProgram(one, { env: context.env, avoid }) !== null,
    );
    const why = program === undefined ? `${candidates.join(' or ')} is not installed.` : null;
    return { remote: remote.name, program: program ?? null, why };
  } catch (error) {
    if (!isFlightError(error)) throw error;
    return { remote: null, program: null, why: describe(error).message };
  }
}
