/**
 * Which repository this is, seen from a directory. One process: `rev-parse`; more only for paths
 * that hold a line break.
 */
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { FlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { git, type Git } from './git.ts';
import { checkVersion, telling, toldVersion, type Setting } from './version.ts';

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
  /** of git, e.g. `2.39.5` */
  readonly version: string;
  /** what decides how files become blobs and blobs are merged; `null`: git did not tell */
  readonly deciding: readonly Setting[] | null;
}

/**
 * @param directory where the command was started
 * @throws FlightError `not-a-repository` with git's reason (also for "dubious ownership"),
 * `git-too-old`
 */
export async function openRepository(port: Git, directory: AbsolutePath): Promise<Repository> {
  const flags = [
    '--is-bare-repository',
    '--is-inside-work-tree',
    '--is-shallow-repository',
    '--show-object-format',
  ];
  const paths = ['--path-format=absolute', '--git-common-dir', '--absolute-git-dir'];
  // Outside of a worktree the last question is fatal, and all before it are answered.
  const { stdout, stderr, exit } = await git(
    port,
    directory,
    ['rev-parse', ...flags, ...paths, '--show-toplevel'],
    { answers: [0, 128], env: telling },
  );
  const { version: told, deciding, said } = toldVersion(stderr);
  const version = await checkVersion(port, directory, told);
  const lines = stdout.toString('utf8').split('\n');
  if (lines.length < 7) {
    const why = said.replace(/^fatal: /u, '').split('\n')[0] ?? '';
    // said by the error itself; anything else (a broken link, an owner not trusted) is news
    const usual = why.startsWith('not a git repository (or any');
    throw new FlightError('not-a-repository', usual ? { directory } : { directory, why });
  }
  const [bare, inside, shallow, format, ...found] = lines;
  const hasWorktree = inside === 'true';
  if (hasWorktree && exit !== 0) {
    throw new FlightError('not-a-repository', { directory, why: said });
  }
  // a newline in a path would make more lines than answers; then each is asked for by itself
  const plain = lines.length === (hasWorktree ? 8 : 7);
  const [common = '', gitDir = '', top = ''] = plain
    ? found
    : await askApart(port, directory, hasWorktree);
  const worktree = hasWorktree ? await real(top) : null;
  return {
    commonDir: await real(common),
    gitDir: await real(gitDir),
    worktree,
    bare: bare === 'true' && worktree === null,
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    shallow: shallow === 'true',
    version,
    deciding: told === null ? null : deciding,
  };
}

async function askApart(
  port: Git,
  directory: AbsolutePath,
  hasWorktree: boolean,
): Promise<string[]> {
  const common = await answer(port, directory, ['--path-format=absolute', '--git-common-dir']);
  const gitDir = await answer(port, directory, ['--absolute-git-dir']);
  return [common, gitDir, hasWorktree ? await answer(port, directory, ['--show-toplevel']) : ''];
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
    // see `kernel/regular-file.ts` why not through the thread pool
    return absolute(realpathSync.native(whole));
  } catch {
    const parent = dirname(whole);
    if (parent === whole) return whole;
    return below(await real(parent), whole.slice(parent.length).replace(/^\//u, ''));
  }
}
