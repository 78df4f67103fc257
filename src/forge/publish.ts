/**
 * Brings a session's branch to the forge: checked first, then pushed, then a pull request. Nothing
 * local moves. The steps are apart so that the caller can refuse before and record in between.
 */
import { faultPoint } from '../kernel/faults.ts';
import type { Git } from '../git/git.ts';
import type { BranchName } from '../git/oid.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Project } from '../sessions/project.ts';
import { detectForge } from './forge.ts';
import type { Forge, PullRequest } from './pull-request.ts';
import { pushBranch } from './push.ts';
import { findRemote, type Remote } from './remote.ts';

export interface Publishing {
  readonly remote: Remote;
  readonly forge: Forge;
}

/**
 * Everything that can be known to be missing, before anything happens.
 * @throws FlightError `no-remote`, `no-forge`
 */
export async function preparePublishing(
  project: Pick<Project, 'git' | 'root' | 'mainCheckout' | 'sessionsDir'>,
  request: {
    readonly name: string;
    readonly base: BranchName;
    /** of the session, wherever it is; `null` if it has none */
    readonly worktree: AbsolutePath | null;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly signal?: AbortSignal;
    readonly timeoutMs?: number;
  },
): Promise<Publishing> {
  const { name, base, worktree, env, signal, timeoutMs } = request;
  const remote = await findRemote(project.git, project.root, { name, base });
  const avoid = [project.root, project.sessionsDir, ...(worktree === null ? [] : [worktree])];
  const forge = await detectForge({
    name,
    directory: project.root,
    avoid,
    env,
    url: remote.url,
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return { remote, forge };
}

/**
 * Pushes the branch, then reuses its open pull request or opens one.
 * @throws FlightError `push-failed`, `forge-failed`
 */
export async function publish(
  port: Git,
  { remote, forge }: Publishing,
  session: {
    readonly name: string;
    readonly branch: BranchName;
    readonly directory: AbsolutePath;
    readonly root: AbsolutePath;
    readonly title: string;
    readonly body: string;
    readonly draft: boolean;
  },
): Promise<{ readonly pullRequest: PullRequest; readonly reused: boolean }> {
  const { name, branch, directory, root, title, body, draft } = session;
  await pushBranch(port, { name, branch, remote, directory, root });
  faultPoint('publish.push:after');
  const owner = remote.several ? remote.address.owner : null;
  const query = { branch, base: remote.base, owner, pushed: true };
  const open = await forge.findOpen(query);
  if (open !== null) return { pullRequest: open, reused: true };
  const pullRequest = await forge.create({ ...query, title, body, draft });
  return { pullRequest, reused: false };
}
