/**
 * Pushes a session's branch: that branch alone, never forced, hooks honoured, nothing tracked.
 *
 * Processes: `config --list` (hooks path); `push` of one full refspec, without the user's
 * `followTags`; afterwards, under the caller's lock, two `config` calls and one that reads back
 * (sixteen `push -u` at once all exit 0 and write six upstreams).
 */
import { isAbsolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../git/config.ts';
import { git, GitError, type Git } from '../git/git.ts';
import { branchRef, type BranchName } from '../git/oid.ts';
import { FlightError, isFlightError } from '../kernel/errors.ts';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import type { Remote } from './remote.ts';
import { withoutCredentials } from './url.ts';

const pushTimeoutMs = 600_000;

export interface PushOptions {
  /** of the session, for messages */
  readonly name: string;
  readonly branch: BranchName;
  readonly remote: Pick<Remote, 'name' | 'url'>;
  /** where the pre-push hook looks around: the session's worktree, or the root if it has none */
  readonly directory: AbsolutePath;
  /** where a relative `core.hooksPath` is found; a session may lack that folder */
  readonly root: AbsolutePath;
  /** ten minutes unless told otherwise: pre-push hooks run test suites */
  readonly timeoutMs?: number;
}

/** @throws FlightError `push-failed` with git's reason */
export async function pushBranch(port: Git, options: PushOptions): Promise<void> {
  const { name, branch, remote, directory } = options;
  const ref = branchRef(branch);
  const hooks = await hooksArguments(port, options.root);
  const timeoutMs = options.timeoutMs ?? pushTimeoutMs;
  const failed = (stderr: string, cause: unknown): FlightError<'push-failed'> => {
    const said = withoutCredentials(stderr, remote.url);
    return new FlightError('push-failed', { name, remote: remote.name, stderr: said }, { cause });
  };
  try {
    await git(
      port,
      directory,
      [...hooks, 'push', '--no-follow-tags', '--end-of-options', remote.name, `${ref}:${ref}`],
      { timeoutMs },
    );
  } catch (error) {
    if (error instanceof GitError) throw failed(explained(error.data.stderr, branch), error);
    if (!isFlightError(error, 'git-timeout')) throw error;
    throw failed(`It did not end within ${Math.round(timeoutMs / 1000)} s and was stopped.`, error);
  }
}

/** git's hint tells people to pull or force; what helps here is another. */
function explained(stderr: string, branch: BranchName): string {
  if (!/\[rejected\].*\((?:non-fast-forward|fetch first)\)/u.test(stderr)) return stderr;
  return `The remote has commits on ${branch} that are not here, and a push is never forced: bring them in first. git said:\n${stderr}`;
}

async function hooksArguments(port: Git, root: AbsolutePath): Promise<readonly string[]> {
  const path = (await readConfig(port, root)).get('core.hooksPath');
  if (path === null || path === '' || isAbsolute(path) || /^[~%]/u.test(path)) return [];
  return ['-c', `core.hooksPath=${absolute(path, root)}`];
}

export type Recorded =
  | { readonly kind: 'recorded' }
  /** the push is none the worse; only `git pull` in that branch has to be told from where */
  | { readonly kind: 'not-recorded'; readonly why: string };

/**
 * Writes down where the branch was pushed to, and looks. Call it with the lock held.
 * Others may hold git's `config.lock` for a moment: it is tried again, about two seconds in all.
 */
export async function recordUpstream(
  port: Git,
  commonDir: AbsolutePath,
  branch: BranchName,
  remote: string,
): Promise<Recorded> {
  const wanted = new Map([
    [`branch.${branch}.remote`, remote],
    [`branch.${branch}.merge`, branchRef(branch)],
  ]);
  for (const [key, value] of wanted) {
    const why = await setConfig(port, commonDir, key, value);
    if (why !== null) return { kind: 'not-recorded', why };
  }
  const config = await readConfig(port, commonDir);
  const wrong = [...wanted].find(([key, value]) => config.get(key) !== value);
  if (wrong === undefined) return { kind: 'recorded' };
  return { kind: 'not-recorded', why: `${wrong[0]} is ${config.get(wrong[0]) ?? 'not set'}` };
}

async function setConfig(
  port: Git,
  commonDir: AbsolutePath,
  key: string,
  value: string,
): Promise<string | null> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await git(port, commonDir, ['config', '--local', '--replace-all', key, value], {
        uninterruptible: true,
      });
      return null;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      const { stderr } = error.data;
      if (attempt >= 7 || !/could not lock config file/u.test(stderr)) return stderr.trim();
      await sleep(10 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
