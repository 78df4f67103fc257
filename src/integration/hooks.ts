/**
 * The repository's hooks, as they would run in the main checkout. git is given a folder of small
 * wrappers instead of the real one, for three reasons: only the hooks that belong to what is done
 * run; each is started by its own path, so that it finds its neighbours, and without the `GIT_DIR`
 * git exports in linked worktrees; and what it says goes to a file, so that a daemon it leaves
 * behind does not hold our pipes.
 */
import { access, chmod, constants, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { GitError, git, gitText, type Git } from '../git/git.ts';
import { FlightError, isFlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import type { Shape } from './shapes.ts';

/** The hooks git runs while it makes a commit of that shape. */
const hooksOf: Readonly<Record<Shape, readonly string[]>> = {
  ff: [],
  merge: ['pre-merge-commit', 'prepare-commit-msg', 'commit-msg'],
  squash: ['pre-commit', 'prepare-commit-msg', 'commit-msg'],
  rebase: ['pre-rebase'],
};

export interface Hook {
  readonly name: string;
  readonly path: AbsolutePath;
}

/** The hooks that would run. One process: `rev-parse --git-path hooks` in the main checkout. */
export async function hooksFor(
  port: Git,
  project: { readonly root: AbsolutePath },
  names: readonly string[],
): Promise<Hook[]> {
  if (names.length === 0) return [];
  const args = ['rev-parse', '--path-format=absolute', '--git-path', 'hooks'];
  const folder = absolute(await gitText(port, project.root, args), project.root);
  const found: Hook[] = [];
  for (const name of names) {
    const path = below(folder, name);
    if (await isExecutable(path)) found.push({ name, path });
  }
  return found;
}

export function hookNames(shape: Shape): readonly string[] {
  return hooksOf[shape];
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A folder of wrappers; what they leave there says what happened. */
export interface Wrappers {
  readonly folder: AbsolutePath;
  /** to put before the subcommand */
  readonly config: readonly string[];
}

/** @param folder is made; ours alone */
export async function wrapHooks(folder: AbsolutePath, hooks: readonly Hook[]): Promise<Wrappers> {
  await mkdir(below(folder, 'hooks'), { recursive: true });
  for (const { name, path } of hooks) {
    const file = below(folder, 'hooks', name);
    await writeFile(file, wrapper(name, path, folder));
    await chmod(file, 0o755);
  }
  return { folder, config: ['-c', `core.hooksPath=${below(folder, 'hooks')}`] };
}

function wrapper(name: string, path: string, folder: string): string {
  return [
    '#!/bin/sh',
    'unset GIT_DIR GIT_WORK_TREE GIT_PREFIX GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_ALLOW_PROTOCOL GIT_NO_LAZY_FETCH',
    `printf '%s' ${shell(name)} > ${shell(`${folder}/running`)}`,
    `${shell(path)} "$@" >> ${shell(`${folder}/output`)} 2>&1 < /dev/null`,
    'status=$?',
    `[ "$status" = 0 ] && rm -f ${shell(`${folder}/running`)}`,
    `[ "$status" = 0 ] || printf '%s' "$status" > ${shell(`${folder}/status`)}`,
    'exit "$status"',
    '',
  ].join('\n');
}

function shell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Runs git with wrapped hooks and a time limit; when it is over, git, the hook and whatever they
 * started in their group are killed.
 * @throws FlightError `hook-failed`, naming the hook and what it said; GitError for git's own failure
 */
export async function gitWithHooks(
  port: Git,
  cwd: AbsolutePath,
  wrappers: Wrappers,
  args: readonly string[],
  timeoutMs: number,
): Promise<void> {
  try {
    await git(port, cwd, [...wrappers.config, ...args], { timeoutMs });
  } catch (error) {
    const hook = await readFile(below(wrappers.folder, 'running'), 'utf8').catch(() => '');
    if (hook === '' || !(error instanceof GitError || isFlightError(error, 'git-timeout'))) {
      throw error;
    }
    const said = await readFile(below(wrappers.folder, 'output'), 'utf8').catch(() => '');
    const status = await readFile(below(wrappers.folder, 'status'), 'utf8').catch(() => '');
    const late = isFlightError(error, 'git-timeout')
      ? `${said}\nIt did not end within ${Math.round(timeoutMs / 1000)} s and was stopped.`
      : said;
    const exit = status === '' ? null : Number(status);
    throw new FlightError(
      'hook-failed',
      { hook, exit, output: late.slice(-4_000) },
      { cause: error },
    );
  }
}
