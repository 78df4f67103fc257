/** The `landing` intent in a session's record: written before, cleared after, by compare-and-swap. */
import type { Git } from '../git/git.ts';
import { readBlobs } from '../git/objects.ts';
import type { Oid } from '../git/oid.ts';
import { readRef, transact } from '../git/refs.ts';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { SessionKey } from '../sessions/name.ts';
import { parseRecord, type Intent, type SessionRecord } from '../sessions/record.ts';
import { recordChange, sessionRef } from '../sessions/registry.ts';

export type LandingIntent = Extract<Intent, { kind: 'landing' }>;

export interface RecordAt {
  readonly oid: Oid;
  readonly record: SessionRecord;
}

type Place = { readonly commonDir: AbsolutePath };

/**
 * The record as it is now, or `null` if there is none that can be read. Two processes, or one if
 * this command has read or written it.
 */
export async function readRecord(
  git: Git,
  project: Place,
  key: SessionKey,
): Promise<RecordAt | null> {
  const oid = await readRef(git, project.commonDir, sessionRef(key));
  if (oid === null) return null;
  return readRecordAt(git, project, oid);
}

/** The record that is stored as `oid`. One process, or none if this command knows it. */
export async function readRecordAt(git: Git, project: Place, oid: Oid): Promise<RecordAt | null> {
  const known = git.known.get(oid);
  const [bytes] = known === undefined ? await readBlobs(git, project.commonDir, [oid]) : [known];
  const read = parseRecord(bytes ?? null);
  return read.kind === 'record' ? { oid, record: read.record } : null;
}

/**
 * Writes `intent` (`null`: takes it out) into the record.
 * @returns the record as it is then
 * @throws FlightError `plan-changed` if somebody changed the record since it was read
 */
export async function writeIntent(
  git: Git,
  project: Place,
  key: SessionKey,
  at: RecordAt,
  intent: LandingIntent | null,
): Promise<RecordAt> {
  const { intent: _before, ...rest } = at.record;
  const record: SessionRecord = intent === null ? rest : { ...rest, intent };
  const change = await recordChange(git, project.commonDir, key, at.oid, record);
  const result = await transact(git, project.commonDir, [change], 'flight-rules: landing');
  if (result.kind === 'lost') {
    const what = 'its record was changed by somebody else';
    throw new FlightError('plan-changed', { name: at.record.name, what });
  }
  const oid = change.kind === 'own' && change.to !== null ? change.to : at.oid;
  return { oid, record };
}
