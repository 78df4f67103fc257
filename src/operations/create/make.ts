/**
 * Making the session. Under the lock: branch, record, registration, token, manifest (quick).
 * Without it: checkout, hook, files (slow, private, guarded by the intent `creating`). Then the
 * intent goes, by compare-and-swap.
 * Whatever fails is taken back; files that were written go to the trash.
 */
import { randomUUID } from 'node:crypto';
import { isoSeconds } from '../../kernel/clock.ts';
import { FlightError } from '../../kernel/errors.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { absolute } from '../../kernel/path.ts';
import { commandConfig, forgetBranch, isPartialClone, type GitConfig } from '../../git/config.ts';
import { findHook, hooksFolder, runHook } from '../../git/hooks.ts';
import { checkOutFiles } from '../../git/new-worktree.ts';
import { markedGit } from '../../git/git.ts';
import { refreshIndexIfTicked } from '../../git/refresh-index.ts';

import { carry } from '../../safety/carry.ts';
import { copyFiles, environmentFiles } from '../../safety/copy-files.ts';
import type { Held } from '../../safety/held.ts';
import { explainCheckoutFailure } from '../../safety/writable.ts';
import {
  register,
  replaceRecord,
  reserve,
  similarAdminIds,
  type Reserved,
} from '../../safety/registration.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { observe } from '../../sessions/observe.ts';
import type { SessionRecord } from '../../sessions/record.ts';
import { sessionRef, type Registry } from '../../sessions/registry.ts';
import {
  branchNameFor,
  rememberMainCheckout,
  worktreePathFor,
  type Project,
} from '../../sessions/project.ts';
import { change, underLock, uninterrupted } from '../change.ts';
import { busy, givenUp } from '../busy.ts';
import type { OperationContext } from '../context.ts';
import { takeBackCreate } from '../recover.ts';
import type { Base } from './base.ts';
import { checkFree, checkSessionsDir } from './existing.ts';
import type { MainCheckout } from './main-checkout.ts';
import type { CreateRequest } from './request.ts';

export type Made =
  | { readonly kind: 'made'; readonly record: SessionRecord }
  /** another process made a session of that name meanwhile */
  | { readonly kind: 'existed' };

type Registered = Awaited<ReturnType<typeof register>>;

/** The post-checkout hook may install dependencies; it must not hang for ever. */
const hookLimitMs = 600_000;

export async function makeSession(
  context: OperationContext,
  project: Project,
  request: CreateRequest,
  base: Base & { kind: 'base' },
  main: MainCheckout & { kind: 'go' },
): Promise<Made> {
  let owner: Held['owner'] | null = null;
  const config = await commandConfig(project.git, project.commonDir);
  let files: Promise<void> = Promise.resolve();
  const registered = await change(context, project, async (frame) => {
    const { held, project: inner, facts } = frame;
    const there = facts.sessions.find((one) => one.key === request.key);
    // the rest of a crash that could not be taken back right now (a warning says why)
    if (there !== undefined && isLeftOver(context, there)) throw busy(context, there);
    if (there !== undefined) return null;
    checkSessionsDir(project, facts);
    await checkFree(inner, facts, request);
    ({ owner } = held);
    await rememberMainCheckout(inner);
    const record = await newRecord(context, inner, held, request, base);
    // a session never tracks, not even what an earlier one of its name did
    await forgetBranch(held.git, inner.commonDir, config, record.branch);
    const reserved = await reserve(held.git, inner, request.key, record);
    if ('lost' in reserved) {
      throw new FlightError('plan-changed', { name: request.name, what: 'The branch' });
    }
    try {
      const made = await register(held.git, inner, reserved);
      files = checkOut(project, held.owner, made.record);
      frame.saw(withRecord(facts.registry, reserved));
      return made;
    } catch (error) {
      await takeBack(context, inner, held, request);
      throw error;
    }
  }).catch(async (error: unknown) => {
    await settled(files);
    throw error;
  });
  if (registered === null || owner === null) return { kind: 'existed' };
  const made = { owner, registered, main, config, files };
  return { kind: 'made', record: await fill(context, project, made) };
}

/** The registry with what `reserve` has just put there, for the manifest. */
function withRecord(registry: Registry, { key, record, recordOid }: Reserved): Registry {
  const read = { kind: 'record', record } as const;
  const stored = { key, ref: sessionRef(key), oid: recordOid, read };
  return { ...registry, sessions: new Map([...registry.sessions, [key, stored]]) };
}

function isLeftOver(context: OperationContext, session: SessionFacts): boolean {
  const dead = session.record?.intent?.kind === 'creating' && session.ownerDead === true;
  return dead || givenUp(context, session);
}

/**
 * Begins as soon as the worktree is registered: the lock, which it does not need, is released
 * meanwhile. A failure is thrown where the answer is waited for.
 */
