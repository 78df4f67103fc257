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
 * Processes: one `sh` per core, which starts `update-index` (not if everything is staged) and
 * `write-tree` per worktree at a fraction of what Node takes for it (see `many.ts`); one that
 * fails is asked again by itself, which says why.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { deflateSync } from 'node:zlib';
import { errorCode, isErrno, isSystemError } from '../kernel/errno.ts';
import { isFlightError } from '../kernel/errors.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { pooled } from '../kernel/pooled.ts';
import { run } from '../kernel/processes.ts';
import { git, GitError, gitText, gitWith, type Git } from './git.ts';
import { isOid, oid, type Oid } from './oid.ts';
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

/** The commit, or why there is none: a file that cannot be read, an unmerged index. */
export type Snapshot = Oid | { readonly why: string };

/** Takes a snapshot of each of `inputs`, in their order. Once in a simulation. */
export async function takeSnapshots(
  simulation: Simulation,
  inputs: readonly SnapshotInput[],
): Promise<readonly Snapshot[]> {
  const slots = inputs.map((input, at): Slot => {
    const index = below(simulation.cwd, '..', `index-${at}`);
    return { input, index, list: below(simulation.cwd, '..', `paths-${at}`) };
  });
  const cores = Math.max(2, availableParallelism());
  const size = Math.ceil(slots.length / cores);
  const groups = Array.from({ length: cores }, (_, at) => slots.slice(at * size, (at + 1) * size));
  const taken = await pooled(groups, cores, (group) => takeGroup(simulation, group));
  return taken.flat();
}

interface Slot {
  readonly input: SnapshotInput;
  /** the copy of the worktree's index */
  readonly index: AbsolutePath;
  /** a file that names the paths to look at */
  readonly list: AbsolutePath;
}

async function takeGroup(simulation: Simulation, group: readonly Slot[]): Promise<Snapshot[]> {
  const trees = await treesOfGroup(simulation.git, group);
  const objects = below(simulation.cwd, '..', 'objects');
  const taken: Snapshot[] = [];
  for (const [at, slot] of group.entries()) {
    try {
      const tree = trees[at] ?? (await treeOf(simulation.git, slot));
      taken.push(writeCommit(objects, tree, slot.input));
    } catch (error) {
      simulation.git.signal?.throwIfAborted();
      const why = reasonOf(error, slot.input);
      if (why === null) throw error;
      taken.push({ why });
    } finally {
      // of a large repository many would not fit
      rmSync(slot.index, { force: true });
    }
  }
  return taken;
}

/** `null`: it is not about this worktree. */
function reasonOf(error: unknown, { worktree }: SnapshotInput): string | null {
  if (error instanceof GitError) {
    return error.data.stderr.split('\n')[0]?.replace(/^(?:fatal|error): /u, '') ?? '';
  }
  // a folder that has gone meanwhile, and a git that has, are one and the same to spawn
  if (isFlightError(error, 'git-missing') && !existsSync(worktree)) return 'its folder is gone';
  return isSystemError(error) ? errorCode(error) : null;
}

/** What the shell gets done; `null` for what it does not. */
async function treesOfGroup(port: Git, group: readonly Slot[]): Promise<readonly (Oid | null)[]> {
  const none = group.map(() => null);
  if (process.platform === 'win32' || group.length < 2) return none;
  if (group.some(({ input }) => input.paths === null)) return none;
  const words = group.flatMap(({ input, index, list }) => {
    prepare({ input, index, list });
    writeFileSync(list, asInput(input.paths ?? []));
    return [input.privateDir, input.worktree, index, list];
  });
  const result = await run('/bin/sh', ['-c', script, 'sh', port.program, ...words], {
    cwd: '/',
    env: port.env,
    timeoutMs: 600_000,
    ...(port.signal === undefined ? {} : { signal: port.signal }),
  }).catch(() => null);
  if (result === null) return none;
  port.trace?.({ argv: [script], cwd: '/', milliseconds: result.milliseconds, exit: result.exit });
  const lines = result.stdout.toString('latin1').split('\n');
  return group.map((_, at) => {
    const line = lines[at];
    return isOid(line) ? line : null;
  });
}

function prepare({ input, index }: Slot): void {
  copyIndex(below(input.privateDir, 'index'), index);
}

function asInput(paths: readonly string[]): string {
  return paths.map((path) => `${path}\0`).join('');
}

const update = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];

// of a partial clone not all of what is in the index needs to be here
const writeTree = ['write-tree', '--missing-ok'];

/** A line per worktree: its tree, or nothing. Its parameters are the only data. */
const script = `git=$1; shift; export GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
while [ $# -gt 0 ]; do
  GIT_DIR=$1 GIT_WORK_TREE=$2 GIT_INDEX_FILE=$3
  cd "$2" &&
    { [ ! -s "$4" ] || "$git" ${[...quiet, ...update].join(' ')} <"$4"; } &&
    "$git" ${[...quiet, ...writeTree].join(' ')} || echo
  shift 4
done 2>/dev/null`;

/** @throws GitError if a file cannot be read, or the index is unmerged */
async function treeOf(port: Git, slot: Slot): Promise<Oid> {
  const { input, index } = slot;
  const { worktree, privateDir, paths } = input;
  rmSync(index, { force: true });
  prepare(slot);
  const there = gitWith(port, {
    GIT_DIR: privateDir,
    GIT_WORK_TREE: worktree,
    GIT_INDEX_FILE: index,
  });
  if (paths === null) await git(there, worktree, [...quiet, 'add', '--all']);
  else if (paths.length > 0) {
    await git(there, worktree, [...quiet, ...update], { stdin: asInput(paths) });
  }
  return oid(await gitText(there, worktree, [...quiet, ...writeTree]));
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
