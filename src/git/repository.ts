/**
 * Which repository this is, seen from a directory. One process: `rev-parse`; more only for paths
 * that hold a line break.
 */
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { git, type Git } from './git.ts';

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
  // the answers that are one word come first, so that no path can be taken for one of them
  const { exit, stdout, stderr } = await git(
    port,
    directory,
    [
      'rev-parse',
      '--is-bare-repository',
      '--is-inside-work-tree',
      '--is-shallow-repository',
      '--show-object-format',
      '--path-format=absolute',
      '--git-common-dir',
      '--absolute-git-dir',
      '--show-toplevel',
    ],
    // 128: no repository, or, after all other answers, no worktree that has a top level
    { answers: [0, 128] },
  );
  const lines = stdout.toString('utf8').split('\n');
  const [bare, inside, shallow, format, ...answered] = lines;
  const top = inside === 'true';
  if (answered.length < 3 || (exit !== 0 && top)) {
    const text = stderr.toString('utf8').trim();
    const why = text.replace(/^fatal: /u, '').split('\n')[0] ?? '';
    throw new FlightError('not-a-repository', { directory, why });
  }
  // a newline in a path makes more lines than answers; then each is asked for by itself
  const paths = answered.length === (top ? 4 : 3) ? answered : await askApart(port, directory, top);
  const worktree = top ? await real(paths[2] ?? '') : null;
  return {
    commonDir: await real(paths[0] ?? ''),
    gitDir: await real(paths[1] ?? ''),
    worktree,
    bare: bare === 'true' && worktree === null,
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    shallow: shallow === 'true',
  };
}

async function askApart(port: Git, directory: AbsolutePath, withTop: boolean): Promise<string[]> {
  return [
    await answer(port, directory, ['--path-format=absolute', '--git-common-dir']),
    await answer(port, directory, ['--absolute-git-dir']),
    withTop ? await answer(port, directory, ['--show-toplevel']) : '',
  ];
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
