/**
 * `parallel cleanup`: plans, then on the user's word does, then reports what is seen to be done.
 * Orphaned, interrupted and moved sessions are the plan; landed ones with `--landed` or by name;
 * the trash only with `--expired`. Whatever goes is pinned first and comes back with restore.
 */
import * as z from 'zod/mini';
import { FlightError } from '../kernel/errors.ts';
import { done, undecided, type Outcome } from '../kernel/outcome.ts';
import { observe, type Observation } from '../sessions/observe.ts';
import type { Project } from '../sessions/project.ts';
import { change, type Change } from './change.ts';
import { execute } from './cleanup/execute.ts';
import { cleanExpired } from './cleanup/expired.ts';
import { planCleanup, samePlan, type CleanupPlan } from './cleanup/plan.ts';
import { cleanupDecision, plannedReport, reportItem, type Result } from './cleanup/report.ts';
import type { OperationContext } from './context.ts';
import { checkSessionsDir } from './create/existing.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { CleanupReport, type CleanupItem } from './shapes/cleanup.ts';

export const CleanupInput = z.object({
  names: z._default(z.array(z.string()), []),
  landed: z._default(z.boolean(), false),
  expired: z._default(z.boolean(), false),
  dryRun: z._default(z.boolean(), false),
  yes: z._default(z.boolean(), false),
});

export type CleanupInput = z.infer<typeof CleanupInput>;

async function run(
  input: CleanupInput,
  context: OperationContext,
): Promise<Outcome<CleanupReport>> {
  const project = await projectOf(context);
  if (input.expired) return cleanExpired(context, project, input);
  const facts = await observe(project, context.directory);
  refuseMissing(context, project, facts, input);
  const plan = await planCleanup(context, project, facts, input);
  if (input.dryRun || plan.items.length === 0) {
    const report = plannedReport(context, plan, input.dryRun ? 'dry-run' : 'question');
    return done(report);
  }
  // what was cut off was consented to already; only the rest is a question
  const asks = plan.items.some((item) => item.reason !== 'interrupted');
  if (asks && !input.yes) {
    const data = plannedReport(context, plan, 'question');
    return undecided(cleanupDecision(plan, input), { data });
  }
  const result = await carryOut(context, project, input, plan);
  if (result.kind === 'changed') {
    const data = plannedReport(context, result.plan, 'question');
    return undecided(cleanupDecision(result.plan, input), { data });
  }
  const report: CleanupReport = { dryRun: false, items: result.items, untouched: plan.untouched };
  const failed = result.items.filter((item) => !item.done).map((item) => item.name);
  if (failed.length > 0) {
    throw new FlightError('partly-done', { what: 'Cleaning up', failed, ...report });
  }
  return done(report);
}

/** A disk that is not mounted looks like many orphans. @throws FlightError `sessions-dir-missing` */
function refuseMissing(
  context: OperationContext,
  project: Project,
  facts: Observation,
  input: CleanupInput,
): void {
  if (!facts.sessionsDirMissing || input.names.length > 0) return;
  if (!input.dryRun) checkSessionsDir(project, facts);
  const message = `${project.sessionsDir} is missing or empty. It may be a disk that is not mounted.`;
  context.warn({ code: 'sessions-dir-missing', message });
}

type CarriedOut =
  | { readonly kind: 'done'; readonly items: readonly CleanupItem[] }
  | { readonly kind: 'changed'; readonly plan: CleanupPlan };

/** Under the lock the plan is made again; another one is a new decision. */
async function carryOut(
  context: OperationContext,
  project: Project,
  input: CleanupInput,
  shown: CleanupPlan,
): Promise<CarriedOut> {
  const interrupted = shown.items.filter((item) => item.reason === 'interrupted');
  const rest = { ...shown, items: shown.items.filter((item) => item.reason !== 'interrupted') };
  const body = async (frame: Change): Promise<CarriedOut> => {
    const { facts } = frame;
    const names = new Set(interrupted.map((item) => item.session.key));
    const plan = await planCleanup(context, frame.project, facts, still(input, facts));
    const now = { ...plan, items: plan.items.filter((item) => !names.has(item.session.key)) };
    if (!samePlan(rest, now)) return { kind: 'changed', plan: now };
    const items: CleanupItem[] = [];
    for (const item of [...interrupted, ...now.items]) {
      let result: Result;
      try {
        result = { kind: 'done', done: await execute(context, frame, item) };
      } catch (error) {
        result = { kind: 'failed', error };
        // half done, perhaps: neither the next item nor the manifest goes by what was seen before
        await frame.lookAgain();
      }
      items.push(reportItem(context, item, result));
    }
    return { kind: 'done', items };
  };
  return change(context, project, body, { nothingDone: ({ kind }) => kind === 'changed' });
}

/** Names that recovery has just made an end of are no longer known, and that is well. */
function still(input: CleanupInput, facts: Observation): CleanupInput {
  const known = new Set(facts.sessions.map((one) => one.name.toLowerCase()));
  const names = input.names.filter((name) => known.has(name.toLowerCase()));
  if (names.length > 0 || input.names.length === 0) return { ...input, names };
  return { ...input, names: [], landed: false };
}

export const cleanup = defineOperation({
  name: 'parallel cleanup',
  summary: 'Find sessions whose worktree is gone and clean them up',
  description:
    'Finds orphaned, interrupted and moved sessions and proposes what to do; nothing happens without --yes or an answer. ' +
    'With --landed also sessions whose work is in their base. With --expired, and only then, it empties the trash: ' +
    'that is the one act that cannot be undone.',
  effect: 'destructive',
  input: CleanupInput,
  flags: {
    names: {
      about: 'only these sessions (with --expired: trash ids)',
      positional: 'many',
      value: 'NAME',
    },
    landed: { about: 'also sessions whose work is in their base' },
    expired: { about: 'empties the trash, for good: the ids given, else all older than keepDays' },
    dryRun: { about: 'only shows the plan' },
    yes: { about: 'consents to the plan as shown', alias: '--force', mcp: 'apply' },
  },
  output: CleanupReport,
  examples: [
    { args: 'parallel cleanup --dry-run', about: 'what would be cleaned up' },
    { args: 'parallel cleanup auth --yes', about: 'exactly this one' },
    { args: 'parallel cleanup --expired --dry-run', about: 'what emptying the trash would delete' },
  ],
  run,
});
