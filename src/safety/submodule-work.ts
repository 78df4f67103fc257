/**
 * Commits of submodules that exist nowhere else. The submodules of a linked worktree have their
 * repositories in its private git dir (`modules/<name>`, and `modules/<name>/modules/…` below):
 * what they hold goes where the private git dir goes.
 *
 * Processes per submodule: `rev-list`, and a second one if there are commits of its own.
 */
import { lstat, readdir } from 'node:fs/promises';
import { isErrno } from '../kernel/errno.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import type { Git } from '../git/git.ts';
import { reachableThere, unpublishedCommits } from '../git/unpublished.ts';
import type { WorkingTree } from './working-tree.ts';

export interface SubmodulesOf {
  /** `null` if the working tree is gone */
  readonly tree: WorkingTree | null;
  /** where the submodules' repositories are */
  readonly modules: AbsolutePath;
  /** where the main checkout has its own of the same name; commits that are there too are safe */
  readonly common?: AbsolutePath;
}

/**
 * Where the submodules with commits of their own are: their working trees, or their repositories
 * if these are not checked out.
 * @throws Error if it could not be found out of one of them
 */
export async function submoduleWork(port: Git, where: SubmodulesOf): Promise<AbsolutePath[]> {
  const found = new Set<AbsolutePath>();
  const places = await checkedOut(where.tree?.submodules ?? []);
  for (const name of await moduleNames(where.modules)) {
    const gitDir = below(where.modules, name);
    const commits = await unpublishedCommits(port, { gitDir });
    if (commits.length === 0) continue;
    const twin = where.common === undefined ? null : below(where.common, name);
    const safe =
      twin !== null &&
      (await isRepository(twin)) &&
      (await reachableThere(port, { gitDir: twin }, commits));
    if (!safe) found.add(places.get(gitDir) ?? gitDir);
  }
  // one that carries its repository in its own folder takes it along
  for (const [gitDir, path] of places) {
    if (gitDir !== below(path, '.git')) continue;
    if ((await unpublishedCommits(port, { gitDir })).length > 0) found.add(path);
  }
  return [...found].toSorted();
}

/** Repository of each submodule that is checked out, and where. */
async function checkedOut(
  submodules: readonly AbsolutePath[],
): Promise<Map<AbsolutePath, AbsolutePath>> {
  const places = new Map<AbsolutePath, AbsolutePath>();
  for (const path of submodules) {
    const dotGit = below(path, '.git');
    if ((await lstat(dotGit)).isDirectory()) {
      places.set(dotGit, path);
    } else {
      const text = await readRegularText(dotGit);
      places.set(absolute(text.replace(/^gitdir: /u, '').trimEnd(), path), path);
    }
  }
  return places;
}

/** The repositories below `modules`, by path; names hold slashes, and repositories `modules`. */
async function moduleNames(modules: AbsolutePath, prefix = ''): Promise<string[]> {
  const folder = below(modules, prefix);
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
  const names: string[] = [];
  for (const entry of entries.filter((one) => one.isDirectory())) {
    const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (await isRepository(below(modules, name))) {
      names.push(name, ...(await moduleNames(modules, `${name}/modules`)));
    } else {
      names.push(...(await moduleNames(modules, name)));
    }
  }
  return names;
}

async function isRepository(path: AbsolutePath): Promise<boolean> {
  const parts = await Promise.all(
    ['HEAD', 'objects'].map((part) =>
      lstat(below(path, part)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return parts.every(Boolean);
}
