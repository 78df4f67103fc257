/**
 * What is left to a merge: snapshots of the sessions in question, merged in private objects.
 * Where no temporary folder can be made all of it is unknown.
 */
import { GitError, type Git } from '../../git/git.ts';
import type { MergeSaid } from '../../git/merge-many.ts';
import { NoSimulation, withPrivateObjects, type Simulation } from '../../git/simulation.ts';
import { takeSnapshots } from '../../git/snapshot.ts';
import { isSystemError } from '../../kernel/errno.ts';
import type { Project } from '../../sessions/project.ts';
import { clear, known, unknown, type Board, type Question, type Seat } from './board.ts';
import { compareExactly, type Doubt } from './compare.ts';
import { clashPaths, mergeAll } from './merges.ts';
import type { Judgement } from './model.ts';

interface Limits {
  readonly mergeLimit: number;
}

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
      const failed = await makeCommits(simulation, project, [...now, ...unsure]);
      await judge(simulation, project, board, now, failed);
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
): Promise<ReadonlyMap<Seat, string>> {
  const seats = new Set(doubts.flatMap(({ ours, theirs }) => [ours, theirs]));
  const missing = [...seats].flatMap((seat) => {
    const { work, heads } = seat.side;
    return work === null || seat.commit !== null ? [] : [{ seat, work, heads }];
  });
  const { objectFormat } = project.repository;
  const taken = await takeSnapshots(
    simulation,
    missing.map(({ work: { worktree, privateDir, uncommitted }, heads: parents }) => {
      const paths = uncommitted.isUnspeakable ? null : uncommitted.unstaged;
      return { worktree, privateDir, parents, paths, objectFormat };
    }),
  );
  const failed = new Map<Seat, string>();
  for (const [at, { seat }] of missing.entries()) {
    const snapshot = taken[at] ?? { why: 'git did not answer' };
    if (typeof snapshot === 'string') seat.id = seat.commit = snapshot;
    else failed.set(seat, snapshot.why);
  }
  return failed;
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
  failed: ReadonlyMap<Seat, string>,
): Promise<void> {
  const ready = doubts.flatMap((doubt): Ready[] => {
    const { question, ours, theirs } = doubt;
    if (ours.commit === null || theirs.commit === null) {
      const why = failed.get(ours) ?? failed.get(theirs);
      question.judgement = unknown(`uncommitted work could not be read (${why})`);
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
      own: {
        settings: ours.side.ownSettings,
        worktree: ours.side.worktree,
        privateDir: ours.side.privateDir,
      },
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
