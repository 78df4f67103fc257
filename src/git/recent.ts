/** The commits of HEAD that were made since a moment. One process: `rev-list --since`. */
import { gitText, type Git } from './git.ts';
import { isOid, type Oid } from './oid.ts';

/** @param since as git reads dates, e.g. `2026-11-22 14:03`, in the user's zone. Newest first */
export async function commitsSince(
  port: Git,
  worktree: string,
  since: string,
  limit: number,
): Promise<Oid[]> {
  const args = ['rev-list', `--since=${since}`, `--max-count=${limit}`, 'HEAD', '--'];
  return (await gitText(port, worktree, args)).split('\n').filter(isOid);
}
