/**
 * Restore: what left comes back, from the trash or, for an orphan, from what is left of it.
 *
 * Branch (create only), record and the intent `restoring` in one transaction; then the steps of
 * `come-back.ts`. The trash ref stays as a pin until it expires. A kill anywhere is finished by
 * `recoverRestore`; a refusal of the disk before the directory is home is taken back.
 */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { trusted } from '../kernel/brand.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import type { Warning } from '../kernel/outcome.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { branchRef, oid, type BranchName } from '../git/oid.ts';
import { readRef, type RefChange } from '../git/refs.ts';
import { listWorktrees } from '../git/worktrees.ts';
import { homecoming } from '../sessions/settle.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import type { SessionKey, SessionName } from '../sessions/name.ts';
import { trashFolder, type Project } from '../sessions/project.ts';
import type { SessionRecord } from '../sessions/record.ts';
import { readRegistry, recordChange } from '../sessions/registry.ts';
import type { StoredTrashEntry, TrashEntry } from '../sessions/trash-entry.ts';
import { bringBackFacts, lookAround, type Observed } from './bring-back-facts.ts';
import {
  planBringBack,
  resumed,
  warningsOf,
  type BringBackFacts,
  type BringBackPlan,
} from './bring-back-plan.ts';
import { comeBack, type Return } from './come-back.ts';
import { ifThere, isThere, makeDirectory } from './disk.ts';
import { goBack, waitingLocks } from './go-back.ts';
import type { Held } from './held.ts';
import { must, withoutIntent } from './removal-refs.ts';

export interface BroughtBack {
  readonly key: SessionKey;
  readonly record: SessionRecord;
  readonly worktree: AbsolutePath;
  readonly warnings: readonly Warning[];
}

/**
 * Brings a trash entry back.
 * @param options `as`: under another name, branch and path; `observed`: what the caller has seen
 *   under this very lock, nothing having been done since
 * @throws FlightError `restore-taken`, `restore-clash`, `restore-incomplete`: nothing was changed
 */
export async function bringBack(
  project: Project,
  held: Held,
  stored: StoredTrashEntry,
  options: { readonly as?: SessionName; readonly observed?: Observed } = {},
): Promise<BroughtBack> {
  const { git } = held;
  const { entry } = stored;
  const observed = options.observed ?? (await lookAround(project, held));
  const facts = await bringBackFacts(project, held, entry, observed, options.as ?? null);
  const plan = planBringBack(facts);
  const record = await returningRecord(project, held, facts, plan);
  const { key } = plan.target;
  const from = facts.living?.oid ?? null;
  const change = await recordChange(git, project.commonDir, key, from, record);
  const begin = plan.createBranchAt === null ? [] : [created(plan)];
  faultPoint('restore.refs:before');
  // the record first: a branch alone would stand in the way of the next restore
  await must(git, project, [change, ...begin], { name: entry.name, what: 'restore begins' });
  faultPoint('restore.refs:after');
  const recordOid = change.kind === 'own' && change.to !== null ? change.to : oid(stored.pin);
  const back: Return = { key, record, recordOid, entry, id: entry.id };
  const locks = await waitingLocks(project, entry);
  try {
    const whole = await comeBack(git, project, back);
    await seen(project, whole);
    return { key, record: whole, worktree: plan.target.path, warnings: plan.warnings };
  } catch (error) {
    await goBack(project, held, back, { plan, facts, locks }).catch(() => undefined);
    throw error;
  }
}

function created(plan: BringBackPlan): RefChange {
  const ref = branchRef(plan.target.branch);
  return { kind: 'create', ref, to: oid(plan.createBranchAt ?? '') };
}

export type RecoveredRestore =
  | { readonly kind: 'finished'; readonly record: SessionRecord }
  | { readonly kind: 'nothing-to-do' };

/**
 * Finishes a restore that was cut off; idempotent, and itself killable anywhere.
 * The caller holds the lock and knows that the owner of the intent is dead.
 * @throws FlightError `disk-failed`, `plan-changed`, GitError
 */
export async function recoverRestore(
  project: Project,
  held: Held,
  session: Pick<SessionFacts, 'key' | 'name'>,
): Promise<RecoveredRestore> {
  const registry = await readRegistry(held.git, project.commonDir);
  const stored = registry.sessions.get(session.key);
  if (stored?.read.kind !== 'record') return { kind: 'nothing-to-do' };
  const { record } = stored.read;
  if (record.intent?.kind !== 'restoring') return { kind: 'nothing-to-do' };
  const { trash } = record.intent;
  const entry = registry.trash.find((one) => one.entry.id === trash)?.entry ?? null;
  const id = entry?.id ?? session.name;
  await branchBack(project, held, record, entry);
  const back: Return = { key: session.key, record, recordOid: stored.oid, entry, id };
  return { kind: 'finished', record: await comeBack(held.git, project, back) };
}

