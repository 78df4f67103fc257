/**
 * Observe: joins registered worktrees, refs, records and the manifest into facts, by admin id,
 * branch and token. A constant number of processes, whatever the number of sessions:
 * `for-each-ref`, `cat-file --batch`, `worktree list`. Writes nothing.
 *
 * What looks broken while others are at work is looked at again (`doubt.ts`).
 */
import { isoSeconds } from '../kernel/clock.ts';
import { ownerState } from '../kernel/owner.ts';
import { trusted } from '../kernel/brand.ts';
import { isWithin, type AbsolutePath } from '../kernel/path.ts';
import { oid, isOid, type BranchName } from '../git/oid.ts';
import { real } from '../git/repository.ts';
import { listWorktrees, type Worktree } from '../git/worktrees.ts';
import { judgeEntries, type Adoptable } from './adoption.ts';
import { confirmStrays, isSettled } from './doubt.ts';
import type { Facts, Health, Here, Place, SessionFacts, Stray } from './facts.ts';
import { readManifest, type ReadManifest } from './manifest.ts';
import { sessionKey } from './name.ts';
import { isMissingOrEmpty, locate } from './place.ts';
import { adminDir, privateFolder, trashFolder, type Project } from './project.ts';
import type { SessionRecord } from './record.ts';
import { readRegistry, type Registry, type StoredRecord } from './registry.ts';
import { strayOwner } from './stray-owner.ts';

/** Everything known at this moment. */
export interface Observation extends Facts {
  readonly manifest: ReadManifest;
  /** proven entries of the manifest that have no record yet */
  readonly adoptable: readonly Adoptable[];
}

/**
 * @param caller where the command was started
 * @throws GitError if the repository cannot be read at all
 */
export async function observe(project: Project, caller: AbsolutePath): Promise<Observation> {
  for (let left = 3; ; left -= 1) {
    const facts = await look(project, caller);
    if (await isSettled(project, facts)) return facts;
    // others change records all the time: what cannot be settled as a whole is asked one by one
    if (left === 0) return { ...facts, strays: await confirmStrays(project, facts) };
  }
}

async function look(project: Project, caller: AbsolutePath): Promise<Observation> {
  const { git, commonDir } = project;
  const [registry, worktrees, manifest, missing, place] = await Promise.all([
    readRegistry(git, commonDir),
    listWorktrees(git, commonDir),
    readManifest(project),
    isMissingOrEmpty(project.sessionsDir),
    real(caller),
  ]);
  const adoption = await judgeEntries(project, manifest, registry, worktrees);
  const recorded = await Promise.all(
    [...registry.sessions.values()].map((stored) =>
      sessionFacts(project, registry, worktrees, stored, place),
    ),
  );
  const base = defaultBase(project, worktrees);
  const candidates = adoption.proven.map((one) => candidateFacts(project, registry, one, base));
  const sessions = [...recorded, ...candidates].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const strays = findStrays(project, worktrees, sessions);
  // one that is being made has its folder last
  const active = sessions.filter(
    (s) => s.place.kind !== 'put-away' && s.record?.intent?.kind !== 'creating',
  );
  return {
    registry,
    worktrees,
    manifest,
    adoptable: adoption.proven,
    unproven: adoption.unproven,
    sessions,
    strays,
    here: findHere(project, sessions, strays, registry, place),
    sessionsDirMissing:
      missing &&
      active.some((s) => s.record !== null && isWithin(s.record.worktree, project.sessionsDir)),
  };
}

async function sessionFacts(
  project: Project,
  registry: Registry,
  worktrees: readonly Worktree[],
  stored: StoredRecord,
  caller: AbsolutePath,
): Promise<SessionFacts> {
  if (stored.read.kind === 'broken') {
    const branch = trusted<BranchName>(project.settings.branchPrefix.value + stored.key);
    return {
      key: stored.key,
      name: stored.key,
      recordOid: stored.oid,
      record: null,
      broken: stored.read.why,
      branch,
      branchTip: registry.branches.get(branch) ?? null,
      baseTip: null,
      place: { kind: 'unknown', why: `its record cannot be read: ${stored.read.why}` },
      health: 'unknown',
      ownerDead: null,
    };
  }
  const { record } = stored.read;
  const place = await locate({ project, record, worktrees, caller });
  const state = record.intent === undefined ? null : await ownerState(record.intent.owner);
  const branch = trusted<BranchName>(record.branch);
  const branchTip = registry.branches.get(branch) ?? null;
  return {
    key: stored.key,
    name: record.name,
    recordOid: stored.oid,
    record,
    broken: null,
    branch,
    branchTip,
    baseTip: registry.branches.get(trusted<BranchName>(record.base.name)) ?? null,
    place,
    health: judgeHealth(place, branchTip !== null, state),
    ownerDead: state === null ? null : state === 'dead',
  };
}

