/**
 * The frame of every operation that changes something: take the lock, look anew, finish or roll
 * back what a crash cut off, do the work, publish the manifest.
 *
 * - Under the lock only fresh facts count; what an operation planned before is planned again.
 * - Recovery comes first and is said (warning `recovered`): it was consented to already.
 * - Entries of the manifest that are proven become sessions when something is changed anyway.
 */
import { errorCode, isSystemError } from '../kernel/errno.ts';
import { describe, isFlightError } from '../kernel/errors.ts';
import { removeDeadSignalsIn } from '../agents/dead-signals.ts';
import type { Git } from '../git/git.ts';
import type { Held } from '../safety/held.ts';
import { withLock } from '../safety/lock.ts';
import { ensureWritable } from '../safety/writable.ts';
import { isRest } from '../sessions/adoption.ts';
import { checkManifest, readManifest, writeManifest } from '../sessions/manifest.ts';
import { observe, type Observation } from '../sessions/observe.ts';
import { adminDir, manifestFile, type Project } from '../sessions/project.ts';
import { readRegistry, type Registry } from '../sessions/registry.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { recoverQueue } from './land/recover-queue.ts';
import { takeOver, takeOverAll } from './take-over.ts';
import type { OperationContext } from './context.ts';
import { recover } from './recover.ts';

/** What the body of a change works with. All of it is fresh and holds as long as the lock. */
export interface Change {
  readonly project: Project;
  readonly held: Held;
  /** git, marked as belonging to this operation */
  readonly git: Git;
  /** as last looked at; the registry also as last seen (`saw`) */
  readonly facts: Observation;
  /** what `body` has seen of the registry after it did its work: the manifest is made of it */
  readonly saw: (registry: Registry) => void;
  /** looks again, after something was done */
  readonly lookAgain: () => Promise<Observation>;
  /** makes a proven manifest entry a session now, before it is acted on; others are left as they are */
  readonly takeOver: (session: SessionFacts) => Promise<SessionFacts>;
  /** the manifest entry of this id goes, although no record stands behind it */
  readonly drop: (id: string) => void;
}

export interface ChangeOptions<T> {
  /** true for a result of `body` that has only looked: it ends in a refusal or a decision */
  readonly nothingDone?: (result: T) => boolean;
  /** true for a failure, other than a refusal, that left everything as it was */
  readonly changedNothing?: (error: unknown) => boolean;
}

/**
 * Runs `body` under the lock. The manifest is rewritten afterwards, also if the body failed
 * half-way: it shows what is there. Where nothing was done, nothing else is: not even that.
 * @throws FlightError `busy`, `not-writable`, `manifest-newer`, `manifest-foreign`, and what the body throws
 */
export async function change<T>(
  context: OperationContext,
  project: Project,
  body: (change: Change) => Promise<T>,
  options: ChangeOptions<T> = {},
): Promise<T> {
  await ensureWritable(project, [project.commonDir, project.sessionsDir], context.commandLine);
  // before the lock, too: a refusal leaves nothing, and taking the lock stores an object
  await checkManifest(project, await readManifest(project));
  return withLock(project, lockOptions(context), async (held) => {
    const inner: Project = { ...project, git: held.git };
    const look = (): Promise<Observation> => observe(inner, context.directory);
    let facts = await look();
    await checkManifest(inner, facts.manifest);
    await recoverQueue(inner, held);
    const recovered = await recover(context, inner, held, facts);
    if (recovered) facts = await look();
    const dropped = new Set<string>();
    const taker = { context, project: inner, held };
    let seen: Registry | null = null;
    try {
      const result = await body({
        project: inner,
        held,
        git: held.git,
        get facts() {
          return facts;
        },
        lookAgain: async () => {
          facts = await look();
          seen = facts.registry;
          return facts;
        },
        saw: (registry) => {
          seen = registry;
          facts = { ...facts, registry };
        },
        takeOver: async (session) => {
          if (session.recordOid !== null || session.broken !== null) return session;
          await takeOver(taker, facts, session.key);
          dropped.add(session.name);
          facts = await look();
          seen = null;
          return facts.sessions.find((one) => one.key === session.key) ?? session;
        },
        drop: (id) => dropped.add(id),
      });
      if (!recovered && dropped.size === 0 && options.nothingDone?.(result) === true) return result;
      // most projects have no such entries: three processes less under the lock
      if (facts.adoptable.length > 0) {
        await takeOverAll(taker, await look(), dropped);
        seen = null;
      }
      await publish(context, inner, dropped, seen);
      await removeDeadSignalsIn(
        facts.worktrees.flatMap((one) =>
          one.adminId === null ? [] : [adminDir(inner, one.adminId)],
        ),
      );
      return result;
    } catch (error) {
      // a refusal has changed no file; what failed half-way is shown as it is
      const untouched = isRefusal(error) || options.changedNothing?.(error) === true;
      if (recovered || !untouched) {
        await publish(context, inner, dropped, null).catch(() => undefined);
      }
      throw error;
    }
  });
}

function isRefusal(error: unknown): boolean {
  return isFlightError(error) && [2, 3, 4, 7].includes(describe(error).exit);
}

/**
 * Runs `body` under the lock without looking first, for the last step of an operation that looked
 * before: it touches only what its own intent guards. The manifest is rewritten afterwards.
 */
export async function finishChange<T>(
  context: OperationContext,
  project: Project,
  body: (held: Held, project: Project) => Promise<T>,
): Promise<T> {
  return withLock(project, lockOptions(context), async (held) => {
    const inner: Project = { ...project, git: held.git };
    const result = await body(held, inner);
    await publish(context, inner, new Set(), null);
    return result;
  });
}

/** Only the lock, for a body that looks by itself and leaves the manifest alone. */
export function underLock<T>(
  context: OperationContext,
  project: Project,
  body: (held: Held) => Promise<T>,
): Promise<T> {
  return withLock(project, lockOptions(context), body);
}

/** The same, for what must be tidied up although Ctrl-C was pressed: it is short. */
export function uninterrupted(
  context: OperationContext,
  project: Project,
): { readonly context: OperationContext; readonly project: Project } {
  const { signal } = new AbortController();
  const git: Git = { ...project.git, signal };
  return { context: { ...context, signal, git }, project: { ...project, git } };
}

function lockOptions(context: OperationContext): Parameters<typeof withLock>[1] {
  const { commandLine, breakLock, clock, signal, progress } = context;
  return { command: commandLine, breakLock, clock, signal, progress };
}

/**
 * Rewrites the manifest if it does not show what is there. Under the lock. It is a view: where the
 * system refuses it, what was asked for is done all the same, and the next change writes it.
 * @param seen the registry as it is now (nobody else changes it under our lock), `null`: look
 */
async function publish(
  context: OperationContext,
  project: Project,
  dropped: ReadonlySet<string>,
  seen: Registry | null,
): Promise<void> {
  const [registry, manifest] = await Promise.all([
    seen ?? readRegistry(project.git, project.commonDir),
    readManifest(project),
  ]);
  const records = [...registry.sessions.values()].flatMap((stored) =>
    stored.read.kind === 'record' ? [stored.read.record] : [],
  );
  const rest = manifest.kind === 'ok' ? manifest.entries.filter((e) => isRest(e, registry)) : [];
  const gone = new Set([...dropped, ...rest.map((entry) => entry.id)]);
  try {
    await writeManifest(project, manifest, records, gone, context.clock.now());
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const message = `${manifestFile(project)} could not be rewritten (${errorCode(error)}). Nothing depends on it; the next command that changes something tries again.`;
    context.warn({ code: 'manifest-not-written', message });
  }
}
