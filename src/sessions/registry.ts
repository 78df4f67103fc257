/**
 * The registry: which sessions there are, and what was removed. Truth is git's refs.
 *
 * - `for-each-ref` for names and values, one `cat-file --batch` for all contents: a record that is
 *   broken is one unknown session, not a failure for all.
 * - writes are blobs first, then one compare-and-swap transaction (`refs.transact`).
 */
import { trusted } from '../kernel/brand.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Git } from '../git/git.ts';
import { committedAt, readObjects, writeBlob } from '../git/objects.ts';
import { branchOf, type BranchName, type Oid, type RefName } from '../git/oid.ts';
import { listRefs, ownRef, type OwnRef, type Ref, type RefChange } from '../git/refs.ts';
import { ensureHome, readHome } from './home.ts';
import { asSessionName, sessionKey, type SessionKey } from './name.ts';
import { formatRecord, parseRecord, type ReadRecord, type SessionRecord } from './record.ts';
import { settled } from './settle.ts';
import { parseTrashEntry, type StoredTrashEntry, type TrashEntry } from './trash-entry.ts';

export interface StoredRecord {
  readonly key: SessionKey;
  readonly ref: OwnRef;
  /** the blob: the expected value of the next compare-and-swap */
  readonly oid: Oid;
  readonly read: ReadRecord;
}

export interface Registry {
  readonly sessions: ReadonlyMap<SessionKey, StoredRecord>;
  /** newest first; entries whose description cannot be read are in `brokenTrash` */
  readonly trash: readonly StoredTrashEntry[];
  readonly brokenTrash: readonly string[];
  /** all local branches and their tips */
  readonly branches: ReadonlyMap<BranchName, Oid>;
  /** when the tips of sessions' branches were committed, as far as that was read along */
  readonly tipTimes: ReadonlyMap<Oid, Date>;
  /** the blob behind our lock, `null` if nobody holds it */
  readonly lock: Oid | null;
  /** the blob behind the queue of landings, `null` if there is none */
  readonly queue: Oid | null;
}

export const sessionsPrefix = 'refs/flight-rules/sessions/';
export const trashPrefix = 'refs/flight-rules/trash/';
export const lockRef: OwnRef = ownRef('lock');

export function sessionRef(key: SessionKey): OwnRef {
  return ownRef('sessions', key);
}

/** @param seq 1, 2, … per name; unique as long as an entry of that name is there */
export function trashRef(key: SessionKey, seq: number): OwnRef {
  return ownRef('trash', key, String(seq));
}

/**
 * Reads everything. Two processes: `for-each-ref`, `cat-file --batch` (none if there is nothing
 * that this command has not read before).
 */
export async function readRegistry(git: Git, repository: AbsolutePath): Promise<Registry> {
  const refs = await listRefs(git, repository, ['refs/heads/', 'refs/flight-rules/']);
  const records = refs.filter((ref) => ref.name.startsWith(sessionsPrefix));
  const pins = refs.filter((ref) => ref.name.startsWith(trashPrefix));
  const names = [...records.map((ref) => ref.oid), ...pins.map((ref) => `${ref.oid}:entry.json`)];
  const { blobs, tipTimes } = await contents(git, repository, names, tipsOf(records, refs));
  const home = await readHome(repository);
  const sessions = new Map<SessionKey, StoredRecord>();
  records.forEach((ref, index) => {
    const key = trusted<SessionKey>(ref.name.slice(sessionsPrefix.length));
    const read = provenRecord(key, parseRecord(blobs[index] ?? null), home);
    sessions.set(key, { key, ref: sessionRef(key), oid: ref.oid, read });
  });
  const trash: StoredTrashEntry[] = [];
  const brokenTrash: string[] = [];
  for (const [index, ref] of pins.entries()) {
    const entry = parseTrashEntry(blobs[records.length + index] ?? null);
    if (entry === null || !isProven(entry, ref.name, home)) brokenTrash.push(ref.name);
    else trash.push({ entry: await settled(entry, repository), ref: ref.name, pin: ref.oid });
  }
  trash.sort(newestFirst);
  const branches = new Map<BranchName, Oid>();
  for (const ref of refs) {
    const branch = branchOf(ref.name);
    if (branch !== null) branches.set(branch, ref.oid);
  }
  const lock = refs.find((ref) => ref.name === lockRef)?.oid ?? null;
  const queue = refs.find((ref) => ref.name === 'refs/flight-rules/queue')?.oid ?? null;
  return { sessions, trash, brokenTrash, branches, tipTimes, lock, queue };
}

