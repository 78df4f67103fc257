/**
 * What is known about the work in a session, gathered once and fresh; what follows from it is
 * `refusals.ts`. Each question that could not be answered says so by itself.
 *
 * Nothing is written. Processes: `status`, `ls-files`, and a few per nested repository and
 * submodule; none for a session whose worktree is gone and has no submodules.
 */
import { lstat, realpath } from 'node:fs/promises';
import { errorCode } from '../kernel/errno.ts';
import { describe, isFlightError } from '../kernel/errors.ts';
import { below, isWithin, type AbsolutePath } from '../kernel/path.ts';
import { operationInProgress, type InProgress } from '../git/operation.ts';
import { countChanges, type ChangeCounts } from '../git/status.ts';
import type { Worktree } from '../git/worktrees.ts';
import type { Place, SessionFacts } from '../sessions/facts.ts';
import { ownLockId, provablyDead } from '../sessions/lock-owner.ts';
import type { Project } from '../sessions/project.ts';
import { readRegistry } from '../sessions/registry.ts';
import { nestedWork } from './nested-work.ts';
import { indexFile, seenIndex, type SeenIndex } from './seen-index.ts';
import { lookAtProcesses, occupants, type Occupants, type TableAnswer } from './occupants.ts';
import { submoduleWork } from './submodule-work.ts';
import { inspectWorkingTree, type WorkingTree } from './working-tree.ts';

export type Answer<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly why: string }
  /** it does not arise (no worktree), or nobody wanted to know */
  | { readonly kind: 'not-asked' };

export interface WorkFacts {
  readonly place: Place;
  /** other registered worktrees, or the repository itself, inside the worktree */
  readonly inside: Answer<readonly string[]>;
  /** a `git worktree lock` that means something: not ours, and not of a process that is gone */
  readonly lock: string | null;
  readonly occupants: Occupants;
  readonly tree: Answer<{
    readonly head: Head;
    readonly counts: ChangeCounts;
    /** relative paths of uncommitted work, hidden edits and submodules included */
    readonly dirty: readonly string[];
    /** for the pins; `null` if it is not clean */
    readonly index: SeenIndex | null;
  }>;
  readonly operation: InProgress;
  readonly nested: Answer<readonly string[]>;
  readonly submodules: Answer<readonly string[]>;
}

export interface Head {
  /** short name, `null` if detached */
  readonly branch: string | null;
  readonly oid: string | null;
}

export interface Looking {
  readonly callerPid: number;
  readonly worktrees: readonly Worktree[];
  /** `leaving`: only what every strategy asks; `work`: also what would be left behind */
  readonly at: 'leaving' | 'work';
}

const notAsked = { kind: 'not-asked' } as const;

/** Gathers the facts of one session. Throws only if the command was cut off. */
export async function gatherWork(
  project: Project,
  session: SessionFacts,
  looking: Looking,
): Promise<WorkFacts> {
  const { place } = session;
  const looked = await lookAtProcesses();
  const nothing = {
    place,
    inside: notAsked,
    lock: await lockThatCounts(project, session, looked),
    occupants: { kind: 'free', hidden: 0 },
    tree: notAsked,
    operation: { kind: 'none' },
    nested: notAsked,
    submodules: notAsked,
  } as const;
  if (place.kind === 'gone' && place.privateDir !== null && looking.at === 'work') {
    return { ...nothing, submodules: await submodulesOf(project, place.privateDir, null) };
  }
  if (place.kind !== 'present') return nothing;
  const [inside, who] = await Promise.all([
    answer(project, () => worktreesInside(project, place.path, looking.worktrees)),
    occupants(place, looking.callerPid, looked),
  ]);
  const leaving = { ...nothing, inside, occupants: who };
  if (looking.at === 'leaving') return leaving;
  const file = await indexFile(place.privateDir);
  const [tree, operation] = await Promise.all([
    answer(project, () => inspectWorkingTree(project.git, place.path)),
    operationInProgress(place.privateDir),
  ]);
  if (tree.kind !== 'known') {
    return { ...leaving, tree, operation, nested: tree, submodules: tree };
  }
  const [nested, submodules] = await Promise.all([
    answer(project, async () =>
      nestedWork(project.git, tree.value, await realPaths(looking.worktrees)),
    ),
    submodulesOf(project, place.privateDir, tree.value),
  ]);
  const { status, dirty } = tree.value;
  const head = { branch: status.branch, oid: status.head };
  const index = seenIndex(file, tree.value);
  const value = { head, counts: countWork(tree.value), dirty, index };
  return { ...leaving, tree: { kind: 'known', value }, operation, nested, submodules };
}

/** What status counts; edits that flags hide from it count as modified. */
function countWork({ status, dirty }: WorkingTree): ChangeCounts {
  const counts = countChanges(status);
  const shown = new Set(status.entries.filter((e) => e.kind !== 'ignored').map((e) => e.path));
  const hidden = dirty.filter((path) => !shown.has(path)).length;
  return { ...counts, modified: counts.modified + hidden };
}

async function lockThatCounts(
  project: Project,
  { place, name, record }: SessionFacts,
  looked: TableAnswer,
): Promise<string | null> {
  const reason = place.kind === 'present' || place.kind === 'gone' ? place.locked : null;
  if (reason === null) return null;
  const id = ownLockId(reason);
  // one that came back from no entry was locked under its name
  if (id === name && record?.intent !== undefined) return null;
  if (id !== null) {
    const { trash } = await readRegistry(project.git, project.commonDir);
    if (trash.some(({ entry }) => entry.id === id)) return null;
  }
  const dead = looked.kind === 'known' && provablyDead(reason, looked.table.processes);
  return dead ? null : reason;
}

/**
 * What would be carried off with the worktree although it belongs elsewhere: registered
 * worktrees, ours or not, that are really there, and the repository.
 */
async function worktreesInside(
  project: Project,
  path: AbsolutePath,
  worktrees: readonly Worktree[],
): Promise<string[]> {
  const place = await realpath(path);
  const found: string[] = [];
  for (const other of worktrees) {
    const real = await realIfThere(other.path);
    if (real !== null && real !== place && isWithin(real, place)) found.push(other.path);
  }
  if (
    isWithin(project.commonDir, place) &&
    !found.some((one) => isWithin(project.commonDir, one))
  ) {
    found.push(project.commonDir);
  }
  return found;
}

async function realPaths(worktrees: readonly Worktree[]): Promise<Set<string>> {
  const paths = await Promise.all(worktrees.map(({ path }) => realIfThere(path)));
  return new Set(paths.filter((path) => path !== null));
}

/** `null` if nothing is there: a stale registration is nowhere. */
async function realIfThere(path: AbsolutePath): Promise<string | null> {
  try {
    await lstat(path);
    return await realpath(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

function submodulesOf(
  project: Project,
  privateDir: AbsolutePath,
  tree: WorkingTree | null,
): Promise<Answer<readonly string[]>> {
  return answer(project, () =>
    submoduleWork(project.git, {
      tree,
      modules: below(privateDir, 'modules'),
      common: below(project.commonDir, 'modules'),
    }),
  );
}

async function answer<T>(project: Project, ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { kind: 'known', value: await ask() };
  } catch (error) {
    // cut off by the user: not a fact about the session
    project.git.signal?.throwIfAborted();
    return { kind: 'unknown', why: reason(error) };
  }
}

function reason(error: unknown): string {
  if (isFlightError(error)) return describe(error).message.replace(/\.$/u, '');
  return error instanceof Error ? error.message : String(error);
}
