/**
 * Sync: a session gets the base's new commits, without losing anything it had.
 *
 * The commit it will be at is built first, and so is what index and files will be; conflicts are
 * known before anything is touched. Then the session is moved under the lock (`move.ts`). With
 * commit hooks the commit is built in a scratch worktree while the lock is free; if the session
 * moved meanwhile that is said, if the base was rewound it is built again.
 */
import { isAncestor } from '../../git/history.ts';
import { refreshIndex } from '../../git/index-write.ts';
import type { Oid } from '../../git/oid.ts';
import { FlightError } from '../../kernel/errors.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { onDisk } from '../../safety/disk.ts';
import type { Held } from '../../safety/held.ts';
import { hookNames, hooksFor, type Hook } from '../hooks.ts';
import { readRecord, type RecordAt } from '../intent.ts';
import { buildInScratch } from '../scratch-build.ts';
import { registerScratch, removeScratch, scratchOf, type Scratch } from '../scratch.ts';
import { makeCommit } from '../shapes.ts';
import { standing } from '../standing.ts';
import { planSync, type SyncPlan } from './build.ts';
import { putFilesBack, replaceIndex } from './go-back.ts';
import { holdIndex, releaseIndex } from './index-hold.ts';
import { checkoutOf } from './checkout-of.ts';
import { beginBuild, beginMove, endMove, type Begun } from './intent.ts';
import { lookAtSession } from './look.ts';
import type { SyncDeps, SyncInput, SyncResult, SyncShape } from './model.ts';
import { moveSession } from './move.ts';
import { runHooksAfter } from './hooks-after.ts';
import { makeRoom, removeRoom, settleRoom, type Room } from './room.ts';
import { carriedTargets, plainTargets, type Targets } from './targets.ts';

export type { SyncDeps, SyncInput, SyncResult } from './model.ts';

const attempts = 3;
const hookLimitMs = 600_000;

/**
 * @throws FlightError `plan-changed`, `base-gone`, `uncommitted-work`, `operation-in-progress`,
 *   `head-elsewhere`, `unknown-state`, `carry-impossible`, `files-in-the-way`, `cannot-rebase`,
 *   `no-identity`, `sign-failed`, `hook-failed`; the session is then as it was
 */
export async function syncSession(deps: SyncDeps, input: SyncInput): Promise<SyncResult> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const begun = await deps.lock((held) => begin(deps, held, input));
    const result = begun.kind === 'outside' ? await outside(deps, input, begun) : begun;
    if (result === null) continue;
    if (result.kind === 'synced') await runHooksAfter(deps, input, result);
    return result;
  }
  throw new FlightError('plan-changed', { name: input.name, what: `The base ${input.base}` });
}

/** Only what the record proves to be this session's is touched. */
async function refuseOthers(
  { project }: SyncDeps,
  { name, worktree, privateDir }: SyncInput,
  { record }: RecordAt,
): Promise<void> {
  const own = await checkoutOf(project, record);
  if (own?.privateDir === privateDir && own.worktree === worktree) return;
  throw new FlightError('not-ours', { name, why: `links or token of ${worktree} differ` });
}

type Build = Extract<SyncPlan, { kind: 'build' }>;

interface Outside {
  readonly kind: 'outside';
  readonly held: Held;
  readonly scratch: Scratch;
  readonly build: Build;
  readonly baseTip: Oid;
  readonly hooks: readonly Hook[];
}

/** Under the lock: all of a sync without hooks, the beginning of any other. */
async function begin(deps: SyncDeps, held: Held, input: SyncInput): Promise<SyncResult | Outside> {
  const { project } = deps;
  const { git } = held;
  const { baseTip, record } = await standing(git, project, input, null);
  // it asks for nothing: not even for a session in order
  if (await isAncestor(git, project.commonDir, baseTip, input.sessionTip)) {
    return { kind: 'current' };
  }
  await refuseOthers(deps, input, record);
  await lookAtSession(git, input);
  const build = await planSync(git, input, baseTip);
  if (build.kind !== 'build') return build;
  const names = build.plan.kind === 'ready' ? [] : hookNames(build.plan.kind);
  const hooks = await hooksFor(git, project, names);
  if (hooks.length === 0) {
    const built = await makeCommit(git, { root: input.worktree }, build.input, build.plan);
    if (built.kind === 'conflicts') return conflicting(built.conflicts);
    const to = built.kind === 'nothing' ? baseTip : built.oid;
    return move(deps, held, input, { record, to, shape: build.shape, baseTip });
  }
  const scratch = scratchOf(project, held.owner.token);
  await beginBuild(held, project, input, record, { clock: deps.clock, scratch: scratch.folder });
  try {
    await registerScratch(git, project, scratch, build.input.baseTip);
  } catch (error) {
    await endBuild(deps, held, input, scratch);
    throw error;
  }
  return { kind: 'outside', held, scratch, build, baseTip, hooks };
}

