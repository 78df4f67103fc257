/**
 * Which repository this is, seen from a directory. One process: `rev-parse`.
 */
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { GitError, git, type Git } from './git.ts';

export interface Repository {
  /** real path; the identity of the project */
  readonly commonDir: AbsolutePath;
  /** git dir of the worktree we stand in; equals `commonDir` in the main worktree */
  readonly gitDir: AbsolutePath;
  /** real path of the worktree we stand in, `null` in a bare repository or inside a git dir */
  readonly worktree: AbsolutePath | null;
  readonly bare: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly shallow: boolean;
}

/**
 * @param directory where the command was started
 * @throws FlightError `not-a-repository` with git's reason (also for "dubious ownership")
 */
export async function openRepository(port: Git, directory: AbsolutePath): Promise<Repository> {
  let lines: string[];
  try {
    const { stdout } = await git(port, directory, [
      'rev-parse',
      '--path-format=absolute',
      '--git-common-dir',
      '--absolute-git-dir',
      '--is-bare-repository',
      '--is-inside-work-tree',
      '--is-shallow-repository',
      '--show-object-format',
    ]);
    lines = stdout.toString('utf8').split('\n');
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const why =
      error.data.stderr
        .trim()
        .replace(/^fatal: /u, '')
        .split('\n')[0] ?? '';
    // said by the error itself; anything else (a broken link, an owner not trusted) is news
    const usual = why.startsWith('not a git repository (or any');
    throw new FlightError('not-a-repository', usual ? { directory } : { directory, why }, {
      cause: error,
    });
  }
  // a newline in a path would make more lines than answers; then each is asked for by itself
  const fixed = lines.filter((line) => line !== '').slice(-4);
  const paths = lines.length === 7 ? lines.slice(0, 2) : await askApart(port, directory);
  const [bare, inside, shallow, format] = fixed;
  const commonDir = await real(paths[0] ?? '');
  const gitDir = await real(paths[1] ?? '');
  const worktree = inside === 'true' ? await topLevel(port, directory) : null;
  return {
    commonDir,
    gitDir,
    worktree,
    bare: bare === 'true' && worktree === null,
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    shallow: shallow === 'true',
  };
}

async function askApart(port: Git, directory: AbsolutePath): Promise<string[]> {
  const common = await answer(port, directory, ['--path-format=absolute', '--git-common-dir']);
  return [common, await answer(port, directory, ['--absolute-git-dir'])];
}

async function topLevel(port: Git, directory: AbsolutePath): Promise<AbsolutePath> {
  return real(await answer(port, directory, ['--show-toplevel']));
}

async function answer(
  port: Git,
  directory: AbsolutePath,
  args: readonly string[],
): Promise<string> {
  const { stdout } = await git(port, directory, ['rev-parse', ...args]);
  // exactly one newline is git's; any other belongs to the path
  return stdout.toString('utf8').replace(/\n$/u, '');
}

/** The real path of `path`; of the nearest parent that exists, if it does not. */
export async function real(path: string): Promise<AbsolutePath> {
  const whole = absolute(path);
  try {
    return absolute(await realpath(whole));
  } catch {
    const parent = dirname(whole);
    if (parent === whole) return whole;
    return below(await real(parent), whole.slice(parent.length).replace(/^\//u, ''));
  }
}
