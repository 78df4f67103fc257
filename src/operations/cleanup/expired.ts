/**
 * Emptying the trash: the one act that cannot be undone. Never part of another one; takes trash
 * ids, by default all older than keepDays, and says which commits are found nowhere else.
 */
import { FlightError } from '../../kernel/errors.ts';
import { done, undecided, type Decision, type Outcome } from '../../kernel/outcome.ts';
import { count } from '../../kernel/catalogue/entry.ts';
import { commitsHeldOnly } from '../../git/held-only.ts';
import { isOid, oid } from '../../git/oid.ts';
import { expire } from '../../safety/expire.ts';
import { listTrash, type TrashItem } from '../../safety/trash.ts';
import { observe, type Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { change, type Change } from '../change.ts';
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
  const planned = await describeAll(project, chosen);
  const report = (items: readonly CleanupItem[]): CleanupReport => ({
    dryRun: input.dryRun,
    items,
    untouched: [],
  });
  if (input.dryRun || planned.length === 0) return done(report(planned));
  if (!input.yes) return undecided(expiredDecision(planned), { data: report(planned) });
  const body = async (frame: Change): Promise<readonly CleanupItem[] | null> => {
    const again = await describeAll(frame.project, chosen);
    return samePromise(planned, again) ? emptied(context, frame, chosen, planned) : null;
  };
  const items = await change(context, project, body, { nothingDone: (result) => result === null });
  if (items === null) {
    // a branch that held the commits has gone since, say: that is another question
    const now = await describeAll(project, chosen);
    return undecided(expiredDecision(now), { data: report(now) });
  }
  const failed = items.filter((item) => !item.done).map((item) => item.id ?? item.name);
  if (failed.length > 0) {
    throw new FlightError('partly-done', { what: 'Emptying', failed, ...report(items) });
  }
  return done(report(items));
}

async function emptied(
  context: OperationContext,
  frame: Change,
  chosen: readonly TrashItem[],
  planned: readonly CleanupItem[],
): Promise<CleanupItem[]> {
  const items: CleanupItem[] = [];
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
  return items;
}

/** Would the same be lost for good? */
function samePromise(one: readonly CleanupItem[], other: readonly CleanupItem[]): boolean {
  const key = (item: CleanupItem): string =>
    JSON.stringify([item.id, item.onlyHere, item.actions, item.commits]);
  return one.map(key).join('\n') === other.map(key).join('\n');
}

function expiredDecision(planned: readonly CleanupItem[]): Decision {
  const ids = planned.map((item) => item.id ?? item.name);
  const lost = planned.reduce((sum, item) => sum + (item.onlyHere ?? 0), 0);
  const unsure = planned.some((item) => item.onlyHere === null);
  const fate = unsure
    ? 'What is found nowhere else could not be counted.'
    : lost === 0
      ? 'No commit is only there.'
      : `${count(lost, 'commit')} found nowhere else ${lost === 1 ? 'is' : 'are'} lost.`;
  return {
    id: 'expired',
    question: `Empty ${count(ids.length, 'trash entry', 'trash entries')} for good?`,
    facts: { ids, onlyHere: lost },
    choices: [
      {
        value: 'clean',
        label: 'Empty for good',
        effect: `${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} deleted. ${fate}`,
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
  };
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
  return [...new Set(input.names)].map((id) => {
    const item = items.find(({ stored }) => stored.entry.id === id);
    if (item !== undefined) return item;
    const known = items.map(({ stored }) => stored.entry.id);
    throw new FlightError('not-in-trash', { what: id, known });
  });
}

/** How many of the commits are shown. */
const shown = 100;

async function describeAll(project: Project, all: readonly TrashItem[]): Promise<CleanupItem[]> {
  // what another entry of the same call holds is not kept by it
  const going = all.flatMap(({ stored: { ref } }) => [
    ref,
    `${ref.replace('/trash/', '/trash-tags/')}/*`,
  ]);
  return Promise.all(all.map((item) => describeItem(project, item, going)));
}

async function describeItem(
  project: Project,
  item: TrashItem,
  going: readonly string[],
): Promise<CleanupItem> {
  const { entry, pin } = item.stored;
  const found = isOid(pin)
    ? await commitsHeldOnly(project.git, project.commonDir, [oid(pin)], going).catch(() => null)
    : null;
  // the pin commit itself is ours, not work
  const only = found?.filter((one) => one.oid !== pin) ?? null;
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
    onlyHere: only?.length ?? null,
    ...(only === null ? {} : { commits: only.slice(0, shown) }),
    done: false,
  };
}
