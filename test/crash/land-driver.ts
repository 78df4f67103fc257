// A process that lands session `auth` of the project named, for tests that kill it on the way.
import { openGit } from '../../src/git/git.ts';
import { markedGit } from '../../src/git/git.ts';
import { branchRef, parseBranchName } from '../../src/git/oid.ts';
import { readRef } from '../../src/git/refs.ts';
import { landSession } from '../../src/integration/land.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { absolute } from '../../src/kernel/path.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { openProject } from '../../src/sessions/project.ts';
import { nobody } from '../support/nobody.ts';

const root = process.argv[2] ?? '';
const git = markedGit(openGit({ env: process.env }), 'driver');
const project = await openProject(git, absolute(root), process.env);
const branch = parseBranchName('session/auth');
const base = parseBranchName('main');
if (branch === null || base === null) throw new TypeError('not a branch');
const sessionTip = await readRef(git, project.commonDir, branchRef(branch));
if (sessionTip === null) throw new TypeError('no session');
const owner = nobody('driver');
await landSession(
  {
    project,
    clock: systemClock,
    // one process alone: nobody is kept out
    lock: (body) => body({ owner, git }),
    verify: null,
  },
  {
    key: sessionKey(parseSessionName('auth')),
    name: 'auth',
    goals: [],
    branch,
    sessionTip,
    sessionWorktree: null,
    base,
    shape: null,
  },
);
