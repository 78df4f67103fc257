/**
 * Landing a session: build the commit, then move the base to it.
 *
 * Without hooks and verification both happen under one lock. With them the commit is built in a
 * scratch worktree while the lock is free, and the base may move meanwhile: then it is built
 * again. Whatever is begun stands in the record's `landing` intent first, so that a kill at any
 * point is finished or rolled back by the next command (`recover.ts`).
 */
import type { Git } from '../git/git.ts';
import type { BranchName, Oid } from '../git/oid.ts';
import { isoSeconds, type Clock } from '../kernel/clock.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Held } from '../safety/held.ts';
import type { SessionKey } from '../sessions/name.ts';
import type { Project } from '../sessions/project.ts';
import { findBase } from './base-place.ts';
import { hookNames, hooksFor, type Hook } from './hooks.ts';
import { readRecord, writeIntent, type LandingIntent, type RecordAt } from './intent.ts';
import { HalfMade, moveBase, prepareMove } from './move-base.ts';
import { buildInScratch, type Verify } from './scratch-build.ts';
import { registerScratch, removeScratch, scratchOf, type Scratch } from './scratch.ts';
import { standing, type SeenBefore } from './standing.ts';
import { makeCommit, planCommit, type BuildInput, type BuildPlan, type Shape } from './shapes.ts';

export interface LandDeps {
  readonly project: Project;
  readonly clock: Clock;
  readonly lock: <T>(body: (held: Held) => Promise<T>) => Promise<T>;
  /** throws if the merged files are not good, e.g. `verify-failed`; `null`: not asked for */
  readonly verify: Verify | null;
  /** default 10 minutes */
  readonly hookTimeoutMs?: number;
}

export interface LandInput {
  readonly key: SessionKey;
  readonly name: string;
  readonly goals: readonly string[];
  readonly branch: BranchName;
  /** what was agreed to; if the branch is elsewhere under the lock nothing is done */
  readonly sessionTip: Oid;
  readonly sessionWorktree: AbsolutePath | null;
  readonly base: BranchName;
  readonly shape: Shape | null;
  readonly message?: string;
}

export interface LandResult {
  readonly into: BranchName;
  readonly oid: Oid;
  readonly shape: Shape | 'nothing';
  /** the checkout that moved along: its post-merge hook is to be run now */
  readonly worktree: AbsolutePath | null;
}

const attempts = 5;
const hookLimitMs = 600_000;

/**
 * @param first what `beginLanding` has answered, if the caller had the lock already
 * @throws FlightError `conflicts`, `base-gone`, `base-busy`, `files-in-the-way`,
 *   `submodule-unreachable`, `not-fast-forward`, `cannot-rebase`, `no-identity`, `sign-failed`,
 *   `hook-failed`, `verify-failed`, `plan-changed`; nothing has moved then
 */
export async function landSession(
  deps: LandDeps,
  input: LandInput,
  first: Begun | null = null,
): Promise<LandResult> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const begun =
      attempt === 1 && first !== null
        ? first
        : await deps.lock((held) => beginLanding(deps, held, input));
    if (begun.kind === 'done') return begun.result;
    if (begun.kind === 'lost') continue;
    const result = await outside(deps, input, begun);
    if (result !== null) return result;
  }
  throw new FlightError('base-busy', {
    base: input.base,
    worktree: deps.project.root,
    why: `it was moved by others ${attempts} times while the merge was made`,
  });
}

interface Outside {
  readonly kind: 'outside';
  readonly scratch: Scratch;
  readonly build: BuildInput;
  readonly plan: Exclude<BuildPlan, { kind: 'conflicts' | 'nothing' }>;
  readonly hooks: readonly Hook[];
  readonly git: Git;
}

export type Begun =
  | { readonly kind: 'done'; readonly result: LandResult }
  /** somebody moved base or session in between: nothing was done */
  | { readonly kind: 'lost' }
  | Outside;

/**
 * Under the lock: all of a landing without hooks and verification, the beginning of any other.
 * @throws FlightError as `landSession`
 */
export async function beginLanding(
  deps: LandDeps,
  held: Held,
  input: LandInput,
  seen: SeenBefore | null = null,
): Promise<Begun> {
  const { project } = deps;
  const { git } = held;
  const { baseTip, record } = await standing(git, project, input, seen);
  await findBase(git, project, input.base, seen?.worktrees);
  const build: BuildInput = { ...input, baseTip };
  const plan = await planCommit(git, project, build);
  if (plan.kind === 'conflicts') throw conflicting(input, plan.conflicts);
  if (plan.kind === 'nothing') return done(input, baseTip, 'nothing', null);
  const shape = plan.kind === 'ready' ? plan.shape : plan.kind;
  const names = plan.kind === 'ready' ? [] : hookNames(shape);
  const hooks = await hooksFor(git, project, names);
  if (hooks.length === 0 && deps.verify === null) {
    const built = await makeCommit(git, project, build, plan);
    if (built.kind === 'conflicts') throw conflicting(input, built.conflicts);
    if (built.kind === 'nothing') return done(input, baseTip, 'nothing', null);
    return move(deps, held, input, { ...built, from: baseTip, record });
  }
  const scratch = scratchOf(project, held.owner.token);
  const intent = landing(deps, held, input, { from: baseTip, scratch: scratch.folder });
  await setIntent(held, project, input, record, intent);
  try {
    await registerScratch(git, project, scratch, baseTip);
  } catch (error) {
    await cleanUp(held, project, input, scratch);
    throw error;
  }
  return { kind: 'outside', scratch, build, plan, hooks, git };
}

