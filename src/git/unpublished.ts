/**
 * Commits of a repository that its remotes have not got, as far as its own remote-tracking refs
 * tell (nothing is fetched).
 */
import { git, gitText, type Git } from './git.ts';

/** More than this many need not be compared one by one. */
const most = 10_000;

/** Points git at one repository, wherever its configuration says that its files are. */
export interface GitDirectory {
  readonly gitDir: string;
}

function only(where: GitDirectory): string[] {
  // core.worktree of a module names a folder that may be gone; nothing here looks at files
  return [`--git-dir=${where.gitDir}`, `--work-tree=${where.gitDir}`];
}

/**
 * Commits in local branches, HEAD and the stash that are on no remote-tracking ref, at most
 * 10,000. One process: `rev-list`. A HEAD without a commit, and a missing stash, are nothing.
 */
export async function unpublishedCommits(port: Git, where: GitDirectory): Promise<string[]> {
  const text = await gitText(port, where.gitDir, [
    ...only(where),
    'rev-list',
    '--ignore-missing',
    `--max-count=${most}`,
    'HEAD',
    'refs/stash',
    '--branches',
    '--not',
    '--remotes',
    '--',
  ]);
  return text === '' ? [] : text.split('\n');
}

/**
 * Are all `commits` reachable from refs of the repository at `where`? One process: `rev-list`.
 * An object it has not got makes git fail (128), which is a "no".
 */
export async function reachableThere(
  port: Git,
  where: GitDirectory,
  commits: readonly string[],
): Promise<boolean> {
  if (commits.length === 0) return true;
  if (commits.length >= most) return false;
  const args = [...only(where), 'rev-list', '--max-count=1', '--stdin', '--not', '--all'];
  const stdin = `${commits.join('\n')}\n`;
  const { exit, stdout } = await git(port, where.gitDir, args, { stdin, answers: [0, 128] });
  return exit === 0 && stdout.length === 0;
}
