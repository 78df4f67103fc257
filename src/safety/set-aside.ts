/**
 * A record that cannot be read, or that another repository wrote, keeps its name taken and says
 * nothing that could be acted on. On the user's word its object goes behind a ref of its own,
 * `refs/flight-rules/set-aside/<key>/<n>`, and the name is free. Branch and folder are not touched:
 * what the record says of them is not believed.
 *
 * Processes: `for-each-ref` for the next number, `cat-file` whether the object is there,
 * `update-ref` for both refs as one.
 */
import { FlightError } from '../kernel/errors.ts';
import { localObjectTypes } from '../git/object-types.ts';
import { listRefs, ownRef, transact, type OwnRef, type RefChange } from '../git/refs.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import type { Project } from '../sessions/project.ts';
import { sessionRef } from '../sessions/registry.ts';
import type { Held } from './held.ts';

/**
 * @returns the ref it is kept behind, `null` if its object is missing: then only the name goes
 * @throws FlightError `plan-changed` if somebody else changed the record, or it can be read
 */
export async function setAside(
  project: Pick<Project, 'commonDir'>,
  held: Pick<Held, 'git'>,
  session: Pick<SessionFacts, 'key' | 'name' | 'broken' | 'recordOid'>,
): Promise<OwnRef | null> {
  const { key, name, broken, recordOid } = session;
  const { commonDir } = project;
  if (broken === null || recordOid === null) {
    throw new FlightError('plan-changed', { name, what: 'The record' });
  }
  const folder = ownRef('set-aside', componentOf(key));
  const numbers = (await listRefs(held.git, commonDir, [folder])).map((ref) =>
    Number(ref.name.slice(folder.length + 1)),
  );
  const kept = ownRef('set-aside', componentOf(key), String(nextAfter(numbers)));
  // 'whole': a blob of ours is never promised by a remote, and what is not here cannot be kept
  const types = await localObjectTypes(held.git, commonDir, new Set([recordOid]), 'whole');
  const isThere = types.has(recordOid);
  const changes: RefChange[] = [
    ...(isThere ? [{ kind: 'create' as const, ref: kept, to: recordOid }] : []),
    { kind: 'own', ref: sessionRef(key), from: recordOid, to: null },
  ];
  const message = `flight-rules: set aside the record ${key}`;
  const result = await transact(held.git, commonDir, changes, message);
  if (result.kind === 'lost') throw new FlightError('plan-changed', { name, what: 'The record' });
  return isThere ? kept : null;
}

function nextAfter(numbers: readonly number[]): number {
  return Math.max(0, ...numbers.filter((one) => Number.isSafeInteger(one))) + 1;
}

/** The key of a foreign record may have slashes: as they are, `a/1` would stand in the way of `a`. */
function componentOf(key: string): string {
  return key.replaceAll('%', '%25').replaceAll('/', '%2F');
}
