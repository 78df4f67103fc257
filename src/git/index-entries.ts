/**
 * What the index says about every path, the flags included that make `git status` look away.
 */
import { gitFields, type Git } from './git.ts';
import { isOid, type Oid } from './oid.ts';

export interface IndexEntry {
  readonly path: string;
  /** `100644`, `100755`, `120000`, `160000` */
  readonly mode: string;
  readonly oid: Oid;
  /** 0, or 1 to 3 while unmerged */
  readonly stage: number;
  /** git is told that the file need not be there; if it is there, edits of it are not shown */
  readonly skipWorktree: boolean;
  /** git is told not to look at the file at all */
  readonly assumeUnchanged: boolean;
}

/** One process: `ls-files -s -v -z` in the root of `worktree`. A sparse index is spelled out. */
export async function listIndex(port: Git, worktree: string): Promise<IndexEntry[]> {
  return parseIndex(await gitFields(port, worktree, ['ls-files', '-s', '-v', '-z']));
}

/** The same of some paths, taken literally; those that the index does not have are left out. */
export async function listIndexAt(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<IndexEntry[]> {
  if (paths.length === 0) return [];
  const args = ['--literal-pathspecs', 'ls-files', '-s', '-v', '-z', '--', ...paths];
  return parseIndex(await gitFields(port, worktree, args));
}

/** The index with what resolved conflicts can be undone to: all the objects it names. */
export interface WholeIndex {
  readonly entries: readonly IndexEntry[];
  /** blobs that only the record of a resolved conflict names */
  readonly undone: readonly Oid[];
}

/** As `listIndex`, also in one process: `ls-files -s -v --resolve-undo -z`. */
export async function readWholeIndex(port: Git, worktree: string): Promise<WholeIndex> {
  const args = ['ls-files', '-s', '-v', '--resolve-undo', '-z'];
  const fields = await gitFields(port, worktree, args);
  // git shows them by the tag U, and nothing else by it
  const isUndone = (field: string): boolean => field.startsWith('U ');
  return {
    entries: parseIndex(fields.filter((field) => !isUndone(field))),
    undone: parseIndex(fields.filter(isUndone)).map((entry) => entry.oid),
  };
}

/** Pure: fields `<tag> <mode> <oid> <stage>\t<path>`; a lower-case tag is assume-unchanged. */
function parseIndex(fields: readonly string[]): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const field of fields) {
    const tab = field.indexOf('\t');
    const [tag, mode, oid, stage] = field.slice(0, tab).split(' ');
    if (tab < 0 || tag === undefined || mode === undefined || !isOid(oid)) {
      throw new TypeError(`not a line of ls-files: ${JSON.stringify(field)}`);
    }
    entries.push({
      path: field.slice(tab + 1),
      mode,
      oid,
      stage: Number(stage),
      skipWorktree: tag.toUpperCase() === 'S',
      assumeUnchanged: tag !== tag.toUpperCase(),
    });
  }
  return entries;
}