function checkOut(project: Project, owner: Held['owner'], record: SessionRecord): Promise<void> {
  faultPoint('create.checkout:before');
  const files = checkOutFiles(markedGit(project.git, owner.token), absolute(record.worktree));
  files.catch(() => undefined);
  return files;
}

async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}

async function newRecord(
  context: OperationContext,
  project: Project,
  held: Held,
  request: CreateRequest,
  base: Base & { kind: 'base' },
): Promise<SessionRecord> {
  const startedAt = isoSeconds(context.clock.now());
  return {
    schema: 1,
    name: request.name,
    branch: branchNameFor(project, request.name),
    worktree: worktreePathFor(project, request.name),
    adminId: null,
    token: randomUUID(),
    state: 'active',
    base: { name: base.name, oid: base.oid },
    goals: [...request.goals],
    startedAt,
    ...(request.agent === null ? {} : { agent: request.agent }),
    copied: [],
    carried: [],
    intent: {
      kind: 'creating',
      owner: { ...held.owner },
      since: startedAt,
      adminIdsBefore: await similarAdminIds(project, request.name),
    },
  };
}

/** Checkout (under way: `files`), hook, files; then the session is whole and the intent goes. */
async function fill(
  context: OperationContext,
  project: Project,
  made: {
    readonly owner: Held['owner'];
    readonly registered: Registered;
    readonly main: MainCheckout & { kind: 'go' };
    readonly config: GitConfig;
    readonly files: Promise<void>;
  },
): Promise<SessionRecord> {
  const { owner, registered, main, config, files } = made;
  const { record } = registered;
  const worktree = absolute(record.worktree);
  const git = markedGit(project.git, owner.token);
  try {
    if (isPartialClone(config)) {
      const message =
        'This is a partial clone: git may have fetched objects from its remote to check out the files.';
      context.warn({ code: 'partial-clone', message });
    }
    await files.catch(async (error: unknown) => {
      throw await explainCheckoutFailure(error, worktree);
    });
    faultPoint('create.checkout:after');
    await postCheckout(context, project, record, config);
    faultPoint('create.hook:after');
    const from = project.mainCheckout;
    const copied = from === null ? [] : await copyFiles(from, worktree, environmentFiles);
    faultPoint('create.copy:after');
    const carried =
      from === null || main.carry === null ? [] : await carry(git, from, worktree, main.carry);
    faultPoint('create.carry:after');
    // a hook that took a while has let the second tick; else there is nothing to gain yet
    await refreshIndexIfTicked(git, worktree, registered.privateDir, context.clock.now().getTime());
    faultPoint('create.refresh:after');
    const { intent: _, ...rest } = record;
    const whole: SessionRecord = { ...rest, copied, carried };
    project.git.signal?.throwIfAborted();
    // Under the lock, though nobody else touches a record whose intent has a living owner: what a
    // git that is killed here leaves locked is known to be ours only there. The manifest shows the
    // session already.
    return await underLock(context, project, async (held) => {
      faultPoint('create.done:before');
      await replaceRecord(held.git, project, registered.key, registered.recordOid, whole);
      faultPoint('create.done:after');
      return whole;
    });
  } catch (error) {
    await settled(files);
    const calm = uninterrupted(context, project);
    await change(calm.context, calm.project, async ({ held, project: inner }) => {
      await takeBack(calm.context, inner, held, { key: registered.key });
    }).catch(() => {
      // what cannot be taken back now is taken back by the next change: the intent stands
    });
    throw error;
  }
}

/** Runs as for `git worktree add`: old commit null, flag 1. @throws FlightError `hook-failed` */
async function postCheckout(
  context: OperationContext,
  project: Project,
  record: SessionRecord,
  config: GitConfig,
): Promise<void> {
  const folder = hooksFolder(config, project.root, project.commonDir, context.env);
  const hook = await findHook(folder, 'post-checkout');
  if (hook === null) return;
  const { oid } = record.base;
  const result = await runHook(project.git, hook, ['0'.repeat(oid.length), oid, '1'], {
    cwd: absolute(record.worktree),
    timeoutMs: hookLimitMs,
  });
  if (result.exit !== 0) {
    throw new FlightError('hook-failed', {
      hook: 'post-checkout',
      exit: result.exit,
      output: result.output,
    });
  }
}

async function takeBack(
  context: OperationContext,
  project: Project,
  held: Held,
  request: Pick<CreateRequest, 'key'>,
): Promise<void> {
  const facts = await observe(project, context.directory);
  const session = facts.sessions.find((one) => one.key === request.key);
  if (session?.record?.intent?.kind !== 'creating') return;
  const what = await takeBackCreate(context, project, held, session);
  context.warn({ code: 'rolled-back', message: `${session.name}: ${what}` });
}
