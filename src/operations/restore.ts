/**
 * `parallel restore`: brings back what was removed, cleaned, kept, abandoned or orphaned: branch,
 * worktree, index, uncommitted and ignored files, record. What could not come back is said.
 */
import * as z from 'zod/mini';
import { isoSeconds } from '../kernel/clock.ts';
import { FlightError, describe, isFlightError } from '../kernel/errors.ts';
import { done, undecided, type Outcome } from '../kernel/outcome.ts';
import { listTrash } from '../safety/trash.ts';
import { observe } from '../sessions/observe.ts';
import { parseSessionName, type SessionName } from '../sessions/name.ts';
import type { Project } from '../sessions/project.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { restoreOne } from './restore/one.ts';
import { whatDecision } from './restore/decision.ts';
import { restorable } from './restore/candidates.ts';
import { RestoreReport, type RestoredSession } from './shapes/restore.ts';

export const RestoreInput = z.object({
  names: z._default(z.array(z.string()), []),
  as: z.optional(z.string()),
  list: z._default(z.boolean(), false),
});

export type RestoreInput = z.infer<typeof RestoreInput>;

async function run(
  input: RestoreInput,
  context: OperationContext,
): Promise<Outcome<RestoreReport>> {
  const usage = (detail: string): FlightError =>
    new FlightError('usage', { detail, command: ['parallel', 'restore'] });
  if (input.as !== undefined && input.names.length !== 1) {
    throw usage('--as goes with exactly one name or id.');
  }
  const as: SessionName | null = input.as === undefined ? null : parseSessionName(input.as);
  const project = await projectOf(context, 'helps');
  if (input.list) return done(await list(context, project));
  if (input.names.length === 0) {
    const facts = await observe(project, context.directory);
    return undecided(whatDecision(project, facts, restorable(facts)));
  }
  const sessions: RestoredSession[] = [];
  for (const name of input.names) {
    try {
      sessions.push(await restoreOne(context, project, name, as));
    } catch (error) {
      if (!isFlightError(error) || sessions.length === 0) throw error;
      throw new FlightError('partly-done', {
        what: 'Restoring',
        failed: [`${name} (${describe(error).message})`],
        sessions,
      });
    }
  }
  const [first] = sessions;
  const data: RestoreReport = sessions.length === 1 && first !== undefined ? first : { sessions };
  return done(data, {
    next: sessions.map(({ name }) => ({
      args: ['parallel', 'status', name],
      why: 'shows it in full',
    })),
  });
}

async function list(context: OperationContext, project: Project): Promise<RestoreReport> {
  const facts = await observe(project, context.directory);
  const items = await listTrash(project, facts.registry, {
    now: context.clock.now(),
    keepDays: project.settings.keepDays.value,
    sizes: 'count',
  });
  return {
    entries: items.map(({ stored: { entry }, expiresAt, hasWorktree, bytes }) => ({
      id: entry.id,
      name: entry.name,
      removedAt: entry.removedAt,
      strategy: entry.strategy,
      branchTip: entry.branchTip,
      hasWorktree,
      bytes,
      expiresAt: isoSeconds(expiresAt),
    })),
  };
}

export const restore = defineOperation({
  name: 'parallel restore',
  summary: 'Bring back what was removed, cleaned up, kept, abandoned or orphaned',
  description:
    'Brings a session back: the very folder with its ignored files while the trash has it, branch, index, uncommitted changes and record. ' +
    'A name means the latest of that name; an id (name~1) exactly one. It works after git gc --prune=now.',
  effect: 'change',
  input: RestoreInput,
  flags: {
    names: { about: 'names of sessions, or ids from --list', positional: 'many', value: 'NAME' },
    as: { about: 'under another name, with a branch and folder of that name', value: 'NAME' },
    list: { about: 'only shows what can come back' },
  },
  output: RestoreReport,
  examples: [
    { args: 'parallel restore auth', about: 'the latest auth' },
    { args: 'parallel restore auth~1 --as auth-old', about: 'an older one, beside it' },
    { args: 'parallel restore --list', about: 'what is in the trash' },
  ],
  run,
});
