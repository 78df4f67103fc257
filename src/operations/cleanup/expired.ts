/**
 * Emptying the trash: the one act that cannot be undone. Never part of another one; takes trash
 * ids, by default all older than keepDays, and says which commits are found nowhere else.
 */
import { FlightError } from '../../kernel/errors.ts';
import { done, undecided, type Outcome } from '../../kernel/outcome.ts';
import { count } from '../../kernel/catalogue/entry.ts';
import { commitsOnlyHere } from '../../git/distance.ts';
import { isOid, oid } from '../../git/oid.ts';
import { expire } from '../../safety/expire.ts';
import { listTrash, type TrashItem } from '../../safety/trash.ts';
import { observe, type Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import type { CleanupInput } from '../cleanup.ts';
import type { CleanupItem, CleanupReport } from '../shapes/cleanup.ts';
import { itemError } from './report.ts';

export async function cleanExpired(
  context: OperationContext,
  project: Project,
  input: CleanupInput,
): Promise<Outcome<CleanupReport>> {
  const wrong = input.names.filter((name) => !/~\d+$/u.test(name));
  if (input.landed || wrong.length > 0) {
    const detail =
      wrong.length > 0
        ? `--expired takes trash ids such as NAME~1, not names of sessions: ${wrong.join(', ')}.`
        : '--expired and --landed exclude each other.';
    throw new FlightError('usage', { detail, command: ['parallel', 'cleanup'] });
  }
  const facts = await observe(project, context.directory);
  const chosen = await choose(context, project, facts, input);
  const planned = await Promise.all(chosen.map((item) => describeItem(project, item)));
  const report = (items: readonly CleanupItem[]): CleanupReport => ({
    dryRun: input.dryRun,
    items,
    untouched: [],
  });
  if (input.dryRun || planned.length === 0) return done(report(planned));
  if (!input.yes) {
    const ids = planned.map((item) => item.id ?? item.name);
    const lost = planned.reduce((sum, item) => sum + (item.onlyHere ?? 0), 0);
    return undecided(
      {
        id: 'expired',
        question: `Empty ${count(ids.length, 'trash entry', 'trash entries')} for good?`,
        facts: { ids, onlyHere: lost },
        choices: [
          {
            value: 'clean',
            label: 'Empty for good',
            effect: `${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} deleted. ${lost === 0 ? 'No commit is only there.' : `Lost for good, as found nowhere else: ${count(lost, 'commit')}.`}`,
            undo: 'none: this cannot be undone',
            available: true,
            args: ['parallel', 'cleanup', '--expired', ...ids, '--yes'],
          },
          {
            value: 'leave',
            label: 'Leave the trash as it is',
            effect: 'Nothing changes.',
            undo: 'nothing to take back',
            available: true,
            args: ['parallel', 'restore', '--list'],
          },
        ],
        ifDeclined: 'Nothing has been deleted.',
      },
      { data: report(planned) },
    );
  }
  const items: CleanupItem[] = [];
  await change(context, project, async (frame) => {
    for (const [at, item] of chosen.entries()) {
      const plan = planned[at];
      if (plan === undefined) continue;
      try {
        await expire(frame.project, frame.held, item.stored);
        items.push({ ...plan, done: true });
      } catch (error) {
        items.push({ ...plan, error: itemError(context, error) });
      }
    }
  });
  const failed = items.filter((item) => !item.done).map((item) => item.id ?? item.name);
  if (failed.length > 0) {
    throw new FlightError('partly-done', { what: 'Emptying', failed, ...report(items) });
  }
  return done(report(items));
}

async function choose(
  context: OperationContext,
  project: Project,
  facts: Observation,
  input: CleanupInput,
): Promise<TrashItem[]> {
  const items = await listTrash(project, facts.registry, {
    now: context.clock.now(),
    keepDays: project.settings.keepDays.value,
    sizes: 'skip',
  });
  if (input.names.length === 0) return items.filter((item) => item.expired);
  return input.names.map((id) => {
    const item = items.find(({ stored }) => stored.entry.id === id);
    if (item !== undefined) return item;
    const known = items.map(({ stored }) => stored.entry.id);
    throw new FlightError('not-in-trash', { what: id, known });
  });
}

async function describeItem(project: Project, item: TrashItem): Promise<CleanupItem> {
  const { entry, pin } = item.stored;
  const tips = [pin].filter((one) => isOid(one)).map(oid);
  // the pin commit itself is ours, not work
  const only = await commitsOnlyHere(project.git, project.commonDir, tips, entry.branch).catch(
    () => null,
  );
  return {
    name: entry.name,
    id: entry.id,
    reason: 'expired',
    actions: [
      ...(item.hasWorktree ? ['its folder is deleted, ignored files and all'] : []),
      'its commits are no longer kept',
    ],
    branch: entry.branch,
    branchTip: entry.branchTip,
    onlyHere: only === null ? null : Math.max(0, only - 1),
    done: false,
  };
}
