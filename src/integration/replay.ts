/**
 * A rebase without a checkout, on gits that lack `merge-tree --merge-base`: for each commit C a
 * commit is made up with the tree built so far and C's parent as its parent; merging it with C
 * then has C's parent as its base, which is a cherry-pick. Author, date and message stay.
 */
import { commitTree, readCommit, signsCommits } from '../git/commit.ts';
import { GitError, type Git } from '../git/git.ts';
import { treesOf } from '../git/history.ts';
import { mergeTree } from '../git/merge-tree.ts';
import type { Oid } from '../git/oid.ts';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Built } from './shapes.ts';

/** @param input.commits oldest first, none of them a merge */
export async function replay(
  git: Git,
  cwd: AbsolutePath,
  input: { readonly name: string; readonly baseTip: Oid; readonly commits: readonly Oid[] },
): Promise<Built> {
  const signing = (await signsCommits(git, cwd)) ? 'signed' : 'unsigned';
  let [tree] = await treesOf(git, cwd, [input.baseTip]);
  let tip = input.baseTip;
  if (tree === undefined) return { kind: 'nothing' };
  for (const id of input.commits) {
    const commit = await readCommit(git, cwd, id);
    const [parent] = commit.parents;
    if (parent === undefined) throw cannot(input.name, id, 'has no parent');
    const onto = await commitTree(git, cwd, {
      tree,
      parents: [parent],
      message: 'simulation',
      signing: 'unsigned',
    });
    const merged = await mergeTree(git, cwd, onto, id);
    if (merged.kind === 'conflicts') return merged;
    const [before] = await treesOf(git, cwd, [parent]);
    // as git does: what has become empty is left out, what was empty on purpose stays
    if (merged.tree === tree && before !== commit.tree) continue;
    tree = merged.tree;
    try {
      tip = await commitTree(git, cwd, {
        tree,
        parents: [tip],
        message: commit.message,
        author: commit.author,
        signing,
        encoding: commit.encoding ?? 'UTF-8',
      });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      throw cannot(input.name, id, `cannot be made again (${error.data.stderr.trim()})`);
    }
  }
  return tip === input.baseTip ? { kind: 'nothing' } : { kind: 'ready', oid: tip, shape: 'rebase' };
}

function cannot(name: string, commit: Oid, why: string): FlightError {
  return new FlightError('cannot-rebase', { name, why: `${commit.slice(0, 7)} ${why}` });
}
