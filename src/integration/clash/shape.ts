/**
 * Pure: the shape of a change, and when two of them cannot clash, whatever is in the files.
 *
 * Two changes against the same merge base are provably apart if
 * - no path is in both (a rename counts as a path that went and one that came);
 * - no path of one is a folder on the way to a path of the other;
 * - no folder can have been renamed by one in which the other adds: git follows such a rename,
 *   and the added file moves, or clashes. A renamed folder is gone, so it is not the root, a path
 *   in it was deleted, and something was added elsewhere.
 * Everything else only a merge can tell.
 */
import type { Change, Side } from '../../git/diff.ts';
import type { Edit } from './uncommitted.ts';

export interface Shape {
  /** per path `<mode> <oid>` before and after, `null` for nothing, `different` for unknown */
  readonly changes: ReadonlyMap<string, Alteration>;
  /** all folders on the way to a path, without the root */
  readonly folders: ReadonlySet<string>;
  /** those on the way to a path that was deleted */
  readonly leaving: ReadonlySet<string>;
  /** those on the way to a path that was added */
  readonly growing: ReadonlySet<string>;
  readonly adds: boolean;
  /** an edit lies over a committed change: it may have undone it */
  readonly isDoubtful: boolean;
}

interface Alteration {
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * @param committed what differs between the merge base and HEAD
 * @param edits what differs between HEAD and the worktree
 */
export function shapeOf(committed: readonly Change[], edits: readonly Edit[]): Shape {
  const changes = new Map<string, Alteration>();
  for (const { path, before, after } of committed) {
    changes.set(path, { before: stated(before), after: stated(after) });
  }
  let isDoubtful = false;
  for (const { path, before, after } of edits) {
    const known = changes.get(path);
    const from = known === undefined ? before : known.before;
    if (from === after) {
      changes.delete(path);
      continue;
    }
    if (known !== undefined && after === 'different') isDoubtful = true;
    changes.set(path, { before: from, after });
  }
  return { changes, ...foldersOf(changes), isDoubtful };
}

type Folders = Pick<Shape, 'folders' | 'leaving' | 'growing' | 'adds'>;

function foldersOf(changes: ReadonlyMap<string, Alteration>): Folders {
  const folders = new Set<string>();
  const leaving = new Set<string>();
  const growing = new Set<string>();
  let adds = false;
  for (const [path, { before, after }] of changes) {
    addFolders(folders, path);
    if (after === null) addFolders(leaving, path);
    if (before !== null) continue;
    adds = true;
    addFolders(growing, path);
  }
  return { folders, leaving, growing, adds };
}

/** Adds the folders on the way to `path`; those above one that is known are known. */
function addFolders(folders: Set<string>, path: string): void {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const folder = path.slice(0, at);
    if (folders.has(folder)) return;
    folders.add(folder);
  }
}

function stated(side: Side | null): string | null {
  return side === null ? null : `${side.mode} ${side.oid}`;
}

export function provablyApart(a: Shape, b: Shape): boolean {
  const [few, many] = a.changes.size <= b.changes.size ? [a, b] : [b, a];
  for (const path of few.changes.keys()) {
    if (many.changes.has(path) || many.folders.has(path)) return false;
  }
  for (const folder of few.folders) if (many.changes.has(folder)) return false;
  return !mayMove(a, b) && !mayMove(b, a);
}

/** May a folder that `mover` renamed be one in which `other` adds? */
function mayMove(mover: Shape, other: Shape): boolean {
  if (!mover.adds || !other.adds) return false;
  const [few, many] =
    mover.leaving.size <= other.growing.size
      ? [mover.leaving, other.growing]
      : [other.growing, mover.leaving];
  for (const folder of few) if (many.has(folder)) return true;
  return false;
}

/** The paths that both changed, sorted. */
export function commonPaths(a: Shape, b: Shape): string[] {
  const [few, many] = a.changes.size <= b.changes.size ? [a, b] : [b, a];
  return [...few.changes.keys()].filter((path) => many.changes.has(path)).toSorted();
}
