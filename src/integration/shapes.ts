/**
 * The commit that takes a session's work into its base, built before anything moves: without a
 * checkout, without hooks (`scratch-build.ts` is for those). Nothing refers to it until the base
 * is moved, so building it wrong, twice or not at all changes nothing.
 */
import type { Git } from '../git/git.ts';
import { commitTree, mergeMessage, requireIdentity, signsCommits } from '../git/commit.ts';
import { commitsBetween, mergeBases, subjectsOf, treesOf } from '../git/history.ts';
import { mergeTree, type Conflict } from '../git/merge-tree.ts';
import type { BranchName, Oid } from '../git/oid.ts';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { replay } from './replay.ts';

export type Shape = 'ff' | 'merge' | 'squash' | 'rebase';

export interface BuildInput {
  /** of the session */
  readonly name: string;
  readonly goals: readonly string[];
  readonly branch: BranchName;
  readonly sessionTip: Oid;
  readonly base: BranchName;
  readonly baseTip: Oid;
  /** `null`: fast-forward if it can be, else a merge commit */
  readonly shape: Shape | null;
  /** instead of ours, for a merge commit or a squash */
  readonly message?: string;
}

export type Built =
  | { readonly kind: 'ready'; readonly oid: Oid; readonly shape: Shape }
  | { readonly kind: 'conflicts'; readonly conflicts: readonly Conflict[] }
  /** the base has everything already */
  | { readonly kind: 'nothing' };

/** What is to be done, before any object is written. */
export type BuildPlan =
  | { readonly kind: 'ready'; readonly oid: Oid; readonly shape: Shape }
  | { readonly kind: 'conflicts'; readonly conflicts: readonly Conflict[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'merge' | 'squash'; readonly tree: Oid; readonly message: string }
  | { readonly kind: 'rebase'; readonly commits: readonly Oid[] };

/**
 * Builds the commit. Run it where the user's identity and signing are configured.
 * @throws FlightError `not-fast-forward`, `cannot-rebase`, `no-identity`, `sign-failed`
 */
export async function buildCommit(
  git: Git,
  project: { readonly root: AbsolutePath },
  input: BuildInput,
): Promise<Built> {
  return makeCommit(git, project, input, await planCommit(git, project, input));
}

/**
 * The commit that `plan` says, made of nothing but `input` and what is in it.
 * @throws FlightError `cannot-rebase`, `sign-failed`
 */
export async function makeCommit(
  git: Git,
  project: { readonly root: AbsolutePath },
  input: BuildInput,
  plan: BuildPlan,
): Promise<Built> {
  switch (plan.kind) {
    case 'ready':
    case 'conflicts':
    case 'nothing':
      return plan;
    case 'rebase':
      return replay(git, project.root, { ...input, commits: plan.commits });
    case 'merge':
    case 'squash': {
      const oid = await commitTree(git, project.root, {
        tree: plan.tree,
        parents: plan.kind === 'merge' ? [input.baseTip, input.sessionTip] : [input.baseTip],
        message: plan.message,
        signing: (await signsCommits(git, project.root)) ? 'signed' : 'unsigned',
      });
      return { kind: 'ready', oid, shape: plan.kind };
    }
  }
}

/**
 * Decides the shape and merges the trees (which writes objects that nothing refers to).
 * Identity is asked for first: without one nothing is begun.
 */
export async function planCommit(
  git: Git,
  project: { readonly root: AbsolutePath },
  input: BuildInput,
): Promise<BuildPlan> {
  const { root } = project;
  const { sessionTip, baseTip } = input;
  // of two that descend from each other the older one is the merge base, and the only one
  const [common] = await mergeBases(git, root, baseTip, sessionTip);
  if (common === sessionTip) return { kind: 'nothing' };
  const forward = common === baseTip;
  const shape = input.shape ?? (forward ? 'ff' : 'merge');
  switch (shape) {
    case 'ff':
      if (forward) return { kind: 'ready', oid: sessionTip, shape };
      throw new FlightError('not-fast-forward', { name: input.name, base: input.base });
    case 'rebase':
      return planRebase(git, root, input, forward);
    case 'merge':
    case 'squash': {
      await requireIdentity(git, root);
      const merged = await mergeTree(git, root, baseTip, sessionTip);
      if (merged.kind === 'conflicts') return merged;
      if (shape === 'squash') {
        const [baseTree] = await treesOf(git, root, [baseTip]);
        if (merged.tree === baseTree) return { kind: 'nothing' };
      }
      const message = input.message ?? (await defaultMessage(git, root, input, shape));
      return { kind: shape, tree: merged.tree, message };
    }
  }
}

async function planRebase(
  git: Git,
  root: AbsolutePath,
  input: BuildInput,
  forward: boolean,
): Promise<BuildPlan> {
  const { baseTip, sessionTip } = input;
  const merges = await commitsBetween(git, root, baseTip, sessionTip, {
    merges: 'only',
    limit: 1,
  });
  if (merges[0] !== undefined) {
    const why = `${merges[0].slice(0, 7)} is a merge commit`;
    throw new FlightError('cannot-rebase', { name: input.name, why });
  }
  if (forward) return { kind: 'ready', oid: sessionTip, shape: 'rebase' };
  await requireIdentity(git, root);
  const commits = await commitsBetween(git, root, baseTip, sessionTip, { order: 'oldest-first' });
  return { kind: 'rebase', commits };
}

async function defaultMessage(
  git: Git,
  root: AbsolutePath,
  input: BuildInput,
  shape: 'merge' | 'squash',
): Promise<string> {
  const { branch, sessionTip, base, baseTip } = input;
  if (shape === 'merge') return mergeMessage(git, root, branch, sessionTip, base);
  const commits = await commitsBetween(git, root, baseTip, sessionTip, {
    merges: 'without',
    order: 'oldest-first',
  });
  return squashMessage(input.name, input.goals, await subjectsOf(git, root, commits));
}

/** Pure: the first goal as the title, the other goals and the commits' subjects below it. */
export function squashMessage(
  name: string,
  goals: readonly string[],
  subjects: readonly string[],
): string {
  const [title, ...rest] = goals.map((goal) => goal.replaceAll(/\s+/gu, ' ').trim());
  const [only] = subjects;
  const head = title || (subjects.length === 1 && only) || `Squash session ${name}`;
  const listed = subjects.filter((subject) => subject !== head);
  const blocks = [rest, listed].filter((block) => block.length > 0);
  return `${[head, ...blocks.map((block) => block.map((line) => `- ${line}`).join('\n'))].join('\n\n')}\n`;
}
