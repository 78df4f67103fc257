/**
 * What a restore is planned from, read freshly under the lock.
 * Processes: those of `readRegistry` and `worktree list`, unless the caller has just looked; for a
 * branch that moved on those of `forward.ts`.
 */
import { trusted } from '../kernel/brand.ts';
import { FlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { branchRef, type BranchName, type Oid } from '../git/oid.ts';
import { atPrivateDir, headOf } from '../git/private-dir.ts';
import { listWorktrees, type Worktree } from '../git/worktrees.ts';
import { asSessionName, sessionKey, type SessionKey, type SessionName } from '../sessions/name.ts';
import type { Project } from '../sessions/project.ts';
import { readRegistry, type Registry } from '../sessions/registry.ts';
import { homecoming } from '../sessions/settle.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import type { BringBackFacts, BringBackTarget } from './bring-back-plan.ts';
import { isThere } from './disk.ts';
import { clashing, treeChanges } from './forward.ts';
import { adminIdState } from './admin-entry.ts';
import type { Held } from './held.ts';
import { lostBranch } from './other-head.ts';
import { hasModules } from './submodule-links.ts';
import { directoriesOf, type TrashDirectories } from './trash-places.ts';

/** Records, branches and worktrees, as they are under the lock. */
export interface Observed {
  readonly registry: Registry;
  readonly worktrees: readonly Worktree[];
}

export async function lookAround(project: Project, { git }: Held): Promise<Observed> {
  const [registry, worktrees] = await Promise.all([
    readRegistry(git, project.commonDir),
    listWorktrees(git, project.commonDir),
  ]);
  return { registry, worktrees };
}

/** Everything `planBringBack` has to know, read freshly. */
export async function bringBackFacts(
  project: Project,
  { git }: Held,
  entry: TrashEntry,
  { registry, worktrees }: Observed,
  as: SessionName | null,
): Promise<BringBackFacts> {
  const target = await targetOf(project, entry, as);
  const living = registry.sessions.get(target.key) ?? null;
  const branchTip = registry.branches.get(target.branch) ?? null;
  const directories = await directoriesOf(project, entry);
  const adminId = entry.privateDir?.adminId;
  const { privateDir } = directories;
  return {
    entry,
    target,
    living,
    branchTip,
    checkedOutAt: worktrees.find((one) => one.branch === target.branch)?.path ?? null,
    pathTaken: await isThere(target.path),
    directories,
    strangeFolder: await strangeFolder(entry, directories),
    adminId: adminId === undefined ? 'free' : await adminIdState(project, adminId),
    lostBranch: privateDir === null ? null : await lostBranch(git, project, entry, privateDir),
    modules: privateDir !== null && (await hasModules(privateDir)) ? 'some' : 'none',
    clashes: await clashesOf(project, git, entry, { target, branchTip, directories }),
    freeName: freeName(entry.name, registry, project),
  };
}

/** What is where the worktree should wait, but is not it. */
async function strangeFolder(
  entry: TrashEntry,
  directories: TrashDirectories,
): Promise<AbsolutePath | null> {
  if (entry.worktree === null || directories.worktree !== null) return null;
  // without its private git dir nothing is proven, and nothing is moved
  if (directories.privateDir === null) return null;
  const path = absolute(entry.worktree.path);
  return (await isThere(path)) ? path : null;
}

async function clashesOf(
  project: Project,
  git: Held['git'],
  entry: TrashEntry,
  at: {
    readonly target: BringBackTarget;
    readonly branchTip: Oid | null;
    readonly directories: TrashDirectories;
  },
): Promise<string[]> {
  const { privateDir, worktree } = at.directories;
  if (at.branchTip === null || entry.branchTip === null || privateDir === null) return [];
  const bound = atPrivateDir(git, project.commonDir, privateDir);
  if ((await headOf(bound, project.commonDir)) !== branchRef(at.target.branch)) return [];
  const left = trusted<Oid>(entry.branchTip);
  const changes = await treeChanges(git, project.commonDir, left, at.branchTip);
  return clashing(git, project, { privateDir, worktree }, changes);
}

async function targetOf(
  project: Project,
  entry: TrashEntry,
  as: SessionName | null,
): Promise<BringBackTarget> {
  const name = as ?? asSessionName(entry.name);
  if (name === null) {
    throw new FlightError('restore-incomplete', { id: entry.id, why: 'its name is none' });
  }
  if (as === null) {
    return {
      key: sessionKey(name),
      name,
      branch: trusted<BranchName>(entry.branch),
      path: await homecoming(project, absolute(entry.worktree?.from ?? entry.record.worktree)),
    };
  }
  return {
    key: sessionKey(name),
    name,
    branch: trusted<BranchName>(project.settings.branchPrefix.value + name),
    path: below(project.sessionsDir, name),
  };
}

function freeName(name: string, registry: Registry, project: Project): string {
  const branches = [...registry.branches.keys()].map((branch) => branch.toLowerCase());
  for (let n = 2; ; n += 1) {
    const candidate = `${name.slice(0, 95)}-${n}`;
    const branch = `${project.settings.branchPrefix.value}${candidate}`.toLowerCase();
    const known = registry.sessions.has(trusted<SessionKey>(candidate.toLowerCase()));
    if (!known && !branches.includes(branch)) return candidate;
  }
}
