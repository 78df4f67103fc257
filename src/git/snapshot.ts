/**
 * A commit of what lies in a worktree, uncommitted work included, in the object directory of a
 * simulation. The worktree's own index is copied, byte for byte untouched; equal content makes an
 * equal commit, since who made it and when are fixed.
 *
 * - Only the paths that status named are looked at, through `update-index`, which takes them from
 *   a stream, unlike `add`, which compares every pathspec with every entry.
 * - The user's settings that would refuse (`core.safecrlf`), start a daemon (`core.fsmonitor`),
 *   write beside the index (`core.splitIndex`) or run a hook (`post-index-change`) are off.
 * - The copy keeps the time of the index: git tells by it which files it has to read again.
 *
 * Processes: `update-index` (none if everything is staged), `write-tree`.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deflateSync } from 'node:zlib';
import { isErrno } from '../kernel/errno.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { git, gitText, gitWith, type Git } from './git.ts';
import { oid, type Oid } from './oid.ts';
import type { Simulation } from './simulation.ts';

export interface SnapshotInput {
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  readonly parents: readonly Oid[];
  /** paths whose content in the worktree counts; `null`: all that is not ignored */
  readonly paths: readonly string[] | null;
  readonly objectFormat: 'sha1' | 'sha256';
}

const quiet = [
  'core.safecrlf=false',
  'core.fsmonitor=false',
  'core.splitIndex=false',
  'core.hooksPath=/dev/null',
  'core.looseCompression=0',
  'index.sparse=false',
].flatMap((setting) => ['-c', setting]);

/**
 * @param slot unique among the snapshots of the simulation
 * @throws GitError if a file cannot be read, or the index is unmerged
 */
export async function takeSnapshot(
  simulation: Simulation,
  slot: number,
  input: SnapshotInput,
): Promise<Oid> {
  const { worktree, privateDir, paths } = input;
  const index = below(simulation.cwd, '..', `index-${slot}`);
  copyIndex(below(privateDir, 'index'), index);
  const there = gitWith(simulation.git, {
    GIT_DIR: privateDir,
    GIT_WORK_TREE: worktree,
    GIT_INDEX_FILE: index,
  });
  try {
    await bringUpToDate(there, worktree, paths);
    // of a partial clone not all of what is in the index needs to be here
    const tree = oid(await gitText(there, worktree, [...quiet, 'write-tree', '--missing-ok']));
    return writeCommit(below(simulation.cwd, '..', 'objects'), tree, input);
  } finally {
    rmSync(index, { force: true });
  }
}

/** A folder without an index is a worktree in which nothing is tracked. */
function copyIndex(from: AbsolutePath, to: AbsolutePath): void {
  try {
    const before = statSync(from);
    copyFileSync(from, to);
    // never later than the original: a file changed since then would be taken for known
    const seconds = before.mtimeMs / 1000 - 0.000_002;
    utimesSync(to, seconds, seconds);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

async function bringUpToDate(
  there: Git,
  worktree: AbsolutePath,
  paths: readonly string[] | null,
): Promise<void> {
  if (paths === null) {
    await git(there, worktree, [...quiet, 'add', '--all']);
    return;
  }
  if (paths.length === 0) return;
  const args = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  const stdin = paths.map((path) => `${path}\0`).join('');
  await git(there, worktree, [...quiet, ...args], { stdin });
}

const nobody = 'flight-rules <flight-rules@localhost> 0 +0000';

/** As `commit-tree` would, without a process; nothing of it has to survive anything. */
function writeCommit(
  objects: AbsolutePath,
  tree: Oid,
  { parents, objectFormat }: SnapshotInput,
): Oid {
  const head = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${nobody}`,
    `committer ${nobody}`,
  ];
  const body = `${head.join('\n')}\n\nsnapshot\n`;
  const bytes = Buffer.from(`commit ${body.length}\0${body}`);
  const id = oid(createHash(objectFormat).update(bytes).digest('hex'));
  const file = below(objects, id.slice(0, 2), id.slice(2));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, deflateSync(bytes, { level: 1 }));
  return id;
}
