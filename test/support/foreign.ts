// Refs as another repository would write them: bytes behind `refs/flight-rules/*`, made by the
// writers of the product and brought by a fetch of everything, as a mirror does.
import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { machineIdentity } from '../../src/kernel/machine.ts';
import { formatRecord, type Intent, type SessionRecord } from '../../src/sessions/record.ts';
import { gitIn, temporaryFolder } from './repo.ts';

/** An owner of this machine, as far as it can be told, whose process is gone. */
export async function deadOwner(): Promise<Intent['owner']> {
  return {
    token: 'feedfacefeedface',
    pid: 2 ** 22 + 1,
    startTime: '1',
    ...(await machineIdentity()),
    uid: process.getuid?.() ?? -1,
    command: 'parallel create auth',
    since: '2026-11-22T15:22:00Z',
  };
}

/** An owner of whom nothing can be known from here. */
export async function unseenOwner(): Promise<Intent['owner']> {
  return { ...(await deadOwner()), host: `not-${hostname()}` };
}

/** The intent of a create by `owner`. */
export function creating(owner: Intent['owner']): Intent {
  return { kind: 'creating', owner, since: owner.since, adminIdsBefore: [] };
}

/** A whole record of a session `name` in `repository`; `changes` on top. */
export function recordOf(
  repository: string,
  name: string,
  changes: Partial<SessionRecord> = {},
): SessionRecord {
  return {
    schema: 1,
    name,
    branch: `session/${name}`,
    worktree: join(`${repository}-sessions`, name),
    adminId: name,
    token: 'a-token',
    state: 'active',
    base: { name: 'main', oid: gitIn(repository, 'rev-parse', 'main') },
    goals: [],
    startedAt: '2026-11-22T15:22:00Z',
    copied: [],
    carried: [],
    ...changes,
  };
}

export function writeBlobIn(repository: string, text: string): string {
  return execFileSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: repository,
    encoding: 'utf8',
    input: text,
  }).trim();
}

/** Puts `text` (or a record) behind `refs/flight-rules/<ref>`; answers the blob. */
export function writeRefIn(
  repository: string,
  ref: string,
  content: string | SessionRecord,
): string {
  const text = typeof content === 'string' ? content : formatRecord(content);
  const blob = writeBlobIn(repository, text);
  gitIn(repository, 'update-ref', `refs/flight-rules/${ref}`, blob);
  return blob;
}

/** A bare copy of `root`, in which `write` puts what is then fetched into `root`, all refs of it. */
export function fetchFrom(root: string, write: (bare: string) => void): void {
  const bare = join(temporaryFolder('bare-'), 'bare.git');
  gitIn(root, 'clone', '-q', '--bare', root, bare);
  write(bare);
  gitIn(root, 'fetch', '-q', '--update-head-ok', bare, 'refs/*:refs/*');
}
