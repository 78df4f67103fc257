/**
 * The question of the strategy: all four, each with what it would do here. What cannot work stays
 * listed with the reason, found by asking the same refusals that would stop it.
 */
import { undecided, type Choice, type Decision, type Outcome } from '../../kernel/outcome.ts';
import { count } from '../../kernel/catalogue/entry.ts';
import { describe } from '../../kernel/errors.ts';
import type { FlightError } from '../../kernel/errors.ts';
import { preflight } from '../../safety/preflight.ts';
import { refusals } from '../../safety/refusals.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { clashesWith } from '../conflicts/of-one.ts';
import type { OperationContext } from '../context.ts';
import { strategies } from '../shapes/parts.ts';
import type { RemoveReport } from '../shapes/remove.ts';
import { again, type RemoveRequest } from './request.ts';
import { lookForWaysHome, type WaysHome } from './ways-home.ts';

type Strategy = RemoveReport['strategy'];

/** Which of the four? Nothing has been changed. */
export async function strategyDecision(
  context: OperationContext,
  project: Project,
  facts: Observation,
  session: SessionFacts,
  request: RemoveRequest,
): Promise<Outcome<never>> {
  const [asked, ways, clashing] = await Promise.all([
    preflight(project, session, {
      strategy: 'merge',
      forceInUse: request.forceInUse,
      callerPid: context.pid,
      command: context.commandLine,
      worktrees: facts.worktrees,
      ...(request.committed === undefined ? {} : { committed: request.committed }),
    }),
    lookForWaysHome(context, project, facts, session, request),
    clashesWith(context, project, facts, session),
  ]);
  const clashes = clashing?.map(({ name }) => name) ?? null;
  const inTheWay = (clashing ?? [])
    .filter(({ record }) => record?.base.name === ways.base)
    .map(({ name }) => name);
  const why = (strategy: Strategy): string | null => {
    const [first] = refusals(session, asked.facts, {
      strategy,
      forceInUse: request.forceInUse,
      command: context.commandLine,
      ...(request.committed === undefined ? {} : { committed: request.committed }),
    });
    return first === undefined ? ways.unavailable[strategy] : sentence(first);
  };
  const recommended = recommend(ways, why);
  const choices = strategies.map((value): Choice => {
    const unavailableWhy = why(value);
    return {
      value,
      ...words(value, session, { ...ways, inTheWay }, request.coming),
      available: unavailableWhy === null,
      ...(unavailableWhy === null ? {} : { unavailableWhy }),
      ...(value === recommended ? { recommended: true } : {}),
      args: again(request, ['--strategy', value, ...(value === 'abandon' ? ['--yes'] : [])]),
    };
  });
  const decision: Decision = {
    id: 'strategy',
    question: `How should the work of ${session.name} come home?`,
    session: session.name,
    facts: {
      ahead: ways.ahead,
      behind: ways.behind,
      base: ways.base,
      uncommitted: asked.status === null ? null : total(asked.status),
      conflicts: ways.conflicts,
      clashes,
      remote: ways.remote,
      forge: ways.forge,
    },
    choices,
    ifDeclined: request.ifDeclined ?? 'Nothing has been changed; the session stays as it is.',
  };
  return undecided(decision, { warnings: asked.warnings });
}

/** Abandon without consent: what would go, and how it comes back. */
export async function abandonDecision(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  request: RemoveRequest,
): Promise<Decision> {
  const ways = await lookForWaysHome(context, project, null, session, request);
  return {
    id: 'abandon',
    question: `Abandon the work of ${session.name}?`,
    session: session.name,
    facts: { ahead: ways.ahead, base: ways.base, branchTip: session.branchTip },
    choices: [
      {
        value: 'abandon',
        ...words('abandon', session, ways),
        available: true,
        args: again(request, ['--strategy', 'abandon', '--yes']),
      },
      {
        value: 'keep',
        ...words('keep', session, ways),
        available: true,
        args: again(request, ['--strategy', 'keep']),
      },
    ],
    ifDeclined: 'Nothing has been changed; the session stays as it is.',
  };
}

function recommend(ways: WaysHome, why: (strategy: Strategy) => string | null): Strategy | null {
  // with nothing to bring home, or a choice between two good ways, nothing is recommended
  if (ways.ahead === 0 || ways.ahead === null) return null;
  if (why('pr') === null) return 'pr';
  return why('merge') === null ? 'merge' : null;
}

function words(
  strategy: Strategy,
  session: SessionFacts,
  ways: WaysHome & { readonly inTheWay?: readonly string[] },
  coming = 0,
): Pick<Choice, 'label' | 'effect' | 'undo'> {
  const { base, behind, restoreUntil } = ways;
  const ahead = ways.ahead === null ? null : ways.ahead + coming;
  const commits = ahead === null ? 'an unknown number of commits' : count(ahead, 'commit');
  const back = `restore brings the session back until ${restoreUntil}`;
  const { inTheWay = [] } = ways;
  const clash = inTheWay.length === 1 ? 'clashes' : 'clash';
  const afterwards = inTheWay.length === 0 ? '' : ` Then ${inTheWay.join(', ')} ${clash} with it.`;
  switch (strategy) {
    case 'pr':
      return {
        label: 'Open a pull request',
        effect: `Pushes ${session.branch} to ${ways.remote ?? 'the remote'} and opens a pull request against ${base}. The folder is put away, the session stays listed as in review.`,
        undo: `${back}; the push stays`,
      };
    case 'merge':
      return {
        label: `Merge into ${base} now`,
        effect:
          ahead === 0
            ? `${base} has all of it already. The session ends.`
            : `Moves ${base} forward by ${commits}${behind === 0 ? '' : ' and a merge commit'}. Nothing is pushed.${afterwards}`,
        undo: `${back}; ${base} is moved back by you`,
      };
    case 'keep':
      return {
        label: 'Keep the branch for later',
        effect: `The folder is put away; branch ${session.branch} stays here, not pushed.`,
        undo: 'restore, at any time',
      };
    case 'abandon':
      return {
        label: 'Abandon the work',
        effect: `${commits[0]?.toUpperCase() ?? ''}${commits.slice(1)} and the folder go to the trash.`,
        undo: `restore, until ${restoreUntil}`,
      };
  }
}

/** The first line of what the refusal says. */
function sentence(error: FlightError): string {
  return describe(error).message.replace(/\s*\n\s*/gu, ' ');
}

function total(counts: {
  staged: number;
  modified: number;
  untracked: number;
  conflicted: number;
}): number {
  return counts.staged + counts.modified + counts.untracked + counts.conflicted;
}
