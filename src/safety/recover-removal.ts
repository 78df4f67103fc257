/**
 * What a killed removal left is taken back or finished: back as long as nothing was renamed,
 * forward from then on. Decided by what is seen on the disk, repeatable, and itself killable
 * anywhere: each step looks before it acts.
 *
 * The caller holds the lock and knows that the owner of the intent is dead.
 */
import { faultPoint } from '../kernel/faults.ts';
import { readRef } from '../git/refs.ts';
import { FlightError } from '../kernel/errors.ts';
import type { SessionKey } from '../sessions/name.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import type { SessionRecord } from '../sessions/record.ts';
import { readRegistry, recordChange, trashRef, type Registry } from '../sessions/registry.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { hasLeft, moveBack, moveOut } from './leave.ts';
import type { Held } from './held.ts';
import { readToken } from '../sessions/links.ts';
import { cancel, endChanges, must, tipOf, unpinChanges, withoutIntent } from './removal-refs.ts';
import { seqOf } from './trash-places.ts';

export type RecoveredRemoval =
  /** the session is as it was before the removal */
  | { readonly kind: 'rolled-back'; readonly name: string }
  /** the removal is done; `branchKept`: the branch had moved on, so it was not taken */
  | {
      readonly kind: 'finished';
      readonly name: string;
      readonly entry: TrashEntry;
      readonly branchKept: boolean;
    }
  | { readonly kind: 'nothing-to-do' };

/**
 * Finishes or takes back the removal that `session`'s record says is under way.
 * @throws FlightError `plan-changed` if the record is changed by somebody else meanwhile,
 *   `broken-record` if the trash entry it speaks of cannot be read, `disk-failed`
 */
export async function recoverRemoval(
  project: Project,
  held: Held,
  session: Pick<SessionFacts, 'key' | 'name'>,
): Promise<RecoveredRemoval> {
  const { git } = held;
  const registry = await readRegistry(git, project.commonDir);
  const stored = registry.sessions.get(session.key);
  if (stored?.read.kind !== 'record') return { kind: 'nothing-to-do' };
  const { intent } = stored.read.record;
  if (intent?.kind !== 'removing') return { kind: 'nothing-to-do' };
  const { name } = session;
  const entry = registry.trash.find((one) => one.entry.id === intent.trash)?.entry;
  if (entry === undefined) {
    if (await isUntouched(project, registry, stored.read.record, session.key, intent.trash)) {
      const record = withoutIntent(stored.read.record);
      await forgetPins(project, held, session.key, intent.trash);
      const change = await recordChange(git, project.commonDir, session.key, stored.oid, record);
      await must(git, project, [change], { name, what: 'removal taken back' });
      return { kind: 'rolled-back', name };
    }
    throw new FlightError('broken-record', { name, why: `${intent.trash} cannot be read` });
  }
  const record = withoutIntent(stored.read.record);
  const { becomes } = intent;
  const removal = { key: session.key, entry, recordOid: stored.oid, record, becomes };
  if (!(await hasLeft(entry))) {
    faultPoint('recover.back:before');
    await moveBack(project, entry);
    await cancel(git, project, removal);
    faultPoint('recover.back:after');
    return { kind: 'rolled-back', name };
  }
  await moveOut(project, entry);
  // a commit made from inside the trash since is not pinned: then the branch stays as it is
  const tip = await tipOf(git, project, entry.branch);
  const branchKept = becomes === 'ended' && tip !== null && tip !== entry.branchTip;
  const gone = tip === null || branchKept;
  faultPoint('remove.refs:before');
  const ending = gone ? { ...removal, entry: { ...entry, branchTip: null } } : removal;
  await must(git, project, await endChanges(git, project, ending), { name, what: 'removal' });
  faultPoint('remove.refs:after');
  return { kind: 'finished', name, entry, branchKept };
}

/** git was killed between record and pins: there is no entry, and so nothing has been moved. */
async function isUntouched(
  project: Project,
  registry: Registry,
  record: SessionRecord,
  key: SessionKey,
  id: string,
): Promise<boolean> {
  const ref: string = trashRef(key, seqOf(id));
  if (registry.brokenTrash.includes(ref) || record.adminId === null) return false;
  return (await readToken(adminDir(project, record.adminId))) === record.token;
}

async function forgetPins(
  project: Project,
  held: Held,
  key: SessionKey,
  id: string,
): Promise<void> {
  const ref = trashRef(key, seqOf(id));
  const pin = await readRef(held.git, project.commonDir, ref);
  const pins = await unpinChanges(held.git, project, { ref, pin });
  if (pins.length > 0) await must(held.git, project, pins, { name: id, what: 'pins taken back' });
}
