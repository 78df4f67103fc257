/**
 * How a session comes into being, in steps that can each be the last one of a killed process:
 *
 * 1. `create.refs`: branch and record (with the intent `creating`) in one transaction;
 * 2. `create.register`: `worktree add --no-checkout`;
 * 3. `create.token`: the token into the private git dir: from now on directory, registration and
 *    record prove each other.
 *
 * All of it under the lock. The admin id enters the record when the session is whole and the
 * intent goes: until then path, branch and token tell. Rolling back is `rollback-create.ts`.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { faultPoint } from '../kernel/faults.ts';
import { FlightError } from '../kernel/errors.ts';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import { syncDirectory, writeSynced } from '../kernel/durable.ts';
import type { Git } from '../git/git.ts';
import { registerWorktree } from '../git/new-worktree.ts';
import { branchRef, oid, type Oid } from '../git/oid.ts';
import { transact } from '../git/refs.ts';
import { readLink } from '../sessions/links.ts';
import type { SessionKey } from '../sessions/name.ts';
import { adminDir, tokenFile, type Project } from '../sessions/project.ts';
import { recordChange, sessionRef, storeRecord } from '../sessions/registry.ts';
import { branchOfRecord, type SessionRecord } from '../sessions/record.ts';
import { rememberCommonDir } from './common-dirs.ts';

export interface Reserved {
  readonly key: SessionKey;
  readonly record: SessionRecord;
  readonly recordOid: Oid;
}

/**
 * Step 1. The record must carry the intent `creating`.
 * @returns `lost` if branch or record came into being meanwhile, or the base moved
 */
export async function reserve(
  git: Git,
  project: Project,
  key: SessionKey,
  record: SessionRecord,
): Promise<Reserved | { readonly lost: string }> {
  const change = await recordChange(git, project.commonDir, key, null, record);
  if (change.kind !== 'own' || change.to === null) throw new TypeError('a record has a blob');
  const branch = branchRef(branchOfRecord(record));
  faultPoint('create.refs:before');
  const result = await transact(
    git,
    project.commonDir,
    // git moves them one by one: killed in between, a record alone is rolled back, while nobody
    // could tell a branch alone from the user's own
    [change, { kind: 'create', ref: branch, to: oid(record.base.oid) }],
    `flight-rules: create ${record.name}`,
  );
  if (result.kind === 'lost') return { lost: result.ref };
  faultPoint('create.refs:after');
  return { key, record, recordOid: change.to };
}

/** Steps 2 and 3. @returns the record as it is to be, with its admin id */
export async function register(
  git: Git,
  project: Project,
  reserved: Reserved,
): Promise<Reserved & { readonly privateDir: AbsolutePath }> {
  const { key, record } = reserved;
  const path = absolute(record.worktree);
  await mkdir(dirname(path), { recursive: true });
  faultPoint('create.register:before');
  await registerWorktree(git, project.root, path, branchOfRecord(record));
  faultPoint('create.register:after');
  const link = await readLink(path);
  if (link.kind !== 'link') {
    throw new FlightError('bug', { what: `git registered ${path}, but it has no link` });
  }
  const adminId = link.target.slice(dirname(link.target).length + 1);
  await writeToken(link.target, record.token);
  const named: SessionRecord = { ...record, adminId };
  return { key, record: named, recordOid: reserved.recordOid, privateDir: link.target };
}

/** Writes the token of a session into its private git dir, on the disk when it returns. */
export async function writeToken(privateDir: AbsolutePath, token: string): Promise<void> {
  const file = tokenFile(privateDir);
  await mkdir(dirname(file), { recursive: true });
  await rememberCommonDir(privateDir);
  faultPoint('create.token:before');
  await writeSynced(file, `${token}\n`);
  await syncDirectory(dirname(file));
  faultPoint('create.token:after');
}

/**
 * Puts `record` behind its ref if it is still at `from`.
 * @returns the new blob
 * @throws FlightError `plan-changed` if somebody else changed it
 */
export async function replaceRecord(
  git: Git,
  project: Project,
  key: SessionKey,
  from: Oid,
  record: SessionRecord,
): Promise<Oid> {
  const to = await storeRecord(git, project.commonDir, record);
  const change = { kind: 'own' as const, ref: sessionRef(key), from, to };
  const message = `flight-rules: ${record.name}`;
  const result = await transact(git, project.commonDir, [change], message);
  if (result.kind === 'lost') {
    throw new FlightError('plan-changed', { name: record.name, what: 'The record' });
  }
  // once more, now that the ref keeps it: a late `gc --prune=now` may have taken it
  return storeRecord(git, project.commonDir, record);
}

/** Admin ids that git could have chosen for a worktree named `name`: `name`, `name1`, … */
export async function similarAdminIds(project: Project, name: string): Promise<string[]> {
  try {
    const all = await readdir(adminDir(project, '.'));
    return all.filter((id) => id.startsWith(name) && /^\d*$/u.test(id.slice(name.length)));
  } catch {
    return [];
  }
}