/** @returns `null` if the base does not have any more what was merged: build it again */
async function outside(
  deps: SyncDeps,
  input: SyncInput,
  begun: Outside,
): Promise<SyncResult | null> {
  const { project } = deps;
  const { scratch, build, hooks, baseTip } = begun;
  try {
    const built = await buildInScratch(begun.held.git, {
      root: input.worktree,
      scratch,
      hooks,
      input: build.input,
      plan: build.plan,
      verify: null,
      hookTimeoutMs: deps.hookTimeoutMs ?? hookLimitMs,
    });
    return await deps.lock(async (held) => {
      await endBuild(deps, held, input, scratch);
      if (built.kind === 'conflicts') return conflicting(built.conflicts);
      const now = await standing(held.git, project, input, null);
      const still = await isAncestor(held.git, input.worktree, baseTip, now.baseTip);
      if (!still) return null;
      const to = built.kind === 'nothing' ? baseTip : built.oid;
      const { record } = now;
      return move(deps, held, input, { record, to, shape: build.shape, baseTip });
    });
  } catch (error) {
    await deps.lock((held) => endBuild(deps, held, input, scratch));
    throw error;
  }
}

/** Takes scratch and intent away, if they are still there. */
async function endBuild(
  { project }: SyncDeps,
  held: Held,
  input: SyncInput,
  scratch: Scratch,
): Promise<void> {
  faultPoint('sync.scratch-removal:before');
  await removeScratch(project, scratch.folder);
  faultPoint('sync.scratch-removal:after');
  const at = await readRecord(held.git, project, input.key);
  const intent = at?.record.intent;
  if (at === null || intent?.kind !== 'syncing' || intent.scratch !== scratch.folder) return;
  await endMove(held.git, project, input.key, at, 'taken back');
}

interface Step {
  readonly record: RecordAt;
  readonly to: Oid;
  readonly shape: SyncShape;
  readonly baseTip: Oid;
}

/** Moves the session, its index being held from the last look on until all is in place. */
async function move(deps: SyncDeps, held: Held, input: SyncInput, step: Step): Promise<SyncResult> {
  const { privateDir, worktree } = input;
  const { commonDir } = deps.project;
  const branch = { from: input.sessionTip, to: step.to };
  if (branch.from === branch.to) return { kind: 'current' };
  await onDisk('hold the index in', privateDir, () => holdIndex(input));
  // what a recovery will need stays
  let needed = false;
  try {
    const work = await lookAtSession(held.git, input);
    const made = await onDisk('prepare a sync in', privateDir, () =>
      makeRoom(commonDir, privateDir),
    );
    const targets =
      work === 'clean'
        ? plainTargets(branch)
        : await carriedTargets(held.git, { commonDir, worktree, room: made }, branch);
    if (targets.kind === 'conflicts') return targets;
    const { clock, project } = deps;
    const message = messageOf(input, step.shape, step.baseTip);
    const how = { clock, branch, targets, message, shape: step.shape };
    const begun = await beginMove(held, project, input, step.record, how);
    needed = true;
    faultPoint('sync.room:before');
    const room = await settleRoom(made, privateDir);
    faultPoint('sync.room:after');
    const moving = { ...step, room, targets, begun, message };
    const outcome = await moveOrGoBack(deps, held, input, moving);
    faultPoint('sync.room-removal:before');
    await releaseIndex(privateDir);
    await removeRoom(privateDir);
    faultPoint('sync.room-removal:after');
    needed = false;
    const came = outcome.kind === 'moved' ? 'moved' : 'taken back';
    await endMove(held.git, project, input.key, begun.at, came);
    if (outcome.kind === 'failed') throw outcome.error;
    const { trash } = begun.intent;
    const pinned = trash === null ? {} : { pinned: trash };
    return { kind: 'synced', ...branch, shape: step.shape, ...pinned };
  } finally {
    await releaseIndex(privateDir);
    if (!needed) await removeRoom(privateDir);
  }
}

interface Moving extends Step {
  readonly room: Room;
  readonly targets: Targets;
  readonly begun: Begun;
  readonly message: string;
}

/** If taking back fails too, the intent stays: the next command tries again. */
async function moveOrGoBack(
  { project }: SyncDeps,
  { git }: Held,
  input: SyncInput,
  { room, targets, to, message }: Moving,
): Promise<{ readonly kind: 'moved' } | { readonly kind: 'failed'; readonly error: unknown }> {
  const { commonDir } = project;
  const { worktree, privateDir } = input;
  const branch = { from: input.sessionTip, to };
  let error: unknown;
  let placed = false;
  try {
    const moving = { input, commonDir, room, branch, targets, message };
    const outcome = await moveSession(git, moving, () => {
      placed = true;
    });
    if (outcome === 'moved') return { kind: 'moved' };
    error = new FlightError('plan-changed', { name: input.name, what: 'The branch' });
  } catch (cause) {
    error = cause;
  }
  try {
    if (placed) await replaceIndex(privateDir);
    const back = { commonDir, worktree, privateDir, files: targets.files };
    // what cannot be named is left, and told by the next command, which finds the intent
    if ((await putFilesBack(git, back)) === 'some') throw error;
    await releaseIndex(privateDir);
    await refreshIndex(git, worktree);
  } catch {
    throw error;
  }
  return { kind: 'failed', error };
}

/** As git writes it: by that it is known later whether a session has made commits of its own. */
function messageOf(input: SyncInput, shape: SyncShape, baseTip: Oid): string {
  switch (shape) {
    case 'ff':
      return `merge ${input.base}: Fast-forward`;
    case 'merge':
      return `merge ${input.base}: Merge made by the 'ort' strategy.`;
    case 'rebase':
      return `rebase (finish): refs/heads/${input.branch} onto ${baseTip}`;
  }
}

function conflicting(conflicts: readonly { readonly path: string }[]): SyncResult {
  return { kind: 'conflicts', paths: conflicts.map((conflict) => conflict.path) };
}
