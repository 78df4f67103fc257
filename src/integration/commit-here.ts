/**
 * Commits in a worktree of the user's, in the user's name, as `git commit` makes them: signed if
 * so configured, with the repository's hooks as they stand in the main checkout.
 *
 * - everything: `add --all`, then `commit`, as a person would do it;
 * - some paths only: `commit --only`, which takes their files as they are and leaves whatever else
 *   is staged as it is.
 */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addIntent } from '../git/add-intent.ts';
import { GitError, git, gitText, type Git } from '../git/git.ts';
import { oid, type Oid } from '../git/oid.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { gitWithHooks, hooksFor, wrapHooks } from './hooks.ts';

export interface CommitHere {
  /** the root of the worktree */
  readonly worktree: AbsolutePath;
  /** the main checkout: hooks are those seen from there */
  readonly root: AbsolutePath;
  readonly message: string;
  /** relative paths, taken literally; `all`: everything that is not ignored */
  readonly paths: readonly string[] | 'all';
  /** those of `paths` that git does not know yet */
  readonly untracked: readonly string[];
  /** names the fault points */
  readonly step: string;
}

/** Ten minutes: hooks run linters and tests. */
const hookLimitMs = 600_000;

const hookNames = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit'];

const quiet = ['core.fsmonitor=false', 'gc.auto=0', 'maintenance.auto=false', 'core.fsync=all']
  .flatMap((setting) => ['-c', setting])
  .concat('--literal-pathspecs');

/**
 * @returns the new commit
 * @throws FlightError `hook-failed`, `sign-failed`, `commit-failed`
 */
export async function commitHere(port: Git, input: CommitHere): Promise<Oid> {
  const { worktree, paths, step } = input;
  const hooks = await hooksFor(port, input, hookNames);
  const room = absolute(await realpath(await mkdtemp(join(tmpdir(), 'flight-rules-'))));
  try {
    const wrappers = await wrapHooks(room, hooks);
    faultPoint(`end.${step}:before`);
    try {
      if (paths === 'all') await git(port, worktree, [...quiet, 'add', '--all']);
      else if (input.untracked.length > 0) await addIntent(port, worktree, input.untracked);
      faultPoint(`end.${step}-index:after`);
      const only = paths === 'all' ? [] : await onlyPaths(room, paths);
      const args = [
        ...quiet,
        'commit',
        '--quiet',
        '--no-edit',
        '-F',
        await messageFile(room, input.message),
      ];
      await gitWithHooks(port, worktree, wrappers, [...args, ...only], hookLimitMs);
    } catch (error) {
      throw explained(error);
    }
    faultPoint(`end.${step}:after`);
  } finally {
    await rm(room, { recursive: true, force: true, maxRetries: 3 });
  }
  return oid(await gitText(port, worktree, ['rev-parse', '--verify', 'HEAD']));
}

/** A message can be longer than a command line may be. */
async function messageFile(room: AbsolutePath, message: string): Promise<string> {
  const file = below(room, 'message');
  await writeFile(file, message);
  return file;
}

/** A hundred thousand paths are no command line. */
async function onlyPaths(room: AbsolutePath, paths: readonly string[]): Promise<string[]> {
  const file = below(room, 'paths');
  await writeFile(file, paths.map((path) => `${path}\0`).join(''));
  return ['--only', `--pathspec-from-file=${file}`, '--pathspec-file-nul'];
}

function explained(error: unknown): unknown {
  if (!(error instanceof GitError)) return error;
  const why = error.data.stderr.trim() || `git ended with exit ${error.data.exit}`;
  const code = /gpg|sign/iu.test(why) ? 'sign-failed' : 'commit-failed';
  return new FlightError(code, { why }, { cause: error });
}
