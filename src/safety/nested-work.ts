/**
 * Which repositories inside a working tree hold work that is nowhere else: uncommitted changes,
 * commits or stashes on no remote-tracking ref. A linked worktree, and a repository that has some,
 * always counts: others know it by its path, so moving it breaks them.
 *
 * Such a repository may be anybody's: before status runs in it, its own configuration is read for
 * filters, which status would start.
 *
 * Processes per repository: `config`, `rev-parse`, `status`, `ls-files`, `rev-list`.
 */
import { readdir, realpath } from 'node:fs/promises';
import { isErrno } from '../kernel/errno.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { gitFields, gitText, type Git } from '../git/git.ts';
import { unpublishedCommits } from '../git/unpublished.ts';
import { findNested, type NestedRepository } from './nested-search.ts';
import { submoduleWork } from './submodule-work.ts';
import { confined, inspectWorkingTree, type WorkingTree } from './working-tree.ts';

const deepest = 12;

/**
 * The nested repositories with work, absolute.
 * @param known registered worktrees of this repository (real paths), which are answered for elsewhere
 * @throws Error if it could not be found out of one of them
 */
export async function nestedWork(
  port: Git,
  tree: WorkingTree,
  known: ReadonlySet<string>,
  depth = 0,
): Promise<AbsolutePath[]> {
  if (depth > deepest) throw new Error(`repositories are nested too deeply at ${tree.root}`);
  const withWork: AbsolutePath[] = [];
  for (const nested of await findNested(tree.unwatched)) {
    if (known.has(await realpath(nested.path))) continue;
    if (await holdsWork(port, nested, known, depth)) withWork.push(nested.path);
  }
  return withWork;
}

async function holdsWork(
  port: Git,
  nested: NestedRepository,
  known: ReadonlySet<string>,
  depth: number,
): Promise<boolean> {
  if (nested.kind === 'linked') return true;
  const git = confined(port, nested.path);
  if (await startsFilters(git, nested.path)) return true;
  const gitDir = absolute(await gitText(git, nested.path, ['rev-parse', '--absolute-git-dir']));
  if ((await namesIn(below(gitDir, 'worktrees'))).length > 0) return true;
  if ((await unpublishedCommits(port, { gitDir })).length > 0) return true;
  const tree = await inspectWorkingTree(port, nested.path);
  if (tree.dirty.length > 0) return true;
  if ((await submoduleWork(port, { tree, modules: below(gitDir, 'modules') })).length > 0) {
    return true;
  }
  return (await nestedWork(port, tree, known, depth + 1)).length > 0;
}

/** Does the repository's own configuration name commands that status would run? */
async function startsFilters(git: Git, path: AbsolutePath): Promise<boolean> {
  const fields = await gitFields(git, path, [
    'config',
    '--list',
    '--show-scope',
    '--name-only',
    '-z',
  ]);
  return fields.some(
    (key, index) =>
      /^filter\..*\.(?:clean|process)$/su.test(key) &&
      ['local', 'worktree'].includes(fields[index - 1] ?? ''),
  );
}

async function namesIn(folder: AbsolutePath): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
