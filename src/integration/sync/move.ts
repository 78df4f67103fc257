/**
 * The session goes to its new commit: the files first, then index, then branch. Call it under the
 * lock, with the index held and the intent written; whatever fails, `go-back.ts` takes it back.
 *
 * - files: `git checkout --no-overwrite-ignore` in a git dir beside the session's own, on a copy
 *   of its index: git refuses whatever it would overwrite (uncommitted, untracked, ignored), also
 *   what was written a moment ago, before it touches the first file;
 * - index: that copy takes its place in one rename;
 * - branch: compare-and-swap.
 */
import { rename } from 'node:fs/promises';
import { addIntent } from '../../git/add-intent.ts';
import { changedPaths } from '../../git/diff.ts';
import { GitError, git, type Git } from '../../git/git.ts';
import { putIntoIndex, refreshIndex } from '../../git/index-write.ts';
import { branchRef, nullOid, type Oid } from '../../git/oid.ts';
import { permitRef } from '../../git/permit.ts';
import { readRef, transact } from '../../git/refs.ts';
import { treeEntries } from '../../git/diff.ts';
import { syncDirectory, syncFile } from '../../kernel/durable.ts';
import { FlightError } from '../../kernel/errors.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import type { SyncInput } from './model.ts';
import { gitInRoom, gitMoving, type Room } from './room.ts';
import type { Targets, Way } from './targets.ts';

export interface Moving {
  readonly input: SyncInput;
  readonly commonDir: AbsolutePath;
  readonly room: Room;
  readonly branch: Way;
  readonly targets: Targets;
  /** for the branch's reflog */
  readonly message: string;
}

/**
 * @param placed told when the index is in its place
 * @returns `lost` if somebody moved the branch all the same; index and files have moved then
 * @throws FlightError `files-in-the-way`; GitError
 */
export async function moveSession(
  port: Git,
  moving: Moving,
  placed: () => void,
): Promise<'moved' | 'lost'> {
  const { input, room, branch } = moving;
  const ref = branchRef(input.branch);
  faultPoint('sync.files:before');
  await moveFiles(port, moving);
  faultPoint('sync.files:after');
  if (moving.targets.carries) await unstage(port, moving);
  if ((await readRef(port, moving.commonDir, ref)) !== branch.from) return 'lost';
  faultPoint('sync.index:before');
  await placeIndex(room.index, input.privateDir);
  placed();
  faultPoint('sync.index:after');
  faultPoint('sync.ref:before');
  const outcome = await moveBranch(port, input, branch, moving.message);
  faultPoint('sync.ref:after');
  return outcome;
}

async function moveFiles(port: Git, moving: Moving): Promise<void> {
  const { input, targets, room, commonDir } = moving;
  const { worktree } = input;
  const objects = targets.carries ? 'own' : 'shared';
  const at = await gitMoving(port, commonDir, room, { worktree, at: targets.files.from, objects });
  const settings = [
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.splitIndex=false',
    'submodule.recurse=false',
    'gc.auto=0',
  ].flatMap((setting) => ['-c', setting]);
  const how = ['--quiet', '--detach', '--no-overwrite-ignore', '--no-recurse-submodules'];
  try {
    const args = [...settings, 'checkout', ...how, targets.files.to];
    const { stderr } = await git(at, worktree, args, { uninterruptible: true });
    refuseHalfWritten(stderr.toString('utf8'), worktree);
  } catch (error) {
    throw explained(error, input);
  }
}

/** A disk that is full does not make checkout fail: what it could not write it only says. */
function refuseHalfWritten(stderr: string, worktree: AbsolutePath): void {
  const said = stderr.split('\n').find((line) => line.startsWith('error: '));
  if (said === undefined) return;
  const reason = said.slice('error: '.length);
  throw new FlightError('disk-failed', { what: 'write the files of', path: worktree, reason });
}

/** git's refusal in our words. Its lists of files are indented by one tab. */
function explained(error: unknown, { branch, worktree }: SyncInput): unknown {
  if (!(error instanceof GitError)) return error;
  const { stderr } = error.data;
  if (!/would be (?:overwritten|removed|lost)|not uptodate|Updating the following/u.test(stderr)) {
    return error;
  }
  const named = stderr.split('\n').filter((line) => line.startsWith('\t'));
  const paths = named.length === 0 ? [stderr.trim()] : named.map((line) => line.slice(1));
  return new FlightError(
    'files-in-the-way',
    { base: branch, worktree, paths: paths.toSorted() },
    { cause: error },
  );
}

/** The index went with the files; what was not staged becomes so again. */
async function unstage(port: Git, { input, targets, room, commonDir }: Moving): Promise<void> {
  const { worktree } = input;
  const inRoom = await gitInRoom(port, commonDir, room);
  const { to } = targets.index;
  const changes = await changedPaths(inRoom, worktree, targets.files.to, to);
  // removals first: a folder may have taken the place of a file
  const entries = changes.map(({ path, after }) => ({ path, side: after }));
  const gone = entries.filter(({ side }) => side === null);
  const zero = nullOid(to);
  await putIntoIndex(inRoom, worktree, [...gone, ...entries.filter(({ side }) => side)], zero);
  if (targets.intended.length > 0) {
    const there = await treeEntries(port, worktree, to, targets.intended);
    const left = targets.intended.filter((path) => !there.has(path));
    if (left.length > 0) await addIntent(inRoom, worktree, left);
  }
  await refreshIndex(inRoom, worktree);
}

/** Call it while the index is held. */
export async function placeIndex(file: AbsolutePath, privateDir: AbsolutePath): Promise<void> {
  await syncFile(file);
  await rename(file, below(privateDir, 'index'));
  await syncDirectory(privateDir);
}

/** Moves the branch, seen from the worktree, whose HEAD gets an entry in its reflog, too. */
export async function moveBranch(
  port: Git,
  { branch, worktree }: Pick<SyncInput, 'branch' | 'worktree'>,
  way: { readonly from: Oid; readonly to: Oid },
  message: string,
): Promise<'moved' | 'lost'> {
  const because = 'files and index of its worktree have moved, and its index is held';
  const permit = permitRef('move-branch', branchRef(branch), way.from, because);
  const result = await transact(port, worktree, [{ kind: 'move', permit, to: way.to }], message);
  return result.kind === 'lost' ? 'lost' : 'moved';
}
