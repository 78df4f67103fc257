/**
 * A session leaves: pinned first, then moved, then forgotten, in an order that a kill at any
 * point leaves either the whole session or the whole trash entry (see `recover-removal.ts`).
 *
 * Pin, trash ref and intent in one transaction -> `locked` -> worktree renamed -> private git dir
 * renamed -> placeholder -> branch and record in one transaction -> look.
 * A session with nothing to move is one transaction. No file of the session becomes an object.
 */
import { FlightError } from '../kernel/errors.ts';
import { trusted } from '../kernel/brand.ts';
import { faultPoint } from '../kernel/faults.ts';
import { isoSeconds } from '../kernel/clock.ts';
import { absolute } from '../kernel/path.ts';
import { branchRef, type BranchName, type Oid } from '../git/oid.ts';
import { headIn } from '../git/private-head.ts';
import type { RefChange } from '../git/refs.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import type { Project } from '../sessions/project.ts';
import type { SessionRecord } from '../sessions/record.ts';
import { readRegistry, recordChange, type Registry } from '../sessions/registry.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { otherHolder } from './branch-in-use.ts';
import type { Held } from './held.ts';
import { moveBack, moveOut } from './leave.ts';
import { collectPins, writePin } from './pins.ts';
import {
  cancel,
  endChanges,
  must,
  pinChanges,
  tipOf,
  withoutIntent,
  type Becomes,
  type Removal,
} from './removal-refs.ts';
import { look } from './removal-look.ts';
import { stillClean, type SeenIndex } from './seen-index.ts';
import { nextDestination } from './trash-places.ts';
import { whatLeaves, type Leaving } from './what-leaves.ts';

export interface PutAwayOptions {
  /** how it leaves, as the trash entry says it */
  readonly strategy: TrashEntry['strategy'];
  /** what the session becomes; `ended`: record and branch go */
  readonly becomes: Becomes;
  readonly at: Date;
  /** what the operation has learnt, e.g. `pullRequest`; goes into the record */
  readonly extraRecord?: Partial<SessionRecord>;
  /**
   * What the caller has observed under this very lock, nothing having left since: it is not asked
   * again. Whatever of it matters is verified by the transactions, which would fail.
   */
  readonly observed?: { readonly registry: Registry };
  /** the index as preflight has just seen it */
  readonly index?: SeenIndex | null;
}

export interface PutAway {
  /** `<name>~<seq>` */
  readonly id: string;
  readonly entry: TrashEntry;
  readonly branchDeleted: boolean;
  /** as it was seen afterwards */
  readonly registry: Registry;
}

/**
 * Puts a session into the trash. Preflight has been made; whose everything is, is proven again.
 * @param held the lock, which the caller holds until after the manifest
 * @throws FlightError `plan-changed`, `not-ours`, `unknown-state`, `branch-in-use`,
 *   `objects-missing`, `broken-record`: nothing was changed; `disk-failed`: taken back
 */
export async function putAway(
  project: Project,
  held: Held,
  session: SessionFacts,
  options: PutAwayOptions,
): Promise<PutAway> {
  const { git } = held;
  const known = await refreshed(project, held, session, options.observed?.registry);
  const leaving = await whatLeaves(project, session, known);
  if (options.becomes === 'ended') await refuseBranchInUse(project, held, session, leaving);
  // one that was still being made has not recorded its admin id, by which recovery would find it
  const adminId = leaving.adminId ?? known.record.adminId;
  const record = { ...withoutIntent(known.record), adminId, ...options.extraRecord };
  const moves = leaving.privateDir !== null;
  const place = await nextDestination(project, known.registry, session, leaving.worktree);
  const source = leaving.waiting?.privateDir?.path;
  const privateDir = leaving.privateDir ?? (source === undefined ? null : absolute(source));
  const { branch, branchTip } = session;
  const { branches } = known.registry;
  const clean = await stillClean(privateDir, options.index ?? null);
  const [head, pins] = await Promise.all([
    privateDir === null ? null : headIn(git, project.commonDir, privateDir, branches),
    collectPins(git, project, { privateDir, branch, branchTip, ...clean }),
  ]);
  const entry: TrashEntry = {
    schema: 1,
    id: place.id,
    name: session.name,
    removedAt: isoSeconds(options.at),
    strategy: options.strategy,
    branch,
    branchTip,
    head: head?.is ?? null,
    headOid: head?.at ?? null,
    record,
    worktree:
      leaving.worktree === null || place.worktree === null
        ? (leaving.waiting?.worktree ?? null)
        : { path: place.worktree, from: leaving.worktree },
    privateDir:
      leaving.adminId === null || !moves
        ? (leaving.waiting?.privateDir ?? null)
        : { path: place.privateDir, adminId: leaving.adminId },
  };
  const { becomes } = options;
  const removal = { key: session.key, entry, recordOid: known.recordOid, record, becomes };
  const [pin, intent] = await Promise.all([
    writePin(git, project, entry, pins),
    moves ? intentChange(project, held, removal) : null,
  ]);
  const pinned = pinChanges(session.key, place.seq, pin, pins);
  // A `gc --prune=now` that has looked at the refs before takes what came behind one since: stored
  // again, at the price of three touched files, the pin is there, and the ref keeps it
  const keep = (): Promise<unknown> => writePin(git, project, entry, pins);
  if (intent !== null) await pinAndMove(project, held, removal, { pinned, keep }, intent);
  else {
    faultPoint('remove.refs:before');
    const end = await endChanges(git, project, removal);
    const still = end.some(({ kind }) => kind === 'delete') ? [] : unchangedTip(entry);
    const changes = [...pinned, ...end, ...still];
    await must(git, project, changes, { name: session.name, what: 'removal' });
    faultPoint('remove.refs:after');
  }
  await keep();
  const left = leaving.worktree;
  const registry = await look(project, held, removal, { pin, left });
  const branchDeleted = options.becomes === 'ended' && session.branchTip !== null;
  return { id: entry.id, entry, branchDeleted, registry };
}

