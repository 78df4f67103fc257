/**
 * Did the base take the session's commits over one by one (a rebase by the forge, or picked in a
 * row)? They are other commits there. As for a squash, what counts is the whole difference: that
 * of as many commits of the base in a row as the session has, compared with the same care, and it
 * must stand, each of its commits. What merging would add is asked before; this is for a base that went on in the same
 * lines since.
 *
 * Asked only if the base changed what the session changed first.
 * Processes: two `rev-list`, three `diff-tree`; more only for a commit that changes what the
 * session's last one changed.
 */
import { changedPaths, changesOfCommits, wholeDiff } from '../git/diff.ts';
import type { Git } from '../git/git.ts';
import { ancestorOf, commitsBetween } from '../git/history.ts';
import type { Oid } from '../git/oid.ts';
import { once, samePaths, stands, takesOver, type SquashQuestion } from './squash.ts';

/** A session with more commits, and a base with more since, are not compared. */
const examined = { commits: 50, base: 2_000, candidates: 20 };

/**
 * The last of the commits of the base that are the session's, or `null`.
 * @param simulation git that writes to private objects
 */
export async function findRebased(
  simulation: Git,
  cwd: string,
  question: SquashQuestion,
): Promise<Oid | null> {
  const { mergeBase, branchTip, baseTip } = question;
  const own = await commitsBetween(simulation, cwd, mergeBase, branchTip, {
    merges: 'without',
    limit: examined.commits + 1,
  });
  const [last] = own;
  // one commit is a squash of one
  if (last === undefined || own.length < 2 || own.length > examined.commits) return null;
  const lastChanges = (await changesOfCommits(simulation, cwd, [last])).get(last) ?? [];
  const first = lastChanges[0];
  if (first === undefined) return null;
  const commits = await commitsBetween(simulation, cwd, mergeBase, baseTip, {
    merges: 'without',
    path: first.path,
    limit: examined.base,
  });
  const changes = await changesOfCommits(simulation, cwd, commits);
  const candidates = commits.filter((commit) => samePaths(lastChanges, changes.get(commit) ?? []));
  if (candidates.length === 0) return null;
  const whole = await changedPaths(simulation, cwd, mergeBase, branchTip);
  const text = once(() => wholeDiff(simulation, cwd, mergeBase, branchTip));
  for (const commit of candidates.slice(0, examined.candidates)) {
    const parent = await ancestorOf(simulation, cwd, commit, own.length);
    if (parent === null) continue;
    const theirs = await changedPaths(simulation, cwd, parent, commit);
    if (!samePaths(whole, theirs)) continue;
    const taken = { commit, parent, theirs };
    if (!(await takesOver(simulation, cwd, question, { paths: whole, text }, taken))) continue;
    const row = { parent, commit, baseTip, length: own.length };
    if (await eachStands(simulation, cwd, row)) return commit;
  }
  return null;
}

/** One of them may have been taken back alone, with the others still in the same files. */
async function eachStands(
  simulation: Git,
  cwd: string,
  { parent, commit, baseTip, length }: { parent: Oid; commit: Oid; baseTip: Oid; length: number },
): Promise<boolean> {
  const order = 'oldest-first';
  const row = await commitsBetween(simulation, cwd, parent, commit, { merges: 'without', order });
  // with a merge among them it is no row
  if (row.length !== length) return false;
  const changes = await changesOfCommits(simulation, cwd, row);
  let before = parent;
  for (const one of row) {
    const paths = changes.get(one) ?? [];
    const step = { commit: one, parent: before, baseTip, paths };
    if (!(await stands(simulation, cwd, step))) return false;
    before = one;
  }
  return true;
}
