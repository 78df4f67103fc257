/**
 * Is the work of a session in its base? Asked of commits only, cheapest question first. An answer
 * that could not be found is `unknown`, which is never taken for "landed".
 *
 * Processes: one to four `merge-base`, one `cat-file`; only where these leave it open a simulated
 * merge and the commits of the base since (private objects, so that reading writes nothing).
 */
import { GitError, type Git } from '../git/git.ts';
import { isAncestor, mergeBases, treesOf } from '../git/history.ts';
import { mergeTree } from '../git/merge-tree.ts';
import type { BranchName, Oid } from '../git/oid.ts';
import { onlyAdds } from '../git/union.ts';
import { NoSimulation, withPrivateObjects, type Simulation } from '../git/simulation.ts';
import { isFlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { hasOwnCommits } from './own-commits.ts';
import { findSquash } from './squash.ts';

type LandedHow =
  | 'same'
  | 'ancestor'
  | 'nothing-added'
  | 'equal-trees'
  | 'merge-adds-nothing'
  | 'squashed'
  | 'rebased';

export type Landed =
  /** `by`: part of a sentence, e.g. `its commits are in main`; `oid`: the commit that squashed it */
  | {
      readonly kind: 'landed';
      readonly how: LandedHow;
      /** the name of the one that has it */
      readonly base: string;
      readonly by: string;
      readonly oid?: Oid;
    }
  /** it has no commit of its own yet */
  | { readonly kind: 'new' }
  /** it has commits that are not in the base */
  | { readonly kind: 'open' }
  | { readonly kind: 'unknown'; readonly why: string };

export interface LandedQuestion {
  readonly branch: BranchName;
  readonly branchTip: Oid;
  /** the local base, and its upstream if it has one; names are for people */
  readonly bases: readonly { readonly name: string; readonly tip: Oid }[];
  /** the commit the session started at */
  readonly recordedBaseOid: Oid;
  /**
   * Where its branch is on the remote, as last fetched. If others went on there, it is their
   * commits, on top of the session's, that land; without it, only what is here is looked for.
   */
  readonly publishedTip?: Oid | undefined;
}

/** Lends a simulation to `body`: one for a whole list of sessions saves temporary directories. */
export type Simulate = <T>(body: (simulation: Simulation) => Promise<T>) => Promise<T>;

/**
 * @param repository its common directory; nothing is written there
 * @returns `landed` if it is in any of the bases; never throws for what git could not answer
 */
export async function landedBy(
  git: Git,
  repository: { readonly commonDir: AbsolutePath },
  question: LandedQuestion,
  simulate: Simulate = (body) => withPrivateObjects(git, repository, body),
): Promise<Landed> {
  try {
    return await decide(git, repository.commonDir, question, simulate);
  } catch (error) {
    if (error instanceof NoSimulation) return { kind: 'unknown', why: error.message };
    if (error instanceof GitError || isFlightError(error, 'git-timeout')) {
      return { kind: 'unknown', why: firstLine(error) };
    }
    // git answered something that is no object id: an object is missing
    if (error instanceof TypeError) return { kind: 'unknown', why: error.message };
    throw error;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof GitError ? error.data.stderr.trim() : '';
  return text.split('\n')[0] || 'git could not answer';
}

async function decide(
  git: Git,
  cwd: AbsolutePath,
  question: LandedQuestion,
  simulate: Simulate,
): Promise<Landed> {
  if (question.bases.length === 0) return { kind: 'unknown', why: 'the base does not exist' };
  const untouched = question.branchTip === question.recordedBaseOid;
  if (untouched && !(await hasOwnCommits(git, cwd, question))) return { kind: 'new' };
  for (const base of question.bases) {
    const how = await contained(git, cwd, question.branchTip, base.tip);
    if (how === null) continue;
    if (!(await hasOwnCommits(git, cwd, question))) return { kind: 'new' };
    return { kind: 'landed', how, base: base.name, by: sentence(how, base.name) };
  }
  for (const base of question.bases) {
    const landed = await taken(git, cwd, question.branchTip, base, simulate);
    if (landed !== null) return landed;
  }
  return (await takenAsPublished(git, cwd, question, simulate)) ?? { kind: 'open' };
}

/**
 * Is it in the base as somebody went on with it on the remote? Its commits are part of what landed
 * then, as they are of a merge. A branch there that changes nothing proves nothing.
 */
async function takenAsPublished(
  git: Git,
  cwd: AbsolutePath,
  { branchTip, publishedTip, bases }: LandedQuestion,
  simulate: Simulate,
): Promise<Landed | null> {
  if (publishedTip === undefined || publishedTip === branchTip) return null;
  if (!(await isAncestor(git, cwd, branchTip, publishedTip))) return null;
  for (const base of bases) {
    // contained as it is, its commits would be, too
    const landed = await taken(git, cwd, publishedTip, base, simulate);
    if (landed?.kind !== 'landed' || landed.how === 'nothing-added') continue;
    return { ...landed, by: `as it was pushed, with more commits on top: ${landed.by}` };
  }
  return null;
}

async function contained(
  git: Git,
  cwd: AbsolutePath,
  tip: Oid,
  base: Oid,
): Promise<'same' | 'ancestor' | null> {
  if (tip === base) return 'same';
  return (await isAncestor(git, cwd, tip, base)) ? 'ancestor' : null;
}

async function taken(
  git: Git,
  cwd: AbsolutePath,
  branchTip: Oid,
  base: { readonly name: string; readonly tip: Oid },
  simulate: Simulate,
): Promise<Landed | null> {
  const common = await mergeBases(git, cwd, branchTip, base.tip);
  const [tipTree, baseTree, ...commonTrees] = await treesOf(git, cwd, [
    branchTip,
    base.tip,
    ...common,
  ]);
  const landed = (how: LandedHow, oid?: Oid): Landed => ({
    kind: 'landed',
    how,
    base: base.name,
    by: sentence(how, base.name, oid),
    ...(oid === undefined ? {} : { oid }),
  });
  // after criss-cross merges there is no one state it started from
  if (common.length === 1 && commonTrees[0] === tipTree) return landed('nothing-added');
  if (tipTree === baseTree) return landed('equal-trees');
  const [mergeBase] = common;
  if (mergeBase === undefined) return null;
  return simulate(async (simulation) => {
    const merged = await mergeTree(simulation.git, simulation.cwd, base.tip, branchTip);
    if (merged.kind === 'clean' && merged.tree === baseTree) {
      const { git: simulated, cwd: there } = simulation;
      const whole =
        merged.united !== true || (await onlyAdds(simulated, there, mergeBase, branchTip));
      if (whole) return landed('merge-adds-nothing');
    }
    if (common.length !== 1) return null;
    const question = { mergeBase, branchTip, baseTip: base.tip };
    const squash = await findSquash(simulation.git, simulation.cwd, question);
    if (squash.kind === 'found') return landed('squashed', squash.oid);
    if (!squash.touched) return null;
    const { findRebased } = await import('./rebased.ts');
    const rebased = await findRebased(simulation.git, simulation.cwd, question);
    return rebased === null ? null : landed('rebased', rebased);
  });
}

function sentence(how: LandedHow, base: string, oid?: Oid): string {
  switch (how) {
    case 'same':
      return `${base} is at its last commit`;
    case 'ancestor':
      return `its commits are in ${base}`;
    case 'nothing-added':
      return `its commits change nothing against where it left ${base}`;
    case 'equal-trees':
      return `${base} has exactly its files`;
    case 'merge-adds-nothing':
      return `merging it into ${base} would change nothing`;
    case 'squashed':
      return `${base} has one commit with exactly this diff (${oid?.slice(0, 7) ?? ''})`;
    case 'rebased':
      return `${base} has its commits in a row, rebased (the last one is ${oid?.slice(0, 7) ?? ''})`;
  }
}
