/**
 * Did a session ever make a commit of its own? "No commits past the base" does not tell: it is
 * true of a session that has just begun and of one whose work is in the base already. The branch's
 * reflog does, and where it is not kept (bare repositories, restored branches), the record.
 */
import type { Git } from '../git/git.ts';
import { branchReflog, isAncestor } from '../git/history.ts';
import type { BranchName, Oid } from '../git/oid.ts';

/** Reflog messages of moves that make no commit: only commits that were there already come in. */
const movesOnly =
  /^(?:branch: |reset: |checkout: |merge [^\n]*: Fast-forward|pull[^\n]*: Fast-forward|fetch|clone|flight-rules)/u;

/** Entries older than this are not looked at one by one. */
const examined = 50;

/**
 * @param input.recordedBaseOid the commit the session started at
 * @returns true if a commit made in the session is in its branch now
 */
export async function hasOwnCommits(
  git: Git,
  cwd: string,
  input: { readonly branch: BranchName; readonly branchTip: Oid; readonly recordedBaseOid: Oid },
): Promise<boolean> {
  const { branchTip, recordedBaseOid } = input;
  const reflog = await branchReflog(git, cwd, input.branch);
  const complete = reflog.at(-1)?.oid === recordedBaseOid;
  if (!complete && branchTip !== recordedBaseOid) return true;
  const own = new Set(
    reflog.filter((entry) => isOwn(entry, recordedBaseOid)).map((entry) => entry.oid),
  );
  if (own.has(branchTip)) return true;
  // reset since, or moved on with the base: is any of them still in it?
  for (const commit of [...own].slice(0, examined)) {
    if (await isAncestor(git, cwd, commit, branchTip)) return true;
  }
  return false;
}

function isOwn(entry: { oid: Oid; message: string }, recordedBaseOid: Oid): boolean {
  if (entry.oid === recordedBaseOid || movesOnly.test(entry.message)) return false;
  // a rebase of nothing ends on the commit it was told to start from
  const onto = /^rebase.* onto (?<onto>[0-9a-f]+)$/u.exec(entry.message)?.groups?.['onto'];
  return onto === undefined || onto !== entry.oid;
}
