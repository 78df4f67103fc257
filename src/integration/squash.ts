/**
 * Did the base take the session's whole work over in one commit (a squash merge)? Compared are
 * the paths with their modes, the bytes of the whole difference, and, where the base had moved
 * on in the same files, what merging the session at that point would have made. Never `patch-id`:
 * it ignores whitespace, and two different dedents of one function have one id.
 *
 * A squash counts only while it stands: taking it back now must change every path it brought.
 */
import { changedPaths, changesOfCommits, wholeDiff, type Change } from '../git/diff.ts';
import { gitText, type Git } from '../git/git.ts';
import { commitsBetween, treesOf } from '../git/history.ts';
import { commitTree } from '../git/commit.ts';
import { mergeTree } from '../git/merge-tree.ts';
import { oid, type Oid } from '../git/oid.ts';

/** Commits of the base that are looked at; a squash further back is not found. */
const examined = 2_000;

export interface SquashQuestion {
  readonly mergeBase: Oid;
  readonly branchTip: Oid;
  readonly baseTip: Oid;
}

export type Squash =
  | { readonly kind: 'found'; readonly oid: Oid }
  /** `touched`: the base changed something there since, so that it may be in several commits */
  | { readonly kind: 'none'; readonly touched: boolean };

/**
 * The newest commit of the base that stands and equals the session's whole difference.
 * @param simulation git that writes to private objects
 */
export async function findSquash(
  simulation: Git,
  cwd: string,
  question: SquashQuestion,
): Promise<Squash> {
  const { mergeBase, branchTip, baseTip } = question;
  const whole = await changedPaths(simulation, cwd, mergeBase, branchTip);
  const first = whole[0];
  if (first === undefined) return { kind: 'none', touched: false };
  const commits = await commitsBetween(simulation, cwd, mergeBase, baseTip, {
    merges: 'without',
    path: first.path,
    limit: examined,
  });
  const changes = await changesOfCommits(simulation, cwd, commits);
  const text = once(() => wholeDiff(simulation, cwd, mergeBase, branchTip));
  for (const commit of commits) {
    const theirs = changes.get(commit) ?? [];
    if (!samePaths(whole, theirs)) continue;
    const parent = await parentOf(simulation, cwd, commit);
    const taken = { commit, parent, theirs };
    if (await takesOver(simulation, cwd, question, { paths: whole, text }, taken)) {
      return { kind: 'found', oid: commit };
    }
  }
  return { kind: 'none', touched: commits.length > 0 };
}

/**
 * Is what was done from `parent` to `commit` of the base, which changed `theirs`, the session's
 * whole difference, and does it stand? The paths must be the same already.
 */
export async function takesOver(
  simulation: Git,
  cwd: string,
  { branchTip, baseTip }: SquashQuestion,
  whole: { readonly paths: readonly Change[]; readonly text: () => Promise<Buffer> },
  taken: { readonly commit: Oid; readonly parent: Oid; readonly theirs: readonly Change[] },
): Promise<boolean> {
  const { commit, parent, theirs } = taken;
  if (!sameBlobs(whole.paths, theirs)) {
    const text = await whole.text();
    if (!text.equals(await wholeDiff(simulation, cwd, parent, commit))) return false;
    if (!(await isMergeOf(simulation, cwd, { commit, parent, branchTip }))) return false;
  }
  return stands(simulation, cwd, { commit, parent, baseTip, paths: theirs });
}

/** Asked when it is first needed, and then no more. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => (answer ??= ask());
}

async function parentOf(git: Git, cwd: string, commit: Oid): Promise<Oid> {
  const args = ['--no-replace-objects', 'rev-parse', '--verify', `${commit}^1`];
  return oid(await gitText(git, cwd, args));
}

/** Do both change the same paths, with the same modes before and after? */
export function samePaths(a: readonly Change[], b: readonly Change[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        one.path === other.path &&
        one.before?.mode === other.before?.mode &&
        one.after?.mode === other.after?.mode
      );
    })
  );
}

function sameBlobs(a: readonly Change[], b: readonly Change[]): boolean {
  return a.every(
    (one, index) =>
      one.before?.oid === b[index]?.before?.oid && one.after?.oid === b[index]?.after?.oid,
  );
}

/** Is `commit` what merging the session into its parent makes? (Same lines at another place are not.) */
async function isMergeOf(
  git: Git,
  cwd: string,
  input: { commit: Oid; parent: Oid; branchTip: Oid },
): Promise<boolean> {
  const merged = await mergeTree(git, cwd, input.parent, input.branchTip);
  if (merged.kind === 'conflicts') return false;
  const [tree] = await treesOf(git, cwd, [input.commit]);
  return tree === merged.tree;
}

/**
 * Reverts the commit on top of the base, in private: a path that does not change by it has been
 * taken back (or taken away) since. 2.38 knows no `--merge-base`; two commits made up on top of
 * the one in question have it as theirs.
 */
export async function stands(
  git: Git,
  cwd: string,
  input: { commit: Oid; parent: Oid; baseTip: Oid; paths: readonly Change[] },
): Promise<boolean> {
  const { commit } = input;
  const trees = await treesOf(git, cwd, [input.baseTip, input.parent]);
  const [now, before] = trees;
  if (now === undefined || before === undefined) return false;
  const invented = { parents: [commit], message: 'simulation', signing: 'unsigned' } as const;
  const ours = await commitTree(git, cwd, { ...invented, tree: now });
  const theirs = await commitTree(git, cwd, { ...invented, tree: before });
  const reverted = await mergeTree(git, cwd, ours, theirs);
  // cannot be taken back without conflicts: it is there, and more on top of it
  const stuck =
    reverted.kind === 'conflicts' ? new Set(reverted.conflicts.map((one) => one.path)) : null;
  if (stuck !== null) return standsBeside(git, cwd, { ...input, stuck });
  if (reverted.kind !== 'clean') return false;
  const changed = new Set((await changedPaths(git, cwd, now, reverted.tree)).map((c) => c.path));
  return input.paths.every((change) => changed.has(change.path));
}

/** With conflicts, the paths beside them are judged by their contents alone. */
async function standsBeside(
  git: Git,
  cwd: string,
  input: { parent: Oid; baseTip: Oid; paths: readonly Change[]; stuck: ReadonlySet<string> },
): Promise<boolean> {
  const differs = new Set(
    (await changedPaths(git, cwd, input.parent, input.baseTip)).map((change) => change.path),
  );
  return input.paths.every((change) => input.stuck.has(change.path) || differs.has(change.path));
}
