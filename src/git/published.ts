/**
 * Has a branch been pushed? As far as this repository knows: nothing is fetched.
 * Processes: `for-each-ref` (its upstream), `rev-list --count` twice.
 */
import { gitText, type Git } from './git.ts';
import type { BranchName, Oid } from './oid.ts';

/**
 * @param tip of the branch
 * @param base commits it has from here are not its own
 * @returns true if it has an upstream on a remote, or a remote-tracking ref has a commit of its own
 */
export async function isPublished(
  port: Git,
  cwd: string,
  branch: { readonly name: BranchName; readonly tip: Oid },
  base: Oid,
): Promise<boolean> {
  const upstream = await gitText(port, cwd, [
    'for-each-ref',
    '--format=%(upstream:remotename)',
    `refs/heads/${branch.name}`,
  ]);
  // a branch that follows a local one has the remote `.`
  if (upstream !== '' && upstream !== '.') return true;
  const own = await count(port, cwd, branch.tip, [base]);
  return own > 0 && (await count(port, cwd, branch.tip, [base, '--remotes'])) < own;
}

async function count(port: Git, cwd: string, tip: Oid, not: readonly string[]): Promise<number> {
  const args = ['--no-replace-objects', 'rev-list', '--count', tip, '--not', ...not, '--'];
  return Number(await gitText(port, cwd, args));
}
