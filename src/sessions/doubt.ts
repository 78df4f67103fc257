/**
 * Refs, folders and processes are read one after another while others change them: a session that
 * is just being made or removed can look broken, or like a stray. Such a look is believed only if
 * the records are still the same afterwards; a stray only if it is still there then, too: the list
 * of worktrees may be older than the refs it was compared with.
 *
 * Processes, only where there is a doubt: `for-each-ref`; for strays also `worktree list`, and
 * `for-each-ref` once more. Where that does not settle it, the same for the strays alone.
 */
import { listRefs, type Ref } from '../git/refs.ts';
import { listWorktrees, type Worktree } from '../git/worktrees.ts';
import type { Stray } from './facts.ts';
import type { Observation } from './observe.ts';
import type { Project } from './project.ts';
import { sessionsPrefix, type Registry } from './registry.ts';

/** Can these facts be believed, as far as one may ever believe what others change? */
export async function isSettled(project: Project, facts: Observation): Promise<boolean> {
  const strays = doubtfulStrays(project, facts);
  if (strays.length === 0 && !isBroken(facts)) return true;
  if (!(await recordsAreStill(project, facts.registry))) return false;
  if (strays.length === 0) return true;
  const now = await listWorktrees(project.git, project.commonDir);
  const there = strays.every((stray) =>
    now.some(({ path, branch }) => path === stray.path && branch === stray.branch),
  );
  return there && (await recordsAreStill(project, facts.registry));
}

/**
 * The strays that are strays whatever else changes: registered before and after a look at which
 * their branch had no record. A session that is being made or removed has one as long as it is
 * registered.
 */
export async function confirmStrays(project: Project, facts: Observation): Promise<Stray[]> {
  const doubtful = doubtfulStrays(project, facts);
  if (doubtful.length === 0) return [...facts.strays];
  const { git, commonDir } = project;
  const before = await listWorktrees(git, commonDir);
  const refs = await listRefs(git, commonDir, [sessionsPrefix]);
  const after = await listWorktrees(git, commonDir);
  const prefix = project.settings.branchPrefix.value;
  const recorded = new Set(refs.map(({ name }) => name.slice(sessionsPrefix.length)));
  const isThere = (stray: Stray, all: readonly Worktree[]): boolean =>
    all.some((one) => one.path === stray.path && one.adminId === stray.adminId);
  return facts.strays.filter(
    (stray) =>
      !doubtful.includes(stray) ||
      (isThere(stray, before) &&
        isThere(stray, after) &&
        !recorded.has(stray.branch?.slice(prefix.length).toLowerCase() ?? '')),
  );
}

/** Strays on a branch of ours: those of other tools have no part in it. */
function doubtfulStrays(project: Project, facts: Observation): Stray[] {
  const prefix = project.settings.branchPrefix.value;
  return facts.strays.filter((one) => one.branch?.startsWith(prefix) === true);
}

/** Does anything look as it would in the middle of somebody else's change? */
function isBroken(facts: Observation): boolean {
  return (
    facts.sessionsDirMissing ||
    facts.sessions.some((one) => one.recordOid !== null && !['ok', 'locked'].includes(one.health))
  );
}

async function recordsAreStill(project: Project, registry: Registry): Promise<boolean> {
  return sameRecords(registry, await listRefs(project.git, project.commonDir, [sessionsPrefix]));
}

function sameRecords(registry: Registry, refs: readonly Ref[]): boolean {
  if (refs.length !== registry.sessions.size) return false;
  const seen = new Map<string, string>();
  for (const stored of registry.sessions.values()) seen.set(stored.ref, stored.oid);
  return refs.every((ref) => seen.get(ref.name) === ref.oid);
}
