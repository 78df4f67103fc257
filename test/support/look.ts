// SessionFacts of one session, found out by hand: what observing does for the whole project.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { FlightError } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import { listWorktrees } from '../../src/git/worktrees.ts';
import type { BranchName } from '../../src/git/oid.ts';
import type { Place, SessionFacts } from '../../src/sessions/facts.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { adminDir, tokenFile, type Project } from '../../src/sessions/project.ts';
import { readRegistry } from '../../src/sessions/registry.ts';
import type { SessionRecord } from '../../src/sessions/record.ts';

export async function lookAtSession(project: Project, name: string): Promise<SessionFacts> {
  const registry = await readRegistry(project.git, project.commonDir);
  const key = sessionKey(parseSessionName(name));
  const stored = registry.sessions.get(key);
  if (stored === undefined || stored.read.kind === 'broken') {
    throw new FlightError('no-such-session', { name, known: [...registry.sessions.keys()] });
  }
  const { record } = stored.read;
  const branch = record.branch as BranchName;
  const place = await placeOf(project, record);
  return {
    key,
    name: record.name,
    recordOid: stored.oid,
    record,
    broken: null,
    branch,
    branchTip: registry.branches.get(branch) ?? null,
    baseTip: null,
    place,
    health: place.kind === 'gone' ? 'orphaned' : 'ok',
    ownerDead: record.intent === undefined ? null : true,
  };
}

async function placeOf(project: Project, record: SessionRecord): Promise<Place> {
  if (record.state !== 'active') return { kind: 'put-away' };
  const folder = `${project.commonDir}/worktrees`;
  const ids = existsSync(folder) ? readdirSync(folder) : [];
  const adminId = ids.find((id) => {
    const file = tokenFile(adminDir(project, id));
    return existsSync(file) && readFileSync(file, 'utf8').trim() === record.token;
  });
  if (adminId === undefined || !existsSync(`${record.worktree}/.git`)) {
    return {
      kind: 'gone',
      adminId: adminId ?? null,
      privateDir: adminId === undefined ? null : adminDir(project, adminId),
      locked: null,
    };
  }
  const worktrees = await listWorktrees(project.git, project.commonDir);
  const worktree = worktrees.find((one) => one.adminId === adminId);
  return {
    kind: 'present',
    path: absolute(record.worktree),
    adminId,
    privateDir: adminDir(project, adminId),
    locked: worktree?.locked ?? null,
    head: worktree?.head ?? null,
    branch: worktree?.branch ?? null,
  };
}
