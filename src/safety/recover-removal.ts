/**
 * What a killed removal left is taken back or finished: back as long as nothing was renamed,
 * forward from then on. Decided by what is seen on the disk, repeatable, and itself killable
 * anywhere: each step looks before it acts.
 *
 * The caller holds the lock and knows that the owner of the intent is dead.
 */
import { faultPoint } from '../kernel/faults.ts';
import { FlightError } from '../kernel/errors.ts';
import { readRegistry } from '../sessions/registry.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import type { Project } from '../sessions/project.ts';
import { hasLeft, moveBack, moveOut } from './leave.ts';
import { cancel, endChanges, must, tipOf, withoutIntent, type Held } from './removal-refs.ts';

const nothing = 'nothing was cut off.';

/**
 * Finishes or takes back the removal that `session`'s record says is under way.
 * @returns what was done, as the rest of a sentence
 * @throws FlightError `plan-changed` if the record is changed by somebody else meanwhile,
 *   `broken-record` if the trash entry it speaks of cannot be read, `disk-failed`
 */
export async function recoverRemoval(
  project: Project,
  held: Held,
  session: Pick<SessionFacts, 'key' | 'name'>,
): Promise<string> {
  const { git } = held;
  const registry = await readRegistry(git, project.commonDir);
  const stored = registry.sessions.get(session.key);
  if (stored?.read.kind !== 'record') return nothing;
  const { intent } = stored.read.record;
  if (intent?.kind !== 'removing') return nothing;
  const { name } = session;
  const entry = registry.trash.find((one) => one.entry.id === intent.trash)?.entry;
  if (entry === undefined) {
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
    return 'a removal that was cut off was taken back; the session is whole.';
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
  const done = `a removal that was cut off was finished; it is in the trash as ${entry.id}.`;
  return branchKept ? `${done} Its branch ${entry.branch} has moved on and stays.` : done;
}