/** A record stands behind the ref of its name, and was written by this repository. */
function provenRecord(key: SessionKey, read: ReadRecord, home: string | null): ReadRecord {
  if (read.kind === 'broken') return read;
  const name = asSessionName(read.record.name);
  if (name === null || sessionKey(name) !== key) {
    return { kind: 'broken', why: `it speaks of ${JSON.stringify(read.record.name)}` };
  }
  if (home === null || read.record.home !== home) {
    return { kind: 'broken', why: 'it was written by another repository and fetched from there' };
  }
  return read;
}

/** So does an entry of the trash, whose id is the name of its ref. */
function isProven(entry: TrashEntry, ref: RefName, home: string | null): boolean {
  const name = asSessionName(entry.name);
  if (name === null || home === null || entry.record.home !== home) return false;
  const seq = /~(?<seq>\d+)$/u.exec(entry.id)?.groups?.['seq'];
  return entry.id === `${entry.name}~${seq}` && ref === trashRef(sessionKey(name), Number(seq));
}

/** The tips of the branches that by their names are those of the sessions. */
function tipsOf(records: readonly Ref[], refs: readonly Ref[]): readonly Oid[] {
  const keys = new Set(records.map(({ name }) => name.slice(sessionsPrefix.length)));
  return refs
    .filter(({ name }) => branchOf(name) !== null)
    .filter(({ name }) => keys.has(name.slice(name.lastIndexOf('/') + 1).toLowerCase()))
    .map((ref) => ref.oid);
}

/**
 * As `readBlobs`; what was read before with this git is not read again. Where anything is read,
 * it is also read when `tips` were committed: it needs no further process.
 */
async function contents(
  git: Git,
  repository: AbsolutePath,
  names: readonly string[],
  tips: readonly Oid[],
): Promise<{ blobs: readonly (Buffer | null)[]; tipTimes: ReadonlyMap<Oid, Date> }> {
  const unread = names.filter((name) => !git.known.has(name));
  const asked = unread.length === 0 ? [] : [...unread, ...tips];
  const read = await readObjects(git, repository, asked);
  unread.forEach((name, index) => {
    const object = read[index];
    if (object?.type === 'blob') git.known.set(name, object.bytes);
  });
  const tipTimes = new Map<Oid, Date>();
  tips.forEach((tip, index) => {
    const object = read[unread.length + index] ?? null;
    const time = object === null ? null : committedAt(object);
    if (time !== null) tipTimes.set(tip, time);
  });
  return { blobs: names.map((name) => git.known.get(name) ?? null), tipTimes };
}

/** By time; of those of one second the one with the higher number. */
function newestFirst(one: StoredTrashEntry, other: StoredTrashEntry): number {
  const [a, b] = [one.entry.removedAt, other.entry.removedAt];
  if (a !== b) return a < b ? 1 : -1;
  return Number(other.ref.split('/').at(-1)) - Number(one.ref.split('/').at(-1));
}

/**
 * The change that puts `record` behind its ref, for a transaction. Stores the blob.
 * @param from the blob seen before, `null` for a new session
 */
export async function recordChange(
  git: Git,
  repository: AbsolutePath,
  key: SessionKey,
  from: Oid | null,
  record: SessionRecord,
): Promise<RefChange> {
  const to = await storeRecord(git, repository, record);
  return { kind: 'own', ref: sessionRef(key), from, to };
}

/** Stores `record` as a blob, behind no ref yet. One process: `hash-object`. */
export async function storeRecord(
  git: Git,
  repository: AbsolutePath,
  record: SessionRecord,
): Promise<Oid> {
  const { schema, home: _, ...rest } = record;
  // always at the same place, so that what did not change keeps its object
  const text = formatRecord({ schema, home: await ensureHome(repository), ...rest });
  const oid = await writeBlob(git, repository, text);
  git.known.set(oid, Buffer.from(text));
  return oid;
}
