/**
 * Moves the base to the commit that was built. Call everything here under the lock.
 *
 * Not checked out: compare-and-swap of the ref. Checked out: `git merge --ff-only` there, because
 * it writes the files first and the ref last (the other way round, a kill in between makes the
 * user's next commit undo the merged work). Never a stash, a reset, or a file overwritten.
 *
 * Processes: `worktree list`, `diff-tree`, `status`, `hash-object`; then `update-ref`, or
 * `for-each-ref`, `update-index` and `merge`; then `status` to see what came of it.
 */
import { changedPaths, type Change } from '../git/diff.ts';
import { GitError, git, gitWith, type Git } from '../git/git.ts';
import { putIntoIndex } from '../git/index-write.ts';
import { branchRef, nullOid, type BranchName, type Oid } from '../git/oid.ts';
import { permitRef } from '../git/permit.ts';
import { listRefs, readRef, transact } from '../git/refs.ts';
import { readStatus } from '../git/status.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Project } from '../sessions/project.ts';
import { findBase, type BasePlace } from './base-place.ts';
import { lookForObstacles } from './in-the-way.ts';
import { rollBack } from './rollback.ts';
import { unreachableSubmodules } from './submodules.ts';

export interface Move {
  readonly base: BranchName;
  readonly from: Oid;
  readonly to: Oid;
  /** of the session, for messages and the base's reflog */
  readonly name: string;
  readonly branch: BranchName;
  readonly sessionTip: Oid;
  readonly sessionWorktree: AbsolutePath | null;
}

/** What has been seen to be fine, moments ago and under the same lock. */
export interface ReadyMove extends Move {
  readonly place: BasePlace;
  readonly changes: readonly Change[];
  readonly identical: readonly Change[];
}

export type Moved =
  | { readonly kind: 'moved'; readonly worktree: AbsolutePath | null }
  /** the base or the session moved since: nothing was done, build again */
  | { readonly kind: 'lost' };

/** The checkout could not be put back: the intent must stay, so that recovery tries again. */
export class HalfMade extends Error {
  constructor(cause: unknown) {
    super("the base's checkout could not be put back", { cause });
    this.name = 'HalfMade';
  }
}

type Place = Pick<Project, 'commonDir' | 'root' | 'mainCheckout'>;

/**
 * Looks whether the base may be moved; changes nothing.
 * @param objects git that knows `move.to`, if that is a commit of a simulation
 * @throws FlightError `base-busy`, `files-in-the-way`, `submodule-unreachable`
 */
export async function prepareMove(
  port: Git,
  project: Place,
  move: Move,
  objects: Git = port,
): Promise<ReadyMove> {
  const place = await findBase(port, project, move.base);
  const changes = await changedPaths(objects, project.root, move.from, move.to);
  const home = place.kind === 'checked-out' ? place.worktree : project.mainCheckout;
  const places = { home, session: move.sessionWorktree };
  const unreachable = await unreachableSubmodules(port, places, changes);
  if (unreachable.length > 0) {
    throw new FlightError('submodule-unreachable', { name: move.name, paths: unreachable });
  }
  if (place.kind === 'nowhere') return { ...move, place, changes, identical: [] };
  const { worktree } = place;
  const standing = await lookForObstacles(port, worktree, changes);
  if (standing.unmerged.length > 0) {
    const why = `it has unresolved conflicts in ${standing.unmerged[0] ?? ''}`;
    throw new FlightError('base-busy', { base: move.base, worktree, why });
  }
  if (standing.inTheWay.length > 0) {
    throw new FlightError('files-in-the-way', {
      base: move.base,
      worktree,
      paths: standing.inTheWay.toSorted(),
    });
  }
  return { ...move, place, changes, identical: standing.identical };
}

/**
 * Moves the base, and looks. If it fails, the checkout is as it was.
 * @throws FlightError `base-busy`, `files-in-the-way`; GitError; HalfMade
 */
export async function moveBase(port: Git, project: Place, move: ReadyMove): Promise<Moved> {
  if (move.place.kind === 'nowhere') return moveRef(port, project, move);
  const { worktree } = move.place;
  if (!(await isAsSeen(port, project, move))) return { kind: 'lost' };
  try {
    faultPoint('land.index:before');
    await putIntoIndex(
      port,
      worktree,
      move.identical.map((change) => ({ path: change.path, side: change.after })),
      nullOid(move.from),
    );
    faultPoint('land.index:after');
    faultPoint('land.move:before');
    await fastForward(port, worktree, move);
    faultPoint('land.move:after');
  } catch (error) {
    if (!(await hasMoved(port, project, move))) {
      await takeBack(port, move, move.place);
      throw explained(error, move, worktree);
    }
  }
  faultPoint('land.look:before');
  await look(port, move, worktree);
  faultPoint('land.look:after');
  return { kind: 'moved', worktree };
}

