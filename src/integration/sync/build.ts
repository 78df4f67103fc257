/**
 * The commit that a session will be at. A sync is a landing the other way round: what lands is
 * the base, and what it lands in is the session's branch; a rebase is the one of landing, moved
 * to another branch. Nothing refers to the commit until the session is moved to it.
 */
import type { Git } from '../../git/git.ts';
import { mergeBases } from '../../git/history.ts';
import type { Oid } from '../../git/oid.ts';
import { planCommit, type BuildInput, type BuildPlan } from '../shapes.ts';
import type { SyncInput, SyncShape } from './model.ts';

export type SyncPlan =
  | { readonly kind: 'current' }
  | { readonly kind: 'conflicts'; readonly paths: readonly string[] }
  | {
      readonly kind: 'build';
      readonly input: BuildInput;
      readonly plan: Exclude<BuildPlan, { kind: 'conflicts' | 'nothing' }>;
      readonly shape: SyncShape;
    };

/**
 * Decides the shape and merges the trees (which writes objects that nothing refers to).
 * @throws FlightError `cannot-rebase`, `no-identity`
 */
export async function planSync(git: Git, input: SyncInput, baseTip: Oid): Promise<SyncPlan> {
  const { name, worktree, branch, sessionTip, base } = input;
  const goals: readonly string[] = [];
  const incoming: BuildInput = {
    name,
    goals,
    shape: null,
    branch: base,
    sessionTip: baseTip,
    base: branch,
    baseTip: sessionTip,
  };
  const [common] = await mergeBases(git, worktree, baseTip, sessionTip);
  if (common === baseTip) return { kind: 'current' };
  if (common === sessionTip) {
    const plan = { kind: 'ready', oid: baseTip, shape: 'ff' } as const;
    return { kind: 'build', input: incoming, plan, shape: 'ff' };
  }
  const replayed: BuildInput = { name, goals, branch, sessionTip, base, baseTip, shape: 'rebase' };
  const build = input.shape === 'merge' ? incoming : replayed;
  const plan = await planCommit(git, { root: worktree }, build);
  if (plan.kind === 'nothing') return { kind: 'current' };
  if (plan.kind === 'conflicts') {
    return { kind: 'conflicts', paths: plan.conflicts.map((one) => one.path) };
  }
  return { kind: 'build', input: build, plan, shape: input.shape };
}
