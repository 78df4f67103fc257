/** What would be found nowhere else if certain refs went. */
import { commitLines, parseCommitLines, type CommitLine } from './distance.ts';
import { gitText, type Git } from './git.ts';
import type { Oid } from './oid.ts';

/** So many are told apart; nobody reads more. */
const most = 10_000;

/**
 * Commits reachable from `tips` and from no ref but those that `going` names, newest first, at
 * most 10,000. One process: `log`.
 * @param going full names of refs, or patterns with `*`
 */
export async function commitsHeldOnly(
  port: Git,
  repository: string,
  tips: readonly Oid[],
  going: readonly string[],
): Promise<CommitLine[]> {
  if (tips.length === 0) return [];
  const text = await gitText(port, repository, [
    'log',
    ...commitLines,
    `--max-count=${most}`,
    ...tips,
    '--not',
    ...going.map((pattern) => `--exclude=${pattern}`),
    '--all',
    '--',
  ]);
  return parseCommitLines(text);
}
