/** The plan and its outcome in the words of the answer. */
import { describe, wholeMessage, isFlightError } from '../../kernel/errors.ts';
import type { Choice, Decision } from '../../kernel/outcome.ts';
import { count } from '../../kernel/catalogue/entry.ts';
import type { OperationContext } from '../context.ts';
import type { CleanupInput } from '../cleanup.ts';
import type { CleanupItem, CleanupReport } from '../shapes/cleanup.ts';
import type { Done } from './execute.ts';
import type { CleanupPlan, PlanItem } from './plan.ts';

export type Result =
  | { readonly kind: 'planned' }
  | { readonly kind: 'done'; readonly done: Done }
  | { readonly kind: 'failed'; readonly error: unknown };

export function reportItem(context: OperationContext, item: PlanItem, result: Result): CleanupItem {
  const { session, reason } = item;
  const trash = result.kind === 'done' ? result.done.trash : undefined;
  const restore = wayBack(item, trash?.id ?? null);
  return {
    name: session.name,
    reason,
    actions: item.actions,
    // which branch is its own, a record that cannot be read does not say
    branch: item.setAside ? null : session.branch,
    branchTip: item.setAside ? null : session.branchTip,
    onlyHere: item.onlyHere,
    ...(item.landedBy === undefined ? {} : { landedBy: item.landedBy }),
    ...(trash === undefined ? {} : { trash }),
    ...(restore === null ? {} : { restore: context.spell(restore) }),
    done: result.kind === 'done',
    ...(result.kind === 'failed' ? { error: itemError(context, result.error) } : {}),
  };
}

/** Before: the other way out of an orphan. Afterwards: the way back. */
function wayBack(item: PlanItem, id: string | null): string[] | null {
  if (id !== null) return ['parallel', 'restore', id];
  if (canComeBack(item)) {
    return ['parallel', 'restore', item.session.name];
  }
  return null;
}

function canComeBack({ reason, session, setAside }: PlanItem): boolean {
  return reason === 'orphaned' && !setAside && session.branchTip !== null;
}

export function itemError(
  context: OperationContext,
  error: unknown,
): NonNullable<CleanupItem['error']> {
  if (!isFlightError(error)) return { code: 'bug', message: String(error) };
  const { hints, ...said } = describe(error);
  return {
    code: error.code,
    message: wholeMessage(said),
    hints: hints.flatMap((hint) =>
      'args' in hint ? [{ ...context.spell(hint.args), why: hint.why }] : [],
    ),
  };
}

export function plannedReport(
  context: OperationContext,
  plan: CleanupPlan,
  dryRun: 'dry-run' | 'question',
): CleanupReport {
  return {
    dryRun: dryRun === 'dry-run',
    items: plan.items.map((item) => reportItem(context, item, { kind: 'planned' })),
    untouched: plan.untouched,
  };
}

/** A moved one that was found only because we stand in it is an orphan to whoever looks from elsewhere. */
function from({ items, here }: CleanupPlan): string[] {
  const places = items.flatMap(({ session: { name, place } }) =>
    place.kind === 'moved' && name === here ? [place.to] : [],
  );
  return places.flatMap((path) => ['-C', path]);
}

/** Clean up, bring back, or leave? `clean` names exactly the sessions shown. */
export function cleanupDecision(plan: CleanupPlan, input: CleanupInput): Decision {
  const names = plan.items.map((item) => item.session.name);
  const orphans = plan.items.filter(canComeBack);
  const lost = plan.items.reduce((sum, item) => sum + (item.onlyHere ?? 0), 0);
  const choices: Choice[] = [
    {
      value: 'clean',
      label: 'Clean up',
      effect: `${count(names.length, 'session')}: ${names.join(', ')}. ${lost === 0 ? 'No commit is only there.' : `${count(lost, 'commit')} that are nowhere else wait in the trash.`}`,
      undo: plan.items.every((item) => item.setAside)
        ? 'the record is kept behind refs/flight-rules/set-aside/'
        : 'restore brings each of them back while the trash has it',
      available: true,
      args: [
        'parallel',
        'cleanup',
        ...names,
        ...(input.landed ? ['--landed'] : []),
        '--yes',
        ...from(plan),
      ],
    },
    {
      value: 'restore',
      label: 'Bring the orphans back',
      effect:
        orphans.length === 0
          ? 'None of these has lost its folder.'
          : `${orphans.map((item) => item.session.name).join(', ')}: the folder is made again from the branch.`,
      undo: 'remove puts it away again',
      available: orphans.length > 0,
      ...(orphans.length > 0 ? {} : { unavailableWhy: 'None of these has lost its folder.' }),
      args: ['parallel', 'restore', ...orphans.map((item) => item.session.name)],
    },
    {
      value: 'leave',
      label: 'Leave everything as it is',
      effect: 'Nothing changes.',
      undo: 'nothing to take back',
      available: true,
      args: ['parallel', 'status'],
    },
  ];
  return {
    id: 'cleanup',
    question: `Clean up ${count(names.length, 'session')}?`,
    facts: { sessions: names, onlyHere: lost },
    choices,
    ifDeclined: 'Nothing has been changed.',
  };
}
