/**
 * Entries of the manifest that no record stands behind: written by v0.15.8, by hand, or by
 * somebody hostile. One becomes a session only if it is proven: its branch is the session branch
 * of its id, and its path is the one we would have used, or a registered worktree of that branch.
 * Everything else stays in the file verbatim and is never acted on.
 */
import { dirname } from 'node:path';
import { trusted } from '../kernel/brand.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import type { BranchName } from '../git/oid.ts';
import { real } from '../git/repository.ts';
import type { Worktree } from '../git/worktrees.ts';
import { exists } from './links.ts';
import type { ManifestEntry, ReadManifest, UnprovenEntry } from './manifest.ts';
import { asSessionName, sessionKey, type SessionName } from './name.ts';
import type { Project } from './project.ts';
import type { Registry } from './registry.ts';

/** A proven entry: what its record would be made of. */
export interface Adoptable {
  readonly name: SessionName;
  readonly branch: BranchName;
  readonly worktree: AbsolutePath;
  /** the registration, if there is one */
  readonly registered: Worktree | null;
  readonly branchExists: boolean;
  readonly directoryExists: boolean;
  readonly goals: readonly string[];
  readonly startedAt: string | null;
  readonly inReview: boolean;
}

export interface Adoption {
  readonly proven: readonly Adoptable[];
  readonly unproven: readonly UnprovenEntry[];
}

/** The branches of v0.15.8, whatever the prefix is set to today. */
const originalPrefix = 'session/';

/** Judges every entry of ours-not-recorded. Reads the file system, starts no process. */
export async function judgeEntries(
  project: Project,
  manifest: ReadManifest,
  registry: Registry,
  worktrees: readonly Worktree[],
): Promise<Adoption> {
  const proven: Adoptable[] = [];
  const unproven: UnprovenEntry[] = [];
  if (manifest.kind !== 'ok') return { proven, unproven };
  const seen = new Set<string>();
  for (const entry of manifest.entries) {
    if (entry['recordedBy'] !== undefined) continue;
    const name = asSessionName(entry.id);
    if (name !== null && registry.sessions.has(sessionKey(name))) continue;
    if (isRest(entry, registry)) continue;
    const verdict = await judge(project, entry, name, registry, worktrees);
    if (typeof verdict === 'string') unproven.push({ id: entry.id, why: verdict });
    else if (seen.has(sessionKey(verdict.name))) {
      unproven.push({ id: entry.id, why: 'another entry has the same id' });
    } else {
      seen.add(sessionKey(verdict.name));
      proven.push(verdict);
    }
  }
  return { proven, unproven };
}

/**
 * Is this entry the rest of a session that was taken over and has left since, killed before the
 * manifest was rewritten? Its branch is gone, and the trash has it. It speaks of nothing any more.
 */
export function isRest(entry: ManifestEntry, registry: Registry): boolean {
  if (entry['recordedBy'] !== undefined) return false;
  const left = registry.trash.some((one) => one.entry.name === entry.id);
  const branch = entry['branch'];
  return left && typeof branch === 'string' && !registry.branches.has(trusted<BranchName>(branch));
}

async function judge(
  project: Project,
  entry: ManifestEntry,
  name: SessionName | null,
  registry: Registry,
  worktrees: readonly Worktree[],
): Promise<Adoptable | string> {
  if (name === null) return 'its id is no session name';
  const { branch, worktree, goals, startedAt, status } = entry;
  const prefixes = [originalPrefix, project.settings.branchPrefix.value];
  if (typeof branch !== 'string' || !prefixes.some((prefix) => branch === prefix + name)) {
    return `its branch is not ${originalPrefix}${name}`;
  }
  if (typeof worktree !== 'string' || worktree === '' || worktree.includes('\0')) {
    return 'its worktree is no path';
  }
  const path = await real(absolute(worktree, project.root));
  const registered = await registeredAt(worktrees, path, branch);
  const usual = below(project.sessionsDir, name);
  if (registered === null && path !== usual) return `its worktree is not ${usual}`;
  // a folder that is there, but is no worktree of this branch, proves nothing
  const directoryExists = await exists(path);
  if (registered === null && directoryExists) return `${path} is no worktree of ${branch}`;
  const branchName = trusted<BranchName>(branch);
  const elsewhere = worktrees.find((one) => one.branch === branch && one !== registered);
  if (elsewhere !== undefined) return `${branch} is checked out at ${elsewhere.path}`;
  return {
    name,
    branch: branchName,
    worktree: registered?.path ?? path,
    registered,
    branchExists: registry.branches.has(branchName),
    directoryExists,
    goals: Array.isArray(goals) ? goals.filter((goal) => typeof goal === 'string') : [],
    startedAt:
      typeof startedAt === 'string' && !Number.isNaN(Date.parse(startedAt)) ? startedAt : null,
    inReview: status === 'in-review',
  };
}

/** The registered, non-main worktree at `path` that has `branch` checked out (or is missing). */
async function registeredAt(
  worktrees: readonly Worktree[],
  path: AbsolutePath,
  branch: string,
): Promise<Worktree | null> {
  for (const worktree of worktrees) {
    if (worktree.main || worktree.branch !== branch) continue;
    const spelled = await real(worktree.path);
    if (spelled === path) return worktree;
    if (dirname(spelled) === dirname(path) && worktree.path === path) return worktree;
  }
  return null;
}
