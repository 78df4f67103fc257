/** Syncs one session: looks, looks again under the lock, lets the engine do it. */
import { isFlightError } from '../../kernel/errors.ts';
import { syncSession } from '../../integration/sync/sync.ts';
import { resolvingIn } from '../../integration/sync/resolving.ts';
import { replaceRecord } from '../../safety/registration.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { isRecoverable } from '../busy.ts';
import { change, underLock, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import type { SyncItem } from '../shapes/sync.ts';
import { judge, uncommitted, type Judged } from './check.ts';
import { again } from './marked.ts';
import type { Wish } from './request.ts';
import { leaveConflicts } from './resolve.ts';

/** How often the base may move while the lock is free before it is said. */
const attempts = 3;

/**
 * @returns `synced`, `current`, or `conflicts`: then the session is exactly as it was
 * @throws FlightError what forbids it, or went wrong; `conflicts-left` if that was asked for
 */
export async function syncOne(
  context: OperationContext,
  project: Project,
  facts: Observation,
  seen: SessionFacts,
  wish: Wish,
): Promise<SyncItem> {
  // what was cut off is put in order first, under the lock; nothing can be judged before
  if (!isRecoverable(context, seen) && seen.recordOid !== null) {
    const judged = await judge(context, project, facts, seen, wish);
    if (judged.kind === 'current' && seen.record?.syncing === undefined) return current(seen);
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOne(context, project, seen, wish);
    } catch (error) {
      // somebody moved the base or the branch between two looks: looked at anew
      if (attempt === attempts || !isFlightError(error, 'plan-changed')) throw error;
    }
  }
}

async function attemptOne(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  wish: Wish,
): Promise<SyncItem> {
  const { judged, session } = await change(
    context,
    project,
    async (frame) => {
      const now = await again(context, frame, seen);
      const found = await judge(context, frame.project, frame.facts, now, wish);
      await forgetOld(context, frame, now);
      return { judged: found, session: now };
    },
    // what conflicts or fails leaves not even the manifest changed: it is rewritten at the end
    { nothingDone: () => true },
  );
  if (judged.kind === 'current') return current(session);
  for (const warning of judged.warnings) context.warn(warning);
  return engine(context, project, session, judged, wish);
}

async function engine(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  { input, dirty }: Extract<Judged, { kind: 'ready' }>,
  wish: Wish,
): Promise<SyncItem> {
  const { name, base, worktree } = input;
  context.progress(`Syncing ${name} with ${base}.`);
  const result = await syncSession(
    {
      project,
      clock: context.clock,
      lock: (body) => underLock(context, project, body),
      warn: (warning) => context.warn(warning),
    },
    input,
  );
  switch (result.kind) {
    case 'current':
      return { name, result: 'current', base };
    case 'synced': {
      const { from, to, shape, pinned } = result;
      const item = { name, result: 'synced' as const, base, from, to, shape };
      return pinned === undefined ? item : { ...item, pinned };
    }
    case 'conflicts': {
      const { paths } = result;
      if (!wish.leaveConflicts) {
        const item = { name, result: 'conflicts' as const, base, paths, worktree };
        return dirty.length === 0 ? item : { ...item, uncommitted: dirty.length };
      }
      // what is not committed would be mixed up with what is to be resolved
      if (dirty.length > 0) throw uncommitted(session, dirty, null);
      return leaveConflicts(context, project, session, wish);
    }
  }
}

function current({ name, record }: SessionFacts): SyncItem {
  return { name, result: 'current', base: record?.base.name ?? '' };
}

/** That a sync is to be resolved stands in the record, and somebody has concluded it by hand. */
async function forgetOld(
  context: OperationContext,
  frame: Change,
  session: SessionFacts,
): Promise<void> {
  const { record, recordOid, key } = session;
  if (record?.syncing === undefined || recordOid === null) return;
  const found = await resolvingIn(frame.git, frame.project, session, context.clock.now());
  if (found.kind !== 'none') return;
  const { syncing: _, ...rest } = record;
  await replaceRecord(frame.git, frame.project, key, recordOid, rest);
}
