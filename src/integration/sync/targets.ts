/**
 * What files and index of the session go through. Without uncommitted work both follow the branch.
 * With it, each is merged by itself with what came in: the index as the user left it, and the
 * files, untracked ones too, as they stand. All of that is known before anything is touched.
 *
 * Processes: `write-tree`, `add --all` on an index of our own, `commit-tree`, `merge-tree`,
 * `diff-tree`, `ls-files`. What nobody is to see is written to the room's own objects.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, lstat } from 'node:fs/promises';
import { commitTree } from '../../git/commit.ts';
import { changedPaths } from '../../git/diff.ts';
import { git, gitText, gitWith, type Git } from '../../git/git.ts';
import { treesOf } from '../../git/history.ts';
import { mergeTree } from '../../git/merge-tree.ts';
import { oid, type Oid } from '../../git/oid.ts';
import { nobody } from '../../git/simulation.ts';
import { readStatus } from '../../git/status.ts';
import { errorCode } from '../../kernel/errno.ts';
import { FlightError } from '../../kernel/errors.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { copyIndex, gitInRoom, treeOfIndex, writeRawList, type Room } from './room.ts';

export interface Way {
  readonly from: Oid;
  readonly to: Oid;
}

export interface Targets {
  readonly kind: 'targets';
  /** commits; of the room where work is carried */
  readonly files: Way;
  /** commits, or trees where work is carried */
  readonly index: Way;
  /** `git add -N`: to be marked so again */
  readonly intended: readonly string[];
  readonly carries: boolean;
}

export interface CarryConflicts {
  readonly kind: 'conflicts';
  readonly paths: readonly string[];
}

/** @param way of the branch */
export function plainTargets(way: Way): Targets {
  return { kind: 'targets', files: way, index: way, intended: [], carries: false };
}

interface Where {
  readonly commonDir: AbsolutePath;
  readonly worktree: AbsolutePath;
  readonly room: Room;
}

/** Merges uncommitted work with what comes in. Nothing of the session is touched. */
export async function carriedTargets(
  port: Git,
  where: Where,
  branch: Way,
): Promise<Targets | CarryConflicts> {
  const { worktree, room } = where;
  const intended = await intendedPaths(port, worktree);
  const staged = await treeOfIndex(port, room, worktree);
  const inRoom = await gitInRoom(port, where.commonDir, room);
  const quiet = ['core.safecrlf=false', 'core.fsmonitor=false', 'advice.addEmbeddedRepo=false'];
  const settings = quiet.flatMap((setting) => ['-c', setting]);
  await git(inRoom, worktree, [...settings, 'add', '--all']);
  const shown = oid(await gitText(inRoom, worktree, ['write-tree']));
  await copyIndex(room.index, room.indexFiles);
  const index = await carried(gitWith(port, nobody), worktree, branch, staged);
  const files = await carried(inRoom, worktree, branch, shown);
  if (index.kind === 'conflicts') return index;
  if (files.kind === 'conflicts') return files;
  const invented = { message: 'uncommitted work', signing: 'unsigned' } as const;
  const from = await commitTree(inRoom, worktree, {
    ...invented,
    tree: shown,
    parents: [branch.from],
  });
  const to = await commitTree(inRoom, worktree, {
    ...invented,
    tree: files.tree,
    parents: [from],
  });
  await keepBytes(inRoom, where, { from, to }, branch.from);
  return {
    kind: 'targets',
    files: { from, to },
    index: { from: staged, to: index.tree },
    intended,
    carries: true,
  };
}

async function intendedPaths(port: Git, worktree: AbsolutePath): Promise<string[]> {
  const status = await readStatus(port, worktree, { submodules: 'skip', untracked: 'no' });
  return status.entries.filter((entry) => entry.xy === '.A').map((entry) => entry.path);
}

/**
 * `tree`, made on top of where the branch was, on top of where it will be. The merge base is made
 * sure of by commits that nobody sees. A new file does not follow a folder that was renamed.
 */
async function carried(
  port: Git,
  worktree: AbsolutePath,
  branch: Way,
  tree: Oid,
): Promise<{ readonly kind: 'clean'; readonly tree: Oid } | CarryConflicts> {
  const [was, willBe] = await treesOf(port, worktree, [branch.from, branch.to]);
  if (willBe === undefined) throw new TypeError(`no tree of ${branch.to}`);
  if (tree === was) return { kind: 'clean', tree: willBe };
  const invented = { parents: [branch.from], message: 'sync', signing: 'unsigned' } as const;
  const ours = await commitTree(port, worktree, { ...invented, tree: willBe });
  const theirs = await commitTree(port, worktree, { ...invented, tree });
  const apart = gitWith(port, {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'merge.directoryRenames',
    GIT_CONFIG_VALUE_0: 'false',
  });
  const merged = await mergeTree(apart, worktree, ours, theirs);
  if (merged.kind === 'clean') return { kind: 'clean', tree: merged.tree };
  return { kind: 'conflicts', paths: merged.conflicts.map((one) => one.path) };
}

/**
 * Keeps the bytes of uncommitted files that will change: what git stores of a file is not always
 * what it is (line ends, filters), and taken back it has to be the very same.
 */
async function keepBytes(
  inRoom: Git,
  { worktree, room }: Where,
  files: Way,
  committed: Oid,
): Promise<void> {
  const changes = await changedPaths(inRoom, worktree, files.from, files.to);
  const own = await changedPaths(inRoom, worktree, committed, files.from);
  const theirs = new Set(own.map((change) => change.path));
  const kept: { readonly path: string; readonly name: string }[] = [];
  for (const { path } of changes.filter((change) => theirs.has(change.path))) {
    const file = below(worktree, path);
    const info = await lstat(file).catch(() => null);
    if (info?.isFile() !== true) continue;
    const name = String(kept.length);
    const copy = below(room.raw, name);
    try {
      await copyFile(file, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(copy, info.mode & 0o777);
    } catch (error) {
      throw new FlightError('disk-failed', { what: 'keep', path: file, reason: errorCode(error) });
    }
    kept.push({ path, name });
  }
  await writeRawList(room, kept);
}
