/**
 * Takes back a create that did not finish: because it failed, or because its process died.
 *
 * What may be there, and what becomes of it:
 * - branch and record, no registration: both go in one transaction, the branch only if it is
 *   still at the base's commit (else it holds work, and goes through the trash like any other);
 * - a registration whose folder holds nothing but its link: link, folder and entry go;
 * - a folder with files in it: through the trash, as everything that was ever in a session;
 * - an entry that git left half-made (killed inside `worktree add`): it goes if it was not there
 *   before and holds nothing that names a worktree;
 * - lock files of a git that was killed in the checkout: they go, or restore would bring them back.
 */
import { lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { faultPoint } from '../kernel/faults.ts';
import { FlightError } from '../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import type { Git } from '../git/git.ts';
import { branchRef, oid, type Oid } from '../git/oid.ts';
import { permitDirectory, permitRef, type Permit } from '../git/permit.ts';
import { transact, type RefChange } from '../git/refs.ts';
import { registeredPath } from '../git/worktrees.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { exists, readLink, readToken } from '../sessions/links.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import { sessionRef } from '../sessions/registry.ts';
import { branchOfRecord, type SessionRecord } from '../sessions/record.ts';
import { removeStaleGitLocks } from './git-locks.ts';
import { similarAdminIds, writeToken } from './registration.ts';

/** What is left of a create after the look. */
export type Remains =
  /** nothing was written: everything went; no trash entry is needed */
  | { readonly kind: 'nothing' }
  /** no folder is left, but somebody committed to the branch: it is put away like any other */
  | { readonly kind: 'commits' }
  /** files were written: the session, complete enough to be put away */
  | {
      readonly kind: 'files';
      readonly adminId: string;
      readonly privateDir: AbsolutePath;
      readonly path: AbsolutePath;
    };

/**
 * Looks what a create left and takes back what holds no work. Unless it answers `nothing`, the
 * caller puts the session away (strategy `rollback`). Under the lock; may be killed and run again at any point.
 * @param session facts whose record carries the intent `creating`
 */
export async function rollBackCreate(
  git: Git,
  project: Project,
  session: SessionFacts,
): Promise<Remains> {
  const { record, recordOid } = session;
  if (record === null || recordOid === null || record.intent?.kind !== 'creating') {
    throw new FlightError('bug', { what: `${session.name} is not being created` });
  }
  const path = absolute(record.worktree);
  await removeHalfMade(project, record, record.intent.adminIdsBefore);
  const adminId = record.adminId ?? (await findAdminId(project, record, path));
  if (adminId !== null) {
    const privateDir = adminDir(project, adminId);
    if ((await readToken(privateDir)) !== record.token) await writeToken(privateDir, record.token);
    if (!(await holdsOnlyLink(path, privateDir))) {
      await removeLocksOfCheckout(project, record, join('worktrees', adminId) + sep);
      return { kind: 'files', adminId, privateDir, path };
    }
    await removeEmpty(path, privateDir);
  } else {
    // made by a git that was killed before it wrote whose it is; with anything in it, it stays
    await rmdir(path).catch(() => undefined);
  }
  await removeLocksOfCheckout(project, record, null);
  if (session.branchTip !== null && session.branchTip !== record.base.oid) {
    return { kind: 'commits' };
  }
  await forget(git, project, session, record, recordOid);
  return { kind: 'nothing' };
}

/**
 * The checkout runs without our lock, so taking that over has not removed what its git has left.
 * None of it can be older than this create, which has made both folder and branch.
 * @param inside the private git dir, relative to the common dir; `null` if that is gone
 */
async function removeLocksOfCheckout(
  project: Project,
  record: SessionRecord,
  inside: string | null,
): Promise<void> {
  const ofBranch = join('refs', 'heads', `${record.branch}.lock`);
  await removeStaleGitLocks(
    project,
    ({ path }) => path === ofBranch || (inside !== null && path.startsWith(inside)),
  );
}

/**
 * The entry that carries our token, or (killed before that was written) whose `gitdir` names our
 * path: ours, since path and branch were reserved by us.
 */
async function findAdminId(
  project: Project,
  record: SessionRecord,
  path: AbsolutePath,
): Promise<string | null> {
  const ids = await similarAdminIds(project, record.name);
  for (const id of ids) {
    if ((await readToken(adminDir(project, id))) === record.token) return id;
  }
  for (const id of ids) {
    const registered = await registeredPath(project.commonDir, id).catch(() => null);
    if (registered === path) return id;
  }
  return null;
}

async function removeHalfMade(
  project: Project,
  record: SessionRecord,
  before: readonly string[],
): Promise<void> {
  for (const id of await similarAdminIds(project, record.name)) {
    if (before.includes(id)) continue;
    const folder = adminDir(project, id);
    const named = await registeredPath(project.commonDir, id).catch(() => null);
    // git writes `locked` first and `gitdir` second: without the latter no folder belongs to it
    const more = (await readdir(folder)).some((name) => name !== 'locked' && name !== 'gitdir');
    if (named !== null || more) continue;
    faultPoint('rollback.half-made:before');
    await removeFolder(permitDirectory('delete-directory', folder, 'it names no worktree'));
  }
}

/** True if the folder does not exist, or holds its link to `privateDir` and nothing else. */
async function holdsOnlyLink(path: AbsolutePath, privateDir: AbsolutePath): Promise<boolean> {
  if (!(await exists(path))) return true;
  const names = await readdir(path);
  if (names.length === 0) return true;
  if (names.length > 1 || names[0] !== '.git') return false;
  const link = await readLink(path);
  if (link.kind === 'link') return link.target === privateDir;
  // git was killed between making and writing it
  const stat = await lstat(below(path, '.git'));
  return stat.isFile() && stat.size === 0;
}

async function removeEmpty(path: AbsolutePath, privateDir: AbsolutePath): Promise<void> {
  faultPoint('rollback.folder:before');
  if (await exists(below(path, '.git'))) await unlink(below(path, '.git'));
  // fails if somebody wrote something meanwhile, which is what it should do
  if (await exists(path)) await rmdir(path);
  faultPoint('rollback.folder:after');
  await removeFolder(permitDirectory('delete-directory', privateDir, 'its worktree held nothing'));
  faultPoint('rollback.private:after');
}

async function removeFolder(permit: Permit<'delete-directory'>): Promise<void> {
  await rm(permit.directory, { recursive: true, force: true });
}

/** Branch and record go as one. */
async function forget(
  git: Git,
  project: Project,
  session: SessionFacts,
  record: SessionRecord,
  recordOid: Oid,
): Promise<void> {
  const changes: RefChange[] = [];
  if (session.branchTip !== null) {
    const ref = branchRef(branchOfRecord(record));
    const why = 'it never left the commit it was made at';
    changes.push({
      kind: 'delete',
      permit: permitRef('delete-branch', ref, oid(session.branchTip), why),
    });
  }
  // last: a git that is killed between the two must leave the record, which says what to do
  changes.push({ kind: 'own', ref: sessionRef(session.key), from: recordOid, to: null });
  faultPoint('rollback.refs:before');
  const result = await transact(
    git,
    project.commonDir,
    changes,
    `flight-rules: take back ${record.name}`,
  );
  if (result.kind === 'lost') {
    throw new FlightError('plan-changed', { name: record.name, what: 'Branch or record' });
  }
  faultPoint('rollback.refs:after');
}
