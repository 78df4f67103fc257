/**
 * Which files of the base's checkout stand in the way of a fast-forward, and which only seem to:
 * a file whose bytes are the result already (carried into the session, say) is left as it is and
 * put into the index by object id. `git merge` is asked as well and has the last word; this look
 * names the files, and sees what git does not mind (a deletion of the user's would be undone).
 */
import { lstat, readlink } from 'node:fs/promises';
import { changedPaths, changesOfCommits, sameSide, type Change, type Side } from '../git/diff.ts';
import { hashFiles } from '../git/file-contents.ts';
import { git, gitFields, gitText, type Git } from '../git/git.ts';
import { listIndex } from '../git/index-entries.ts';
import type { Oid } from '../git/oid.ts';
import { readStatus, type StatusEntry } from '../git/status.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';

export interface Standing {
  /** their bytes are the result's: the user's, and to be kept */
  readonly identical: readonly Change[];
  readonly inTheWay: readonly string[];
  /** unresolved conflicts anywhere in that checkout */
  readonly unmerged: readonly string[];
}

/** @param changes what the fast-forward would do. Two to four processes; nothing is written. */
export async function lookForObstacles(
  port: Git,
  worktree: AbsolutePath,
  changes: readonly Change[],
): Promise<Standing> {
  const status = await readStatus(port, worktree, { submodules: 'skip', untracked: 'no' });
  const entries = new Map(status.entries.map((entry) => [entry.path, entry]));
  const unmerged = status.entries.filter((one) => one.kind === 'unmerged').map((one) => one.path);
  const lowerCase = new Set(
    changes.filter((change) => change.before !== null).map((change) => change.path.toLowerCase()),
  );
  const identical: Change[] = [];
  const doubtful: Change[] = [];
  const inTheWay = new Set<string>();
  for (const change of changes) {
    const entry = entries.get(change.path);
    if (entry !== undefined) {
      const verdict = ofTracked(change, entry);
      if (verdict === 'identical') identical.push(change);
      else doubtful.push(change);
    } else if (change.before === null && !lowerCase.has(change.path.toLowerCase())) {
      const found = await whatStandsAt(worktree, change.path);
      if (found.kind === 'file') doubtful.push(change);
      // a tracked file that this very change takes away is none
      if (found.kind === 'above' && !changes.some((other) => other.path === found.path)) {
        inTheWay.add(found.path);
      }
    }
  }
  const equal = await equalToResult(port, worktree, doubtful);
  for (const change of doubtful) {
    const entry = entries.get(change.path);
    const staged = entry !== undefined && !['.', ' '].includes(entry.xy[0] ?? '.');
    if (equal.has(change.path) && !staged && entry?.xy !== '.A') identical.push(change);
    else inTheWay.add(change.path);
  }
  return { identical, inTheWay: [...inTheWay], unmerged };
}

/**
 * What stands where a move of a clean checkout writes a new file: ignored files, which git writes
 * over, and takes away with the folder that becomes a file, without a word.
 * Two processes: `diff-tree`, `ls-files`; nothing is written.
 */
export async function standingWhereNew(
  port: Git,
  worktree: AbsolutePath,
  from: Oid,
  to: Oid,
): Promise<string[]> {
  const changes = await changedPaths(port, worktree, from, to);
  const made = changes.filter(({ before, after }) => before === null && isWritten(after));
  return standingAt(port, worktree, made);
}

/**
 * What stands where replaying `commits` writes files, also those that a later one of them takes
 * away again: git does so on its way, with an ignored file that has come in their place.
 * Two processes: `diff-tree --stdin`, `ls-files`; nothing is written.
 */
export async function standingWhereReplayed(
  port: Git,
  worktree: AbsolutePath,
  commits: readonly Oid[],
): Promise<string[]> {
  const changes = [...(await changesOfCommits(port, worktree, commits)).values()].flat();
  return standingAt(
    port,
    worktree,
    changes.filter(({ after }) => isWritten(after)),
  );
}

/** A submodule is not checked out along with its entry. */
function isWritten(side: Side | null): boolean {
  return side !== null && side.mode !== '160000';
}

