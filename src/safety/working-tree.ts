/**
 * What one working tree holds that no commit has: what status shows, what flags hide from it, and
 * the same of its submodules, however their configuration would hide it. Used for a session and
 * for every repository found inside it.
 *
 * Processes: `status` and `ls-files` for the tree and for each submodule that is checked out.
 */
import { lstat } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { errorCode } from '../kernel/errno.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { gitWith, type Git } from '../git/git.ts';
import { hiddenEdits } from '../git/hidden-edits.ts';
import { readWholeIndex, type IndexEntry } from '../git/index-entries.ts';
import type { Oid } from '../git/oid.ts';
import { readStatus, type Status } from '../git/status.ts';

export interface WorkingTree {
  readonly root: AbsolutePath;
  readonly status: Status;
  /** what resolved conflicts can be undone to */
  readonly undone: readonly Oid[];
  /** paths, relative to the root, whose work is not committed; those in submodules with their way */
  readonly dirty: readonly string[];
  /** submodules that are checked out, absolute, those of submodules too */
  readonly submodules: readonly AbsolutePath[];
  /** folders that git does not look into or takes for its own: a repository may hide there */
  readonly unwatched: Unwatched;
}

export interface Unwatched {
  /** ignored folders, absolute: everything below is unseen */
  readonly ignored: readonly AbsolutePath[];
  /** folders of tracked files, absolute: only a `.git` right in them is unseen */
  readonly tracked: readonly AbsolutePath[];
}

/** Submodules of submodules of … : more than this is a circle or an attack. */
const deepest = 12;

/**
 * Looks at the working tree whose root is `root`.
 * @throws FlightError if git could not tell (also if `root` is no repository by itself)
 */
export async function inspectWorkingTree(
  port: Git,
  root: AbsolutePath,
  depth = 0,
): Promise<WorkingTree> {
  if (depth > deepest) throw new Error(`repositories are nested too deeply at ${root}`);
  const here = confined(port, root);
  const [status, { entries: index, undone }] = await Promise.all([
    readStatus(here, root, { ignored: true }),
    readWholeIndex(here, root),
  ]);
  const hidden = await hiddenEdits(here, root, index);
  const shown = status.entries.filter(({ kind }) => kind !== 'ignored').map(({ path }) => path);
  const dirty = new Set([...shown, ...hidden]);
  const submodules: AbsolutePath[] = [];
  const ignored = status.entries
    .filter(({ kind, path }) => kind === 'ignored' && path.endsWith('/'))
    .map(({ path }) => below(root, path.slice(0, -1)));
  const tracked = folders(index).map((folder) => below(root, folder));
  for (const link of index.filter(({ mode }) => mode === '160000')) {
    const path = below(root, link.path);
    if (!(await isThere(below(path, '.git')))) {
      // a name that is no UTF-8 cannot be looked up, and unseen is not clean
      if (link.path.includes('\uFFFD')) dirty.add(link.path);
      continue;
    }
    const inner = await inspectWorkingTree(port, path, depth + 1);
    // a submodule whose configuration makes status look away is looked at all the same
    if (inner.status.head !== link.oid) dirty.add(link.path);
    if (!dirty.has(link.path)) for (const one of inner.dirty) dirty.add(`${link.path}/${one}`);
    submodules.push(path, ...inner.submodules);
    ignored.push(...inner.unwatched.ignored);
    tracked.push(...inner.unwatched.tracked);
  }
  const unwatched = { ignored, tracked };
  return { root, status, undone, dirty: [...dirty], submodules, unwatched };
}

/** git that takes `root` for a repository or fails, rather than finding one further up. */
export function confined(port: Git, root: AbsolutePath): Git {
  return gitWith(port, { GIT_CEILING_DIRECTORIES: dirname(root) });
}

/** The folders, other than the root, that hold tracked files. */
function folders(index: readonly IndexEntry[]): string[] {
  const found = new Set<string>();
  for (const { path } of index) {
    let folder = posix.dirname(path);
    while (folder !== '.' && !found.has(folder)) {
      found.add(folder);
      folder = posix.dirname(folder);
    }
  }
  return [...found];
}

async function isThere(path: AbsolutePath): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
