// A process that syncs session `auth` of the project named, for tests that kill it on the way.
import { markedGit, openGit } from '../../src/git/git.ts';
import { branchRef, parseBranchName } from '../../src/git/oid.ts';
import { readRef } from '../../src/git/refs.ts';
import { recoverSync } from '../../src/integration/sync/recover.ts';
import { syncSession } from '../../src/integration/sync/sync.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { absolute } from '../../src/kernel/path.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { openProject } from '../../src/sessions/project.ts';
import { nobody } from '../support/nobody.ts';

const [, , root = '', worktree = '', privateDir = '', how = ''] = process.argv;
const git = markedGit(openGit({ env: process.env }), 'driver');
const project = await openProject(git, absolute(root), process.env);
const key = sessionKey(parseSessionName('auth'));
const branch = parseBranchName('session/auth');
const base = parseBranchName('main');
if (branch === null || base === null) throw new TypeError('not a branch');
const sessionTip = await readRef(git, project.commonDir, branchRef(branch));
const baseTip = await readRef(git, project.commonDir, branchRef(base));
if (sessionTip === null || baseTip === null) throw new TypeError('no session');
const owner = nobody('driver');
if (how === 'recover') await recoverSync(git, project, key);
else {
  await syncSession(
    {
      project,
      clock: systemClock,
      // one process alone: nobody is kept out
      lock: (body) => body({ owner, git }),
    },
    {
      key,
      name: 'auth',
      branch,
      sessionTip,
      base,
      baseTip,
      worktree: absolute(worktree),
      privateDir: absolute(privateDir),
      shape: how === 'rebase' ? 'rebase' : 'merge',
      carry: true,
      keep: [],
    },
  );
}