/** Pure: the one word for how a session is. */
function judgeHealth(
  place: Place,
  branchExists: boolean,
  owner: 'alive' | 'dead' | 'unknown' | null,
): Health {
  if (owner === 'dead') return 'interrupted';
  // perhaps somebody is at work on it, on another machine or in another container
  if (owner === 'unknown') return 'unknown';
  // somebody is at work on it right now: half-made is its normal state
  if (owner === 'alive') return 'ok';
  switch (place.kind) {
    case 'put-away':
      return branchExists ? 'ok' : 'orphaned';
    case 'present':
      if (!branchExists) return 'unknown';
      return place.locked === null ? 'ok' : 'locked';
    case 'gone':
      return 'orphaned';
    case 'moved':
      return 'moved';
    case 'not-ours':
    case 'unknown':
      return 'unknown';
  }
}

/** The base of a session nobody named one for: configured, else the branch of the main checkout. */
export function defaultBase(project: Project, worktrees: readonly Worktree[]): string | null {
  const main = worktrees.find((one) => one.main && !one.bare);
  return project.settings.base.value ?? main?.branch ?? null;
}

/** A proven manifest entry, shown as the session it will become with the next change. */
function candidateFacts(
  project: Project,
  registry: Registry,
  one: Adoptable,
  base: string | null,
): SessionFacts {
  const name = base ?? 'main';
  const baseTip = registry.branches.get(trusted<BranchName>(name)) ?? null;
  const tip = registry.branches.get(one.branch) ?? null;
  const place = candidatePlace(project, one);
  return {
    key: sessionKey(one.name),
    name: one.name,
    recordOid: null,
    record: candidateRecord(one, name, baseTip ?? tip ?? ''),
    broken: null,
    branch: one.branch,
    branchTip: tip,
    baseTip,
    place,
    health: one.inReview ? 'ok' : judgeHealth(place, tip !== null, null),
    ownerDead: null,
  };
}

/** Proven by its registration; the token is written when it is taken over. */
function candidatePlace(project: Project, { registered, directoryExists }: Adoptable): Place {
  const adminId = registered?.adminId ?? null;
  if (registered === null || adminId === null) {
    return { kind: 'gone', adminId: null, privateDir: null, locked: null };
  }
  const privateDir = adminDir(project, adminId);
  const { path, locked, head, branch } = registered;
  return directoryExists
    ? { kind: 'present', path, adminId, privateDir, locked, head, branch }
    : { kind: 'gone', adminId, privateDir, locked };
}

/** The record a proven entry becomes; its token is made when it is taken over. */
export function candidateRecord(one: Adoptable, base: string, baseOid: string): SessionRecord {
  return {
    schema: 1,
    name: one.name,
    branch: one.branch,
    worktree: one.worktree,
    adminId: one.registered?.adminId ?? null,
    token: '',
    state: one.inReview ? 'in-review' : 'active',
    base: { name: base, oid: isOid(baseOid) ? oid(baseOid) : '' },
    goals: [...one.goals],
    startedAt: one.startedAt ?? isoSeconds(new Date(0)),
    copied: [],
    carried: [],
  };
}

function findStrays(
  project: Project,
  worktrees: readonly Worktree[],
  sessions: readonly SessionFacts[],
): Stray[] {
  const scratch = privateFolder(project);
  const ours = new Set(sessions.map((session) => session.record?.adminId));
  // registered a moment ago, by a create that has not written down the admin id yet
  const unnamed = sessions.filter(
    ({ record }) => record?.adminId === null && record.intent?.kind === 'creating',
  );
  return (
    worktrees
      .filter((one) => !one.main && !one.bare && !(one.adminId !== null && ours.has(one.adminId)))
      .filter((one) => !unnamed.some((s) => s.branch === one.branch && worktreeOf(s) === one.path))
      // made by us for a moment, for hooks and verification
      .filter((one) => !isWithin(one.path, scratch))
      .map((one) => ({
        path: one.path,
        branch: one.branch,
        owner: strayOwner(one),
        adminId: one.adminId,
        locked: one.locked,
      }))
  );
}

function findHere(
  project: Project,
  sessions: readonly SessionFacts[],
  strays: readonly Stray[],
  registry: Registry,
  caller: AbsolutePath,
): Here {
  const inside = sessions.find(
    (one) =>
      one.record !== null && one.place.kind !== 'put-away' && isWithin(caller, worktreeOf(one)),
  );
  if (inside !== undefined) return { kind: 'session', name: inside.name };
  const entry = registry.trash.find(
    ({ entry: one }) => one.worktree !== null && isWithin(caller, one.worktree.path),
  );
  if (entry !== undefined) return { kind: 'trash', id: entry.entry.id, name: entry.entry.name };
  if (isWithin(caller, trashFolder(project))) return { kind: 'trash', id: '', name: '' };
  if (strays.some((one) => isWithin(caller, one.path))) return { kind: 'stray' };
  if (project.mainCheckout !== null && isWithin(caller, project.mainCheckout))
    return { kind: 'main' };
  return { kind: 'elsewhere' };
}

/** Where a session's worktree is, or last was. */
export function worktreeOf(session: SessionFacts): string {
  switch (session.place.kind) {
    case 'present':
      return session.place.path;
    case 'moved':
      return session.place.to;
    case 'gone':
    case 'put-away':
    case 'not-ours':
    case 'unknown':
      return session.record?.worktree ?? '';
  }
}
