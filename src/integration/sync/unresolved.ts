/**
 * What of a conflict is not resolved yet: paths that git still calls unmerged, files that were
 * staged with the marks of the conflict in them, and, where git needs it, files not staged at all.
 *
 * Processes: `ls-files` (with what resolved conflicts can be undone to), `cat-file --batch` of the
 * files that had conflicted, `status` for a rebase.
 */
import { git, gitFields, type Git } from '../../git/git.ts';
import { readBlobs } from '../../git/objects.ts';
import { stagedIn, type IndexEntry } from '../../git/private-dir.ts';
import { readStatus } from '../../git/status.ts';
import type { AbsolutePath } from '../../kernel/path.ts';

export interface Unresolved {
  /** unmerged paths, sorted */
  readonly paths: readonly string[];
  /** staged with conflict marks in them */
  readonly marked: readonly string[];
  /** a rebase does not go on over changes that are not staged */
  readonly unstaged: readonly string[];
}

/** Looks, and writes nothing. */
export async function lookForUnresolved(
  port: Git,
  worktree: AbsolutePath,
  shape: 'merge' | 'rebase',
): Promise<Unresolved> {
  const { entries, undone } = await stagedIn(port, worktree);
  const paths = named(entries.filter(({ stage }) => stage > 0));
  const marked = await markedFiles(port, worktree, entries, undone);
  const unstaged =
    shape === 'rebase' && paths.length === 0 ? await unstagedFiles(port, worktree) : [];
  return { paths, marked, unstaged };
}

/**
 * Did git note the merge and take nothing of it into the index, as it does where the index is
 * locked at that moment? Then there is no conflict, nor any trace of one that was resolved, and a
 * commit would say that all of the base is in while nothing of it is. Up to two processes.
 */
export async function holdsNothing(port: Git, worktree: AbsolutePath): Promise<boolean> {
  const { entries, undone } = await stagedIn(port, worktree);
  if (undone.length > 0 || entries.some(({ stage }) => stage > 0)) return false;
  const args = ['diff', '--cached', '--quiet', '--ignore-submodules=dirty', 'HEAD'];
  const { exit } = await git(port, worktree, args, { answers: [0, 1] });
  return exit === 0;
}

/** The paths git calls unmerged. One process: `ls-files --unmerged`. */
export async function unmergedPaths(port: Git, worktree: AbsolutePath): Promise<string[]> {
  const fields = await gitFields(port, worktree, ['ls-files', '--unmerged', '-z']);
  const paths = fields.map((field) => field.slice(field.indexOf('\t') + 1));
  return [...new Set(paths)].toSorted();
}

export function isResolved({ paths, marked, unstaged }: Unresolved): boolean {
  return paths.length + marked.length + unstaged.length === 0;
}

function named(entries: readonly IndexEntry[]): string[] {
  return [...new Set(entries.map(({ path }) => asText(path)))].toSorted();
}

/** Paths of an index come as bytes. */
function asText(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

async function markedFiles(
  port: Git,
  worktree: AbsolutePath,
  entries: readonly IndexEntry[],
  undone: readonly IndexEntry[],
): Promise<string[]> {
  const sides = grouped(undone);
  const resolved = entries.filter(
    ({ path, stage, mode }) => stage === 0 && mode.startsWith('100') && sides.has(path),
  );
  const found: string[] = [];
  for (const { path, oid } of resolved) {
    const of = (sides.get(path) ?? []).map((side) => side.oid);
    const [now, ...before] = await readBlobs(port, worktree, [oid, ...of]);
    if (now !== null && now !== undefined && hasMarks(now, before)) found.push(asText(path));
  }
  return found.toSorted();
}

function grouped(entries: readonly IndexEntry[]): Map<string, IndexEntry[]> {
  const groups = new Map<string, IndexEntry[]>();
  for (const entry of entries) groups.set(entry.path, [...(groups.get(entry.path) ?? []), entry]);
  return groups;
}

/** Pure: marks in `now` that were in none of the sides: a file may speak of conflicts. */
export function hasMarks(now: Buffer, sides: readonly (Buffer | null)[]): boolean {
  const known = new Set(sides.flatMap((side) => (side === null ? [] : marks(side))));
  return marks(now).some((line) => !known.has(line));
}

function marks(bytes: Buffer): string[] {
  return bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => /^(?:<{7,}|>{7,}) /u.test(line));
}

async function unstagedFiles(port: Git, worktree: AbsolutePath): Promise<string[]> {
  const { entries } = await readStatus(port, worktree, { untracked: 'no', submodules: 'skip' });
  return entries.filter(({ kind, xy }) => kind === 'tracked' && xy[1] !== '.').map((e) => e.path);
}