/** git was killed between record and branch. */
async function branchBack(
  project: Project,
  { git }: Held,
  record: SessionRecord,
  entry: TrashEntry | null,
): Promise<void> {
  if (entry === null || entry.branchTip === null) return;
  const ref = branchRef(trusted<BranchName>(record.branch));
  if ((await readRef(git, project.commonDir, ref)) !== null) return;
  const create: RefChange = { kind: 'create', ref, to: oid(entry.branchTip) };
  await must(git, project, [create], { name: record.name, what: 'restore' });
}

/**
 * An orphan comes back: its record is there, only the directory is gone. Index, HEAD and a
 * stopped rebase are as they were, if its private git dir is there. One that was put away and then
 * emptied from the trash comes back as its branch.
 * @throws FlightError `restore-incomplete` if neither branch nor private git dir is left
 */
export async function bringBackOrphan(
  project: Project,
  held: Held,
  session: SessionFacts,
): Promise<BroughtBack> {
  const { key, name, record, recordOid, place } = session;
  const away = place.kind === 'put-away' && record?.state !== 'active';
  if (record === null || recordOid === null || !(place.kind === 'gone' || away)) {
    throw new FlightError('plan-changed', { name, what: 'The worktree' });
  }
  if (session.branchTip === null) {
    const why = `its branch ${session.branch} is gone`;
    throw new FlightError('restore-incomplete', { id: name, why });
  }
  const path = await homecoming(project, absolute(record.worktree));
  if (await isThere(path)) {
    throw new FlightError('restore-taken', { id: name, what: path, suggestion: `${name}-2` });
  }
  // made there first: what the disk refuses, it refuses before anything is begun
  await makeDirectory(trashFolder(project));
  const lost = place.kind === 'put-away' || place.privateDir === null;
  const mode = lost ? 'fresh' : 'refill';
  const { owner } = held;
  const intent = { kind: 'restoring', owner: { ...owner }, since: owner.since, trash: '' } as const;
  const { trash: _, ...rest } = record;
  const marked: SessionRecord = {
    ...rest,
    worktree: path,
    state: 'active',
    adminId: place.kind === 'gone' ? place.adminId : null,
    // the folder and git dir of old may come to light again: they are not this one
    token: place.kind === 'gone' ? record.token : randomUUID(),
    intent,
  };
  const change = await recordChange(held.git, project.commonDir, key, recordOid, marked);
  faultPoint('restore.refs:before');
  await must(held.git, project, [change], { name, what: 'restore begins' });
  faultPoint('restore.refs:after');
  const at = change.kind === 'own' && change.to !== null ? change.to : recordOid;
  const back: Return = { key, record: marked, recordOid: at, entry: null, id: name };
  const whole = await comeBack(held.git, project, back);
  await seen(project, whole);
  return { key, record: whole, worktree: path, warnings: warningsOf(null, mode) };
}

async function returningRecord(
  project: Project,
  { owner }: Held,
  facts: BringBackFacts,
  plan: BringBackPlan,
): Promise<SessionRecord> {
  const { entry, living } = facts;
  const read = living?.read;
  const base = resumed(facts) && read?.kind === 'record' ? read.record : entry.record;
  const { trash: _, ...rest } = withoutIntent(base);
  const intent = {
    kind: 'restoring',
    owner: { ...owner },
    since: owner.since,
    trash: entry.id,
  } as const;
  const { name, branch, path } = plan.target;
  const same = entry.privateDir?.adminId ?? null;
  return {
    ...rest,
    name,
    branch,
    worktree: path,
    state: 'active',
    adminId:
      plan.admin === 'other'
        ? await freeAdminId(project, same ?? name)
        : plan.admin === 'same'
          ? same
          : null,
    // a worktree made anew is another one than the entry's, which may have come back elsewhere
    token: plan.mode === 'fresh' ? randomUUID() : entry.record.token,
    intent,
  };
}

async function freeAdminId(project: Project, wanted: string): Promise<string> {
  const used = new Set((await ifThere(readdir(below(project.commonDir, 'worktrees')))) ?? []);
  for (let n = 1; ; n += 1) if (!used.has(`${wanted}${n}`)) return `${wanted}${n}`;
}

/** After acting, look. */
async function seen(project: Project, record: SessionRecord): Promise<void> {
  const worktrees = await listWorktrees(project.git, project.commonDir);
  const found = worktrees.find((one) => one.adminId === record.adminId);
  if (found !== undefined && !found.prunable) return;
  throw new FlightError('bug', {
    what: `after restoring ${record.name}: its worktree is not there`,
  });
}
