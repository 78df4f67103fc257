/**
 * What is left to a merge: snapshots of the sessions in question, merged in private objects.
 * Where no temporary folder can be made all of it is unknown.
 */
import { GitError, type Git } from '../../git/git.ts';
import type { MergeSaid } from '../../git/merge-many.ts';
import { NoSimulation, withPrivateObjects, type Simulation } from '../../git/simulation.ts';
import { takeSnapshot } from '../../git/snapshot.ts';
import { isSystemError } from '../../kernel/errno.ts';
import { pooled } from '../../kernel/pooled.ts';
import type { Project } from '../../sessions/project.ts';
import { clear, known, unknown, type Board, type Question, type Seat } from './board.ts';
import { compareExactly, type Doubt } from './compare.ts';
import { clashPaths, mergeAll } from './merges.ts';
import type { Judgement } from './model.ts';

interface Limits {
  readonly mergeLimit: number;
}

/** So many snapshots are taken side by side. */
const width = 4;

/**
 * @param doubts questions that only a merge can answer
 * @param unsure of which what the session changed is only told by a snapshot
 */
export async function decide(
  port: Git,
  project: Project,
  board: Board,
  found: { readonly doubts: readonly Doubt[]; readonly unsure: readonly Doubt[] },
  { mergeLimit }: Limits,
): Promise<void> {
  const now = found.doubts.slice(0, mergeLimit);
  for (const { question } of found.doubts.slice(now.length)) {
    question.judgement = unknown('not looked at yet');
  }
  const unsure = mergeLimit === 0 ? [] : found.unsure;
  if (now.length === 0 && unsure.length === 0) return;
  try {
    await withPrivateObjects(port, project, async (simulation) => {
      await makeCommits(simulation, project, [...now, ...unsure]);
      await judge(simulation, project, board, now);
      await correctTouched(simulation, project, board, unsure);
    });
  } catch (error) {
    port.signal?.throwIfAborted();
    const why = whyNot(error);
    if (why === null) throw error;
    for (const { question } of now) question.judgement ??= unknown(why);
  }
}

function whyNot(error: unknown): string | null {
  if (error instanceof NoSimulation) return 'no temporary folder can be made to merge in';
  if (error instanceof GitError) return `git failed: ${firstLine(error)}`;
  return isSystemError(error) ? `it could not be merged: ${String(error)}` : null;
}

function firstLine(error: GitError): string {
  return error.data.stderr.trim().split('\n')[0] ?? '';
}

/** Makes a commit of each state that has none; a seat of which none can be made keeps `null`. */
async function makeCommits(
  simulation: Simulation,
  project: Project,
  doubts: readonly Doubt[],
): Promise<void> {
  const missing = [...new Set(doubts.flatMap(({ ours, theirs }) => [ours, theirs]))].filter(
    ({ commit }) => commit === null,
  );
  await pooled([...missing.entries()], width, async ([slot, seat]) => {
    const { work, heads } = seat.side;
    if (work === null) return;
    try {
      seat.commit = await takeSnapshot(simulation, slot, {
        worktree: work.worktree,
        privateDir: work.privateDir,
        parents: heads,
        paths: work.uncommitted.isUnspeakable ? null : work.uncommitted.unstaged,
        objectFormat: project.repository.objectFormat,
      });
      seat.id = seat.commit;
    } catch (error) {
      simulation.git.signal?.throwIfAborted();
      // a file that cannot be read, or an index that is no more what it was
      if (!(error instanceof GitError) && !isSystemError(error)) throw error;
    }
  });
}

interface Ready extends Doubt {
  readonly ourCommit: NonNullable<Seat['commit']>;
  readonly theirCommit: NonNullable<Seat['commit']>;
}

async function judge(
  simulation: Simulation,
  project: Project,
  board: Board,
  doubts: readonly Doubt[],
): Promise<void> {
  const ready = doubts.flatMap((doubt): Ready[] => {
    const { question, ours, theirs } = doubt;
    if (ours.commit === null || theirs.commit === null) {
      question.judgement = unknown('uncommitted work could not be read');
      return [];
    }
    question.judgement = known(board, question);
    if (question.judgement !== null) return [];
    return [{ ...doubt, ourCommit: ours.commit, theirCommit: theirs.commit }];
  });
  const said = await mergeAll(
    simulation,
    project.repository.version,
    ready.map(({ ours, ourCommit, theirCommit, folders, isUnited }) => ({
      ours: ourCommit,
      theirs: theirCommit,
      folders,
      isUnited,
      own: { settings: ours.side.ownSettings, privateDir: ours.side.privateDir },
    })),
  );
  const clean = ready.filter((one, at) => said[at]?.kind === 'clean' && one.isDoubtful);
  const again = await compareExactly(simulation.git, project.commonDir, clean);
  const exact = new Map<Question, readonly string[] | null>(
    clean.map(({ question }, at) => [question, again[at]?.common ?? null]),
  );
  for (const [at, { question, common }] of ready.entries()) {
    const both = exact.has(question) ? (exact.get(question) ?? null) : common;
    question.judgement = judgementOf(said[at], both);
  }
}

function judgementOf(said: MergeSaid | undefined, common: readonly string[] | null): Judgement {
  if (said === undefined) return unknown('git did not answer');
  switch (said.kind) {
    case 'unknown':
      return unknown(`git could not merge them: ${said.why}`);
    case 'conflicts':
      return { verdict: 'clash', paths: clashPaths(said) };
    case 'clean': {
      if (common === null) return unknown('what both changed could not be read');
      if (common.length === 0) return clear;
      return { verdict: 'touching', paths: common.map((path) => ({ path, kind: 'both changed' })) };
    }
    default:
      return said satisfies never;
  }
}

async function correctTouched(
  simulation: Simulation,
  project: Project,
  board: Board,
  unsure: readonly Doubt[],
): Promise<void> {
  const ready = unsure.filter(({ ours }) => ours.commit !== null);
  const again = await compareExactly(simulation.git, project.commonDir, ready);
  for (const [at, { question }] of ready.entries()) {
    const paths = again[at]?.ours;
    if (paths !== undefined && paths !== null) board.touched.set(question, paths);
  }
}
