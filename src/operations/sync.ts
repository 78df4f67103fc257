/**
 * `parallel sync`: brings the base's new commits into sessions. What conflicts leaves the session
 * exactly as it was, unless it is to be left there to be resolved; uncommitted work is not touched
 * unless it is to be carried. Nothing is fetched or pushed.
 */
import * as z from 'zod/mini';
import { describe, FlightError, isFlightError } from '../kernel/errors.ts';
import { done, type Outcome } from '../kernel/outcome.ts';
import { offline } from '../git/environment.ts';
import { gitWith } from '../git/git.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { nameBeside } from '../sessions/name.ts';
import { observe } from '../sessions/observe.ts';
import type { Project } from '../sessions/project.ts';
import { itemError } from './cleanup/report.ts';
import { finishChange } from './change.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { SyncReport, type SyncItem } from './shapes/sync.ts';
import { syncOne } from './sync/one.ts';
import { again, targetsOf, wishOf, type Wish } from './sync/request.ts';
import { abortSync, continueSync } from './sync/resolve.ts';

export const SyncInput = z.object({
  names: z._default(z.array(z.string()), []),
  all: z._default(z.boolean(), false),
  merge: z._default(z.boolean(), false),
  rebase: z._default(z.boolean(), false),
  carry: z._default(z.boolean(), false),
  leaveConflicts: z._default(z.boolean(), false),
  continue: z._default(z.boolean(), false),
  abort: z._default(z.boolean(), false),
});

export type SyncInput = z.infer<typeof SyncInput>;

async function run(input: SyncInput, context: OperationContext): Promise<Outcome<SyncReport>> {
  const wish = wishOf(input);
  const found = await projectOf(context);
  // also what a partial clone has only promised is not fetched
  const project = { ...found, git: gitWith(found.git, offline) };
  const facts = await observe(project, context.directory);
  const sessions = targetsOf(input, facts);
  const [first] = sessions;
  if (first !== undefined && input.continue) {
    return done({ sessions: [await continueSync(context, project, first)] });
  }
  if (first !== undefined && input.abort) {
    const item = await abortSync(context, project, first);
    const { pinned, name } = item;
    if (pinned === undefined) return done({ sessions: [item] });
    const next = {
      args: ['parallel', 'restore', pinned, '--as', nameBeside(name, 'resolution', pinned)],
      why: 'makes a session of what stood there',
    };
    return done({ sessions: [item] }, { next: [next] });
  }
  // one that was named is refused as such; of several each has its own answer
  if (sessions.length === 1 && first !== undefined && wish.by === 'name') {
    const items = [await syncOne(context, project, facts, first, wish)];
    await published(context, project, items);
    return answer(items, wish);
  }
  const items: SyncItem[] = [];
  for (const session of sessions) {
    items.push(
      await orSkipped(context, session, () => syncOne(context, project, facts, session, wish)),
    );
  }
  await published(context, project, items);
  return answer(items, wish);
}

/** The manifest, after every change. */
async function published(
  context: OperationContext,
  project: Project,
  items: readonly SyncItem[],
): Promise<void> {
  if (!items.some(({ result }) => result === 'synced')) return;
  await finishChange(context, project, () => Promise.resolve());
}

/** What is refused or fails for one of several is said of it, and the others go on. */
async function orSkipped(
  context: OperationContext,
  { name, record }: SessionFacts,
  sync: () => Promise<SyncItem>,
): Promise<SyncItem> {
  try {
    return await sync();
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isFlightError(error) || isFlightError(error, 'interrupted')) throw error;
    const why = describe(error).message.replace(/\s*\n\s*/gu, ' ');
    const base = record?.base.name ?? '';
    return { name, result: 'skipped', base, why, error: itemError(context, error) };
  }
}

/** @throws FlightError `sync-conflicts`, `sync-incomplete`: unless all succeeded */
function answer(sessions: readonly SyncItem[], wish: Wish): Outcome<SyncReport> {
  const conflicted = sessions.filter(({ result }) => result === 'conflicts');
  const skipped = sessions
    .filter(({ result }) => result === 'skipped')
    .map(({ name, why = '', error }) => {
      const help = helpFor(name, error?.code ?? '', wish);
      return { name, why, ...(help === null ? {} : { help }) };
    });
  const names = sessions
    .filter(({ result }) => result === 'synced' || result === 'current')
    .map(({ name }) => name);
  if (conflicted.length > 0) {
    const named = conflicted.map(({ name, base, paths = [], uncommitted, worktree }) => ({
      name,
      base,
      paths,
      ...(uncommitted === undefined ? {} : { dirtyWorktree: worktree }),
    }));
    const { shape } = wish;
    const data = { conflicted: named, skipped, done: names, shape, sessions };
    throw new FlightError('sync-conflicts', data);
  }
  if (skipped.length > 0) {
    throw new FlightError('sync-incomplete', { skipped, done: names, sessions });
  }
  return done({ sessions });
}

/** The call that helps with what one of several was left alone for. */
function helpFor(name: string, code: string, wish: Wish): string[] | null {
  switch (code) {
    case 'uncommitted-work':
      return again(name, wish, ['--carry']);
    case 'sync-unfinished':
      return ['parallel', 'sync', name, '--continue'];
    case 'no-worktree':
      return ['parallel', 'restore', name];
    case 'sync-in-use':
    case 'pushed-not-rebased':
      return again(name, wish, []);
    default:
      return null;
  }
}

export const sync = defineOperation({
  name: 'parallel sync',
  summary: "Bring the base's new commits into sessions",
  description:
    'Merges (or, with --rebase, rebases onto) the base of each session named, of the one you are in, or with --all of every active one. ' +
    'A conflict leaves the session exactly as it was and names the files; --leave-conflicts leaves them in its folder to be resolved, then --continue or --abort. ' +
    'Uncommitted work is not touched unless --carry takes it along. Nothing is fetched or pushed.',
  effect: 'change',
  input: SyncInput,
  flags: {
    names: { about: 'default: the one you are in', positional: 'many', value: 'NAME' },
    all: { about: 'every active session' },
    merge: { about: 'merge the base (default)' },
    rebase: { about: 'rebase onto the base' },
    carry: { about: 'take uncommitted changes along' },
    leaveConflicts: { about: 'leave conflicts in its folder to be resolved' },
    continue: { about: 'once they are resolved and added' },
    abort: { about: 'back to before; what was resolved goes to the trash' },
  },
  output: SyncReport,
  examples: [
    { args: 'parallel sync auth', about: "merges its base's new commits in" },
    { args: 'parallel sync --all', about: 'all active sessions, one after the other' },
    { args: 'parallel sync auth --leave-conflicts', about: 'to resolve what conflicts there' },
    { args: 'parallel sync auth --continue', about: 'once that is resolved and added' },
  ],
  run,
});
