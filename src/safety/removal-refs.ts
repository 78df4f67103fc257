/**
 * The two transactions of a removal: the first makes the pin and says what is intended, the last
 * takes branch and record. All refs move by compare-and-swap, all of one transaction or none.
 */
import { FlightError } from '../kernel/errors.ts';
import { trusted } from '../kernel/brand.ts';
import type { Git } from '../git/git.ts';
import { branchRef, type BranchName, type Oid } from '../git/oid.ts';
import { permitRef } from '../git/permit.ts';
import { listRefs, readRef, transact, type OwnRef, type RefChange } from '../git/refs.ts';
import type { SessionKey } from '../sessions/name.ts';
import type { Project } from '../sessions/project.ts';
import type { SessionRecord } from '../sessions/record.ts';
import { recordChange, sessionRef, trashPrefix, trashRef } from '../sessions/registry.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { tagRef, tagRefPrefix, type Pins } from './pins.ts';
import { seqOf } from './trash-places.ts';

export type Becomes = 'ended' | 'kept' | 'in-review';

export interface Removal {
  readonly key: SessionKey;
  readonly entry: TrashEntry;
  /** the record's blob as it is now */
  readonly recordOid: Oid;
  /** the record as it was, with what the operation has learnt, without an intent */
  readonly record: SessionRecord;
  readonly becomes: Becomes;
}

/** `record` without the intent of an operation. */
export function withoutIntent(record: SessionRecord): SessionRecord {
  const { intent: _, ...rest } = record;
  return rest;
}

/** The changes that put pin and tags behind their refs. */
export function pinChanges(key: SessionKey, seq: number, pin: Oid, pins: Pins): RefChange[] {
  return [
    { kind: 'own', ref: trashRef(key, seq), from: null, to: pin },
    ...pins.tags.map((tag): RefChange => ({
      kind: 'own',
      ref: tagRef(key, seq, tag),
      from: null,
      to: tag,
    })),
  ];
}

/**
 * The changes that take pin and tags of an entry away.
 * @param stored the very ref and what stood behind it: the id in an entry may be another's, too
 */
export async function unpinChanges(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  stored: { readonly ref: string; readonly pin: string | null },
): Promise<RefChange[]> {
  const key = trusted<SessionKey>(stored.ref.slice(trashPrefix.length).replace(/\/\d+$/u, ''));
  const tags = await listRefs(git, project.commonDir, [tagRefPrefix(key, seqOf(stored.ref))]);
  const pin = stored.pin === null ? [] : [{ name: stored.ref, oid: trusted<Oid>(stored.pin) }];
  // all are in our own namespace. The entry itself last: as long as it is there, what was cut off
  // is done again
  return [...tags, ...pin].map(({ name, oid }) => ({
    kind: 'own',
    ref: trusted<OwnRef>(name),
    from: oid,
    to: null,
  }));
}

/** The changes that end a removal: the branch goes if it ends, the record goes or says what it is. */
export async function endChanges(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  removal: Removal,
): Promise<RefChange[]> {
  const { key, entry, becomes, recordOid } = removal;
  const branch = branchRef(trusted<BranchName>(entry.branch));
  if (becomes !== 'ended') {
    const record = { ...removal.record, state: becomes, trash: entry.id };
    return [await recordChange(git, project.commonDir, key, recordOid, record)];
  }
  const gone: RefChange = { kind: 'own', ref: sessionRef(key), from: recordOid, to: null };
  if (entry.branchTip === null) return [gone];
  const tip = trusted<Oid>(entry.branchTip);
  const permit = permitRef('delete-branch', branch, tip, `pinned by ${entry.id}`);
  return [{ kind: 'delete', permit }, gone];
}

/** Makes `changes` in one transaction. @throws FlightError `plan-changed` if a ref has moved */
export async function must(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  changes: readonly RefChange[],
  about: { readonly name: string; readonly what: string },
): Promise<void> {
  const result = await transact(git, project.commonDir, changes, about.what);
  if (result.kind === 'lost') {
    throw new FlightError('plan-changed', { name: about.name, what: result.ref });
  }
}

/**
 * Takes the pin of a removal that is not made back, then the intent out of the record. In this
 * order, in two transactions: git moves refs of one transaction one by one, updates first.
 */
export async function cancel(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  removal: Removal,
): Promise<void> {
  const { key, entry, recordOid, record } = removal;
  const about = { name: entry.name, what: 'removal taken back' };
  const ref = trashRef(key, seqOf(entry.id));
  const pin = await readRef(git, project.commonDir, ref);
  const pins = await unpinChanges(git, project, { ref, pin });
  // somebody else's record would mean that the removal is not ours to take back
  const still: RefChange = { kind: 'verify', ref: sessionRef(key), oid: recordOid };
  if (pins.length > 0) await must(git, project, [...pins, still], about);
  await must(
    git,
    project,
    [await recordChange(git, project.commonDir, key, recordOid, record)],
    about,
  );
}

/** The tip of the branch right now. */
export function tipOf(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  branch: string,
): Promise<Oid | null> {
  return readRef(git, project.commonDir, branchRef(trusted<BranchName>(branch)));
}