/** What of that is in the way of `changes` is not tracked: git knows what it may write over. */
async function standingAt(
  port: Git,
  worktree: AbsolutePath,
  changes: readonly Change[],
): Promise<string[]> {
  const tracked = new Set((await listIndex(port, worktree)).map(({ path }) => path));
  const standing = new Set<string>();
  for (const path of new Set(changes.map((change) => change.path))) {
    if (tracked.has(path)) continue;
    const found = await whatStandsAt(worktree, path);
    if (found.kind === 'file') standing.add(path);
    if (found.kind === 'above' && !tracked.has(found.path)) standing.add(found.path);
    if (found.kind === 'folder') {
      for (const file of await untrackedBelow(port, worktree, path)) standing.add(file);
    }
  }
  return [...standing].toSorted();
}

/** Ignored ones too. One process: `ls-files --others`. */
function untrackedBelow(port: Git, worktree: AbsolutePath, folder: string): Promise<string[]> {
  const args = ['--literal-pathspecs', 'ls-files', '--others', '-z', '--', folder];
  return gitFields(port, worktree, args);
}

/** Staged exactly as it will be: git keeps it, whatever the file is. */
function ofTracked(change: Change, entry: StatusEntry): 'identical' | 'doubtful' {
  if (entry.kind !== 'tracked' || entry.xy.startsWith('.')) return 'doubtful';
  const index =
    entry.modeIndex === '000000' || entry.oidIndex === undefined
      ? null
      : { mode: entry.modeIndex ?? '', oid: entry.oidIndex };
  return sameSide(index, change.after) ? 'identical' : 'doubtful';
}

export type Found =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file' }
  /** where a file will be: git looks into it */
  | { readonly kind: 'folder' }
  /** something above it is no directory */
  | { readonly kind: 'above'; readonly path: string };

export async function whatStandsAt(worktree: AbsolutePath, path: string): Promise<Found> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const part = parts.slice(0, depth).join('/');
    const info = await lstat(below(worktree, part)).catch(() => null);
    if (info === null) return { kind: 'nothing' };
    if (depth === parts.length) return { kind: info.isDirectory() ? 'folder' : 'file' };
    if (!info.isDirectory()) return { kind: 'above', path: part };
  }
  return { kind: 'nothing' };
}

/** The paths at which the checkout has exactly the bytes, kind and mode of the result. */
export async function equalToResult(
  port: Git,
  worktree: AbsolutePath,
  changes: readonly Change[],
): Promise<Set<string>> {
  const equal = new Set<string>();
  if (changes.length === 0) return equal;
  const modeCounts = await honoursMode(port, worktree);
  const files: Change[] = [];
  for (const change of changes) {
    const info = await lstat(below(worktree, change.path)).catch(() => null);
    const mode = change.after?.mode;
    if (info === null || mode === undefined) {
      if (info === null && mode === undefined) equal.add(change.path);
    } else if (mode === '120000') {
      if (info.isSymbolicLink() && (await linkEquals(port, worktree, change))) {
        equal.add(change.path);
      }
    } else if (mode !== '160000' && info.isFile()) {
      const executable = (info.mode & 0o100) !== 0;
      if (!modeCounts || executable === (mode === '100755')) files.push(change);
    }
  }
  const hashes = await hashFiles(
    port,
    worktree,
    files.map((change) => change.path),
  );
  for (const change of files) {
    if (hashes.get(change.path) === change.after?.oid) equal.add(change.path);
  }
  return equal;
}

async function honoursMode(port: Git, worktree: string): Promise<boolean> {
  const args = ['config', '--type=bool', '--get', 'core.fileMode'];
  return (await gitText(port, worktree, args, { answers: [0, 1] })) !== 'false';
}

async function linkEquals(port: Git, worktree: AbsolutePath, change: Change): Promise<boolean> {
  const target = await readlink(below(worktree, change.path), 'buffer');
  const { stdout } = await git(port, worktree, ['cat-file', 'blob', change.after?.oid ?? '']);
  return stdout.equals(target);
}
