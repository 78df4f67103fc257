/**
 * After git has begun, concluded or given up a merge or rebase in a session's worktree, or was cut
 * off at it: looks what has become of it, and lets the record say that. Whoever did it calls this
 * at the end, and so does recovery when he is dead.
 *
 * - still under way: it is left to be resolved, and the record keeps saying so;
 * - over: the branch has moved, and nothing is to be said any more;
 * - half begun (git writes files and index before it notes that a merge is under way), or half
 *   given up: pinned, then taken back.
 */
import { faultPoint } from '../../kernel/faults.ts';
import { changedPaths } from '../../git/diff.ts';
import { headIn } from '../../git/private-head.ts';
import type { Oid } from '../../git/oid.ts';
import { branchRef } from '../../git/oid.ts';
import type { RefChange } from '../../git/refs.ts';
import { readStatus } from '../../git/status.ts';
import type { Held } from '../../safety/held.ts';
import { isThere } from '../../safety/disk.ts';
import { removeStaleGitLocks, sameFile } from '../../safety/git-locks.ts';
import { writePin } from '../../safety/pins.ts';
import { replaceRecord } from '../../safety/registration.ts';
import { must, pinChanges } from '../../safety/removal-refs.ts';
import { seqOf } from '../../safety/trash-places.ts';
import { registeredWorktree } from '../../sessions/links.ts';
import type { SessionKey } from '../../sessions/name.ts';
import { adminDir, type Project } from '../../sessions/project.ts';
import { branchOfRecord, type SessionRecord } from '../../sessions/record.ts';
import { readRegistry, recordChange } from '../../sessions/registry.ts';
import { readRecord, type RecordAt } from '../intent.ts';
import { rollBack } from '../rollback.ts';
import { syncEntry } from './entry.ts';
import { goBack, pinResolution, type Place } from './give-up.ts';
import { isOurs, tipsOf, underway, type Syncing } from './underway.ts';
import { unmergedPaths } from './unresolved.ts';

export type Settled =
  /** to be resolved; `paths`: what git calls unmerged */
  | { readonly kind: 'conflicts'; readonly paths: readonly string[] }
  /** the branch is at `to` now; `pinned`: what a rebase has replaced is in the trash */
  | { readonly kind: 'done'; readonly from: Oid; readonly to: Oid; readonly pinned?: string }
  /** the session is as it was; `pinned`: what stood there is in the trash */
  | { readonly kind: 'back'; readonly pinned?: string }
  /** the intent was not there any more */
  | { readonly kind: 'nothing' };

/**
 * Call only when nobody is at it any more. Lock files that a killed git left go first.
 * @throws FlightError `plan-changed`, `git-failed`; the intent stays, and the next command tries
 */
export async function settleResolving(
  project: Project,
  held: Held,
  key: SessionKey,
  at: Date,
): Promise<Settled> {
  const stored = await readRecord(held.git, project, key);
  const intent = stored?.record.intent;
  const syncing = stored?.record.syncing;
  if (stored === null || intent?.kind !== 'resolving') return { kind: 'nothing' };
  if (syncing === undefined) {
    await record(project, held, key, stored, 'forget');
    return { kind: 'nothing' };
  }
  const own = [
    `worktrees/${stored.record.adminId ?? ''}/`,
    `refs/heads/${stored.record.branch}.lock`,
  ];
  await removeStaleGitLocks(
    project,
    (file) =>
      own.some((path) => file.path.startsWith(path)) &&
      !intent.gitLocks.some((old) => sameFile(old, file)),
  );
  const place = await placeOf(project, key, stored.record);
  if (place === null) {
    await record(project, held, key, stored, 'keep');
    return { kind: 'nothing' };
  }
  if (intent.step === 'abort') return takeBack(project, held, stored, place, syncing, at);
  const seen = await underway(place.privateDir);
  if (isOurs(seen, syncing)) {
    await record(project, held, key, stored, 'keep');
    return { kind: 'conflicts', paths: await unmergedPaths(held.git, place.worktree) };
  }
  const { branches } = await readRegistry(held.git, project.commonDir);
  const tip = branches.get(branchOfRecord(stored.record)) ?? null;
  const { from } = tipsOf(syncing);
  if (tip !== null && tip !== from && syncing.shape === 'rebase') {
    const pinned = await pinReplaced(project, held, key, stored, { from, at });
    return { kind: 'done', from, to: tip, pinned };
  }
  if (seen.kind !== 'none' || tip === null || tip !== from) {
    await record(project, held, key, stored, 'forget');
    return tip === null ? { kind: 'nothing' } : { kind: 'done', from, to: tip };
  }
  return notBegun(project, held, stored, place, syncing, at);
}