/** The change that marks the record: its session is leaving. */
function intentChange(
  project: Project,
  { git, owner }: Held,
  { key, entry, record, recordOid, becomes }: Removal,
): Promise<RefChange> {
  const intent = {
    kind: 'removing' as const,
    owner: { ...owner },
    since: entry.removedAt,
    trash: entry.id,
    strategy: entry.strategy,
    becomes,
  };
  return recordChange(git, project.commonDir, key, recordOid, { ...record, intent });
}

async function pinAndMove(
  project: Project,
  { git }: Held,
  removal: Removal,
  pin: { readonly pinned: readonly RefChange[]; readonly keep: () => Promise<unknown> },
  change: RefChange,
): Promise<void> {
  const { entry } = removal;
  faultPoint('remove.pin:before');
  // the record first: pins without an intent would look like an entry of the trash
  await must(git, project, [change, ...pin.pinned, ...unchangedTip(entry)], {
    name: entry.name,
    what: 'removal begins',
  });
  faultPoint('remove.pin:after');
  const recordOid = change.kind === 'own' && change.to !== null ? change.to : removal.recordOid;
  const begun = { ...removal, recordOid };
  try {
    await moveOut(project, entry);
    await pin.keep();
    faultPoint('remove.refs:before');
    // a commit made in the meantime is not pinned: then the branch has moved, and all is taken back
    await must(git, project, await endChanges(git, project, begun), {
      name: entry.name,
      what: 'removal',
    });
    faultPoint('remove.refs:after');
  } catch (error) {
    try {
      // a branch that is gone is proof that git was killed in the last transaction: only forward
      const tip = await tipOf(git, project, entry.branch);
      if (tip !== null || entry.branchTip === null) {
        await moveBack(project, entry);
        await cancel(git, project, begun);
      }
    } catch {
      // the intent stays: the next command that changes something recovers; the cause tells more
    }
    throw error;
  }
}

function unchangedTip(entry: TrashEntry): RefChange[] {
  const ref = branchRef(trusted<BranchName>(entry.branch));
  return [
    { kind: 'verify', ref, oid: entry.branchTip === null ? null : trusted<Oid>(entry.branchTip) },
  ];
}

/** Record and branch, read again under the lock. */
async function refreshed(
  project: Project,
  { git }: Held,
  session: SessionFacts,
  observed: Registry | undefined,
): Promise<{
  registry: Registry;
  record: SessionRecord;
  recordOid: NonNullable<SessionFacts['recordOid']>;
}> {
  const { name, key } = session;
  const registry = observed ?? (await readRegistry(git, project.commonDir));
  const stored = registry.sessions.get(key);
  if (stored === undefined || stored.oid !== session.recordOid) {
    throw new FlightError('plan-changed', { name, what: 'The record' });
  }
  if (stored.read.kind === 'broken') {
    throw new FlightError('broken-record', { name, why: stored.read.why });
  }
  if ((registry.branches.get(session.branch) ?? null) !== session.branchTip) {
    throw new FlightError('plan-changed', { name, what: 'The branch' });
  }
  return { registry, record: stored.read.record, recordOid: stored.oid };
}

/** A branch that another worktree has checked out would leave that one without a HEAD. */
async function refuseBranchInUse(
  project: Project,
  { git }: Held,
  session: SessionFacts,
  leaving: Leaving,
): Promise<void> {
  const { name, branch } = session;
  const worktree = await otherHolder(git, project, branch, leaving.adminId);
  if (worktree !== null) throw new FlightError('branch-in-use', { name, branch, worktree });
}
