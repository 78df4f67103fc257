/**
 * What must be known about a session before anything of it leaves. Asked twice: to tell the user,
 * and again under the lock right before acting (facts are fresh). Writes nothing.
 */
import type { FlightError } from '../kernel/errors.ts';
import type { Warning } from '../kernel/outcome.ts';
import type { ChangeCounts } from '../git/status.ts';
import type { Worktree } from '../git/worktrees.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import type { Project } from '../sessions/project.ts';
import { asksForWork, refusals, workWarnings, type RefusalOptions } from './refusals.ts';
import { gatherWork, type Head, type WorkFacts } from './work-facts.ts';

export interface PreflightOptions extends RefusalOptions {
  /** its own processes do not count as somebody else */
  readonly callerPid: number;
  /** all registered worktrees, as just read */
  readonly worktrees: readonly Worktree[];
}

export interface Preflight {
  /** all that forbid the strategy, in the order of the contract; the first is the one to throw */
  readonly refusals: readonly FlightError[];
  readonly warnings: readonly Warning[];
  /** `null`: no worktree, not asked (abandon, cleanup), or not found out (then it is refused) */
  readonly head: Head | null;
  readonly status: ChangeCounts | null;
  /** what it was judged by, also good for judging other strategies (`refusals`) */
  readonly facts: WorkFacts;
}

/**
 * Asks everything that `options.strategy` depends on.
 * @param session freshly observed
 */
export async function preflight(
  project: Project,
  session: SessionFacts,
  options: PreflightOptions,
): Promise<Preflight> {
  const facts = await gatherWork(project, session, {
    callerPid: options.callerPid,
    worktrees: options.worktrees,
    at: asksForWork(options.strategy) ? 'work' : 'leaving',
  });
  const tree = facts.tree.kind === 'known' ? facts.tree.value : null;
  return {
    refusals: refusals(session, facts, options),
    warnings: workWarnings(facts, options),
    head: tree?.head ?? null,
    status: tree?.counts ?? null,
    facts,
  };
}