/** git has replaced the session's commits, and only a reflog still knows them. */
async function pinReplaced(
  project: Project,
  { git }: Held,
  key: SessionKey,
  stored: RecordAt,
  was: { readonly from: Oid; readonly at: Date },
): Promise<string> {
  const { commonDir } = project;
  const { intent: _, syncing: __, ...forgotten } = stored.record;
  const registry = await readRegistry(git, commonDir);
  const held = { commit: was.from, head: was.from, at: was.at };
  const entry = await syncEntry(project, registry, { key, record: forgotten }, held);
  const pins = { commits: [was.from], objects: [], tags: [] };
  const store = async (): Promise<RefChange[]> => [
    await recordChange(git, commonDir, key, stored.oid, forgotten),
    ...pinChanges(key, seqOf(entry.id), await writePin(git, project, entry, pins), pins),
  ];
  const changes = await store();
  faultPoint('sync.record:before');
  await must(git, project, changes, { name: forgotten.name, what: 'rebased' });
  faultPoint('sync.record:after');
  // a `gc --prune=now` that has looked at the refs before takes what came behind one since
  await store();
  return entry.id;
}

/** No sign of it, and the branch is where it was: nothing has happened yet, or half of it. */
async function notBegun(
  project: Project,
  held: Held,
  stored: RecordAt,
  place: Place,
  syncing: Syncing,
  at: Date,
): Promise<Settled> {
  const { git } = held;
  const { worktree, privateDir, key, record: about } = place;
  const { from, baseTip } = tipsOf(syncing);
  // files that git has written, or begun to, and that no index knows yet
  await rollBack(git, { worktree, privateDir, from, to: baseTip, identical: [] });
  const status = await readStatus(git, worktree, { untracked: 'no', submodules: 'skip' });
  // what git has nothing to do with was written by somebody since, and stays
  const itsOwn = new Set((await changedPaths(git, worktree, from, baseTip)).map((one) => one.path));
  const changed = status.entries.some(
    ({ path, kind, xy }) =>
      path !== about.log && (kind !== 'tracked' || !xy.startsWith('.') || itsOwn.has(path)),
  );
  const attached = status.branch === branchOfRecord(about);
  if (!changed && attached) {
    await record(project, held, key, stored, 'forget');
    return { kind: 'back' };
  }
  const pinned = await pinResolution(project, held, place, syncing, { at, changes: [] });
  await goBack(git, project, place, syncing);
  await record(project, held, key, stored, 'forget');
  return { kind: 'back', pinned };
}

/** What stands there was pinned in the same transaction that wrote the intent. */
async function takeBack(
  project: Project,
  held: Held,
  stored: RecordAt,
  place: Place,
  syncing: Syncing,
  at: Date,
): Promise<Settled> {
  const { git } = held;
  const { branches } = await readRegistry(git, project.commonDir);
  const head = await headIn(git, project.commonDir, place.privateDir, branches);
  const branch = branchOfRecord(stored.record);
  if (branches.get(branch) !== syncing.from) {
    await record(project, held, place.key, stored, 'forget');
    return { kind: 'nothing' };
  }
  const seen = await underway(place.privateDir);
  const status = await readStatus(git, place.worktree, { untracked: 'no', submodules: 'skip' });
  const changed = status.entries.some(({ path }) => path !== stored.record.log);
  if (seen.kind !== 'none' || changed || head.is !== branchRef(branch)) {
    // somebody may have gone on there since it was pinned
    const pinned = await pinResolution(project, held, place, syncing, { at, changes: [] });
    await goBack(git, project, place, syncing);
    await record(project, held, place.key, stored, 'forget');
    return { kind: 'back', pinned };
  }
  await record(project, held, place.key, stored, 'forget');
  return { kind: 'back' };
}

/** The record without the intent; `forget`: nothing is to be resolved any more either. */
async function record(
  project: Project,
  { git }: Held,
  key: SessionKey,
  stored: RecordAt,
  syncing: 'keep' | 'forget',
): Promise<void> {
  const { intent: _, ...rest } = stored.record;
  const { syncing: __, ...forgotten } = rest;
  faultPoint('sync.record:before');
  await replaceRecord(git, project, key, stored.oid, syncing === 'keep' ? rest : forgotten);
  faultPoint('sync.record:after');
}

/** `null`: its folder is gone, and what is under way may come back with it. */
async function placeOf(
  project: Project,
  key: SessionKey,
  about: SessionRecord,
): Promise<Place | null> {
  if (about.adminId === null) return null;
  const privateDir = adminDir(project, about.adminId);
  const worktree = await registeredWorktree(privateDir);
  if (worktree === null || !(await isThere(worktree))) return null;
  return { key, record: about, worktree, privateDir };
}
