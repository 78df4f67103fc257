// A session as the clash engine is told of it, made of what is on disk.
import { readStatus } from '../../../src/git/status.ts';
import { oid, parseBranchName, type BranchName } from '../../../src/git/oid.ts';
import type { Git } from '../../../src/git/git.ts';
import type { Participant } from '../../../src/integration/clash/model.ts';
import { absolute } from '../../../src/kernel/path.ts';
import { parseSessionName, sessionKey } from '../../../src/sessions/name.ts';
import { gitIn } from '../repo.ts';

export interface OnDisk {
  readonly name: string;
  readonly branch: string;
  /** `null`: only commits count */
  readonly worktree: string | null;
}

/** @param base a branch of `root`; one that is not there is a base that is gone */
export async function participantOf(
  port: Git,
  root: string,
  session: OnDisk,
  base = 'main',
): Promise<Participant> {
  const { name, worktree } = session;
  const baseTip = gitIn(root, 'for-each-ref', '--format=%(objectname)', `refs/heads/${base}`);
  return {
    key: sessionKey(parseSessionName(name)),
    name,
    branch: branchName(session.branch),
    tip: oid(gitIn(root, 'rev-parse', `refs/heads/${session.branch}`)),
    base: { name: branchName(base), tip: baseTip === '' ? null : oid(baseTip) },
    worktree:
      worktree === null
        ? null
        : {
            path: absolute(worktree),
            privateDir: absolute(gitIn(worktree, 'rev-parse', '--absolute-git-dir')),
          },
    status: worktree === null ? null : await readStatus(port, worktree).catch(() => null),
  };
}

function branchName(text: string): BranchName {
  const branch = parseBranchName(text);
  if (branch === null) throw new TypeError(`no branch name: ${text}`);
  return branch;
}
