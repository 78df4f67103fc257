// Run as a process of its own by the crash tests: removes, restores, recovers or empties one
// session and is killed on the way if FLIGHT_RULES_FAULT says so.
import { openGit } from '../../src/git/git.ts';
import { absolute } from '../../src/kernel/path.ts';
import type { Owner } from '../../src/kernel/owner.ts';
import { bringBack, bringBackOrphan, recoverRestore } from '../../src/safety/bring-back.ts';
import { expire } from '../../src/safety/expire.ts';
import { putAway } from '../../src/safety/put-away.ts';
import { recoverRemoval } from '../../src/safety/recover-removal.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { openProject } from '../../src/sessions/project.ts';
import { readRegistry } from '../../src/sessions/registry.ts';
import { lookAtSession } from './look.ts';

const [what, root, name] = process.argv.slice(2);
if (what === undefined || root === undefined || name === undefined) process.exit(2);

const owner: Owner = {
  token: 'token-of-a-killed-operation',
  pid: process.pid,
  startTime: '1',
  bootId: 'boot',
  pidNamespace: 'ns',
  host: 'host',
  uid: 0,
  command: what,
  since: '2026-11-22T12:00:00Z',
};
const git = openGit({ env: process.env });
const project = await openProject(git, absolute(root), process.env);
const held = { git, owner };
const at = new Date('2026-11-22T12:00:00Z');
const registry = await readRegistry(git, project.commonDir);
const [stored] = registry.trash;
const key = sessionKey(parseSessionName(name));

switch (what) {
  case 'remove':
    await putAway(project, held, await lookAtSession(project, name), {
      strategy: 'abandon',
      becomes: 'ended',
      at,
    });
    break;
  case 'restore':
    if (stored !== undefined) await bringBack(project, held, stored);
    break;
  case 'restore-orphan':
    await bringBackOrphan(project, held, await lookAtSession(project, name));
    break;
  case 'expire':
    if (stored !== undefined) await expire(project, held, stored);
    break;
  case 'recover':
    await recoverRemoval(project, held, { key, name });
    await recoverRestore(project, held, { key, name });
    break;
}