async function takeBack(
  port: Git,
  move: ReadyMove,
  place: { readonly worktree: AbsolutePath; readonly privateDir: AbsolutePath },
): Promise<void> {
  try {
    const identical = move.identical.map((change) => change.path);
    await rollBack(port, { ...move, ...place, identical });
  } catch (cause) {
    throw new HalfMade(cause);
  }
}

async function moveRef(port: Git, project: Place, move: ReadyMove): Promise<Moved> {
  const because = 'its checkouts were listed: it is checked out nowhere';
  const permit = permitRef('move-branch', branchRef(move.base), move.from, because);
  faultPoint('land.move:before');
  const result = await transact(
    port,
    project.commonDir,
    [
      { kind: 'move', permit, to: move.to },
      { kind: 'verify', ref: branchRef(move.branch), oid: move.sessionTip },
    ],
    `flight-rules: land ${move.branch}`,
  );
  faultPoint('land.move:after');
  return result.kind === 'lost' ? { kind: 'lost' } : { kind: 'moved', worktree: null };
}

async function isAsSeen(port: Git, project: Place, move: ReadyMove): Promise<boolean> {
  const [base, session] = [branchRef(move.base), branchRef(move.branch)];
  const tips = new Map(
    (await listRefs(port, project.commonDir, [base, session])).map((ref) => [ref.name, ref.oid]),
  );
  return tips.get(base) === move.from && tips.get(session) === move.sessionTip;
}

async function hasMoved(port: Git, project: Place, move: ReadyMove): Promise<boolean> {
  return (await readRef(port, project.commonDir, branchRef(move.base))) === move.to;
}

async function fastForward(port: Git, worktree: AbsolutePath, move: ReadyMove): Promise<void> {
  // hooks off: post-merge runs after the lock is released. The user's settings for merges would
  // make something else of it (squash, no commit, another strategy, a stash)
  const settings: readonly (readonly [string, string])[] = [
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['merge.ff', 'true'],
    ['merge.autoStash', 'false'],
    ['merge.verifySignatures', 'false'],
    [`branch.${move.base}.mergeOptions`, ''],
    ['submodule.recurse', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['core.fsync', 'all'],
  ];
  // by environment: a branch name with "=" cannot be spelled after -c
  const env: Record<string, string> = {
    GIT_CONFIG_COUNT: String(settings.length),
    GIT_REFLOG_ACTION: `merge ${move.branch}`,
  };
  settings.forEach(([key, value], at) => {
    env[`GIT_CONFIG_KEY_${at}`] = key;
    env[`GIT_CONFIG_VALUE_${at}`] = value;
  });
  await git(
    gitWith(port, env),
    worktree,
    [
      'merge',
      '--ff-only',
      '--no-overwrite-ignore',
      '--no-autostash',
      '--no-verify-signatures',
      '--no-squash',
      '--no-stat',
      '--strategy=ort',
      '--quiet',
      move.to,
    ],
    { uninterruptible: true },
  );
}

/** git's refusal in our words. Its lists of files are indented by one tab. */
function explained(error: unknown, move: ReadyMove, worktree: AbsolutePath): unknown {
  if (!(error instanceof GitError)) return error;
  const { stderr } = error.data;
  const paths = stderr
    .split('\n')
    .filter((line) => line.startsWith('\t'))
    .map((line) => line.slice(1));
  if (/would be (?:overwritten|lost)|not uptodate|Updating the following/u.test(stderr)) {
    const named = paths.length === 0 ? [stderr.trim()] : paths;
    return new FlightError(
      'files-in-the-way',
      { base: move.base, worktree, paths: named },
      { cause: error },
    );
  }
  if (/index\.lock|MERGE_HEAD|not concluded|unmerged/u.test(stderr)) {
    const why = stderr.trim().split('\n')[0] ?? 'git is at work there';
    return new FlightError('base-busy', { base: move.base, worktree, why }, { cause: error });
  }
  return error;
}

/** Is HEAD on the base, the base at the new commit, and the index as it should be? */
async function look(port: Git, move: ReadyMove, worktree: AbsolutePath): Promise<void> {
  const status = await readStatus(port, worktree, { submodules: 'skip', untracked: 'no' });
  // where HEAD is on the base, its commit is the base's
  if (status.branch !== move.base || status.head !== move.to) {
    const is = `${status.head ?? 'nothing'} of ${status.branch ?? 'no branch'}`;
    const what = `${move.base} was moved to ${move.to} in ${worktree}, but HEAD is at ${is}`;
    throw new FlightError('bug', { what });
  }
  const staged = new Set(
    status.entries.filter((entry) => !entry.xy.startsWith('.')).map((entry) => entry.path),
  );
  const wrong = move.changes.filter((change) => staged.has(change.path));
  if (wrong.length > 0) {
    const what = `the index of ${worktree} differs from ${move.base} at ${wrong[0]?.path ?? ''}`;
    throw new FlightError('bug', { what });
  }
}