/** @returns `null` if the base moved meanwhile */
async function outside(
  deps: LandDeps,
  input: LandInput,
  begun: Outside,
): Promise<LandResult | null> {
  const { project } = deps;
  try {
    const built = await buildInScratch(begun.git, {
      root: project.root,
      scratch: begun.scratch,
      input: begun.build,
      plan: begun.plan,
      hooks: begun.hooks,
      hookTimeoutMs: deps.hookTimeoutMs ?? hookLimitMs,
      verify: deps.verify,
    });
    if (built.kind === 'conflicts') throw conflicting(input, built.conflicts);
    return await deps.lock(async (held) => {
      const { baseTip: from, record } = await standing(held.git, project, input, null);
      await cleanUp(held, project, input, begun.scratch);
      if (from !== begun.build.baseTip) return null;
      if (built.kind === 'nothing') return done(input, from, 'nothing', null).result;
      const fresh = (await readRecord(held.git, project, input.key)) ?? record;
      const moved = await move(deps, held, input, { ...built, from, record: fresh });
      return moved.kind === 'done' ? moved.result : null;
    });
  } catch (error) {
    await deps.lock((held) => cleanUp(held, project, input, begun.scratch));
    throw error;
  }
}

async function move(
  deps: LandDeps,
  held: Held,
  input: LandInput,
  built: { oid: Oid; shape: Shape; from: Oid; record: RecordAt },
): Promise<Begun> {
  const { project } = deps;
  const ready = await prepareMove(held.git, project, {
    ...input,
    from: built.from,
    to: built.oid,
  });
  const worktree = ready.place.kind === 'checked-out' ? ready.place.worktree : null;
  const identical = ready.identical.map((change) => change.path);
  const intent = landing(deps, held, input, {
    from: built.from,
    to: built.oid,
    worktree,
    identical,
  });
  const marked = await setIntent(held, project, input, built.record, intent);
  const outcome = await moveBase(held.git, project, ready).catch(async (error: unknown) => {
    if (error instanceof HalfMade) throw error.cause;
    await takeOut(held, project, input, marked);
    throw error;
  });
  await takeOut(held, project, input, marked);
  return outcome.kind === 'lost' ? { kind: 'lost' } : done(input, built.oid, built.shape, worktree);
}

function landing(
  deps: LandDeps,
  held: Held,
  input: LandInput,
  what: Pick<LandingIntent, 'from'> &
    Partial<Pick<LandingIntent, 'to' | 'worktree' | 'identical' | 'scratch'>>,
): LandingIntent {
  const base = input.base;
  const { from, to = null, worktree = null, identical = [], scratch = null } = what;
  const since = isoSeconds(deps.clock.now());
  const owner = { ...held.owner };
  return { kind: 'landing', owner, since, base, from, to, worktree, identical, scratch };
}

async function setIntent(
  held: Held,
  project: Project,
  input: LandInput,
  record: RecordAt,
  intent: LandingIntent,
): Promise<RecordAt> {
  faultPoint('land.intent:before');
  const marked = await writeIntent(held.git, project, input.key, record, intent);
  faultPoint('land.intent:after');
  return marked;
}

/** Takes the intent out of the record, which nobody changes while we have the lock. */
async function takeOut(
  held: Held,
  project: Project,
  input: LandInput,
  marked: RecordAt,
): Promise<void> {
  faultPoint('land.done:before');
  await writeIntent(held.git, project, input.key, marked, null);
  faultPoint('land.done:after');
}

/** Takes the intent of this scratch out, if it is still there. */
async function clearIntent(
  held: Held,
  project: Project,
  input: LandInput,
  scratch: string,
): Promise<void> {
  const at = await readRecord(held.git, project, input.key);
  const intent = at?.record.intent;
  if (at === null || intent?.kind !== 'landing' || intent.scratch !== scratch) return;
  await takeOut(held, project, input, at);
}

async function cleanUp(
  held: Held,
  project: Project,
  input: LandInput,
  scratch: Scratch,
): Promise<void> {
  faultPoint('land.scratch-removal:before');
  await removeScratch(project, scratch.folder);
  faultPoint('land.scratch-removal:after');
  await clearIntent(held, project, input, scratch.folder);
}

function conflicting(
  input: LandInput,
  conflicts: readonly { readonly path: string }[],
): FlightError {
  return new FlightError('conflicts', {
    name: input.name,
    base: input.base,
    ...(input.sessionWorktree === null ? {} : { worktree: input.sessionWorktree }),
    paths: conflicts.map((conflict) => conflict.path),
  });
}

function done(
  input: LandInput,
  oid: Oid,
  shape: LandResult['shape'],
  worktree: AbsolutePath | null,
): { readonly kind: 'done'; readonly result: LandResult } {
  return { kind: 'done', result: { into: input.base, oid, shape, worktree } };
}
