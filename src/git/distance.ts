/** How a branch stands to others: how far, what only it holds, when it last moved. */
import { git, gitText, type Git } from './git.ts';
import type { Oid } from './oid.ts';

/** Commits `tip` has and `base` lacks, and the other way round. One process: `rev-list --count`. */
export async function aheadBehind(
  port: Git,
  repository: string,
  tip: Oid,
  base: Oid,
): Promise<{ ahead: number; behind: number }> {
  const text = await gitText(port, repository, [
    'rev-list',
    '--count',
    '--left-right',
    `${tip}...${base}`,
    '--',
  ]);
  const [ahead, behind] = text.split('\t').map(Number);
  return { ahead: ahead ?? Number.NaN, behind: behind ?? Number.NaN };
}

/**
 * Commits of `tips` that no other branch, tag or remote-tracking ref holds.
 * @param exceptBranch short name of the branch that does not count, as it is the one asked about
 */
export async function commitsOnlyHere(
  port: Git,
  repository: string,
  tips: readonly Oid[],
  exceptBranch: string,
): Promise<number> {
  if (tips.length === 0) return 0;
  const { stdout } = await git(port, repository, [
    'rev-list',
    '--count',
    ...tips,
    '--not',
    `--exclude=${escapeGlob(exceptBranch)}`,
    '--branches',
    '--tags',
    '--remotes',
    '--',
  ]);
  return Number(stdout.toString('utf8').trim());
}

export interface CommitLine {
  readonly oid: string;
  readonly subject: string;
  /** ISO 8601, of the committer */
  readonly at: string;
}

/** Commits `tip` has and `base` lacks, newest first, at most `limit`. One process: `log`. */
export async function commitLog(
  port: Git,
  repository: string,
  base: Oid,
  tip: Oid,
  limit: number,
): Promise<CommitLine[]> {
  const text = await gitText(port, repository, [
    'log',
    ...commitLines,
    `--max-count=${limit}`,
    `${base}..${tip}`,
    '--',
  ]);
  return parseCommitLines(text);
}

/** What `log` is asked for commit lines with; `parseCommitLines` reads the answer. */
export const commitLines = ['-z', '--format=%H%x1f%cI%x1f%s', '--no-show-signature'] as const;

export function parseCommitLines(text: string): CommitLine[] {
  return text
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [id, at, subject] = line.split('\x1f');
      return { oid: id ?? '', at: at ?? '', subject: subject ?? '' };
    });
}

/** When the tips of `branches` were committed. One process: `for-each-ref`. */
export async function commitTimes(
  port: Git,
  repository: string,
  branches: readonly string[],
): Promise<Map<string, Date>> {
  const times = new Map<string, Date>();
  if (branches.length === 0) return times;
  const text = await gitText(port, repository, [
    'for-each-ref',
    '--format=%(committerdate:unix) %(refname)',
    ...branches.map((branch) => `refs/heads/${branch}`),
  ]);
  for (const line of text.split('\n')) {
    const match = /^(?<seconds>\d+) refs\/heads\/(?<branch>.+)$/u.exec(line);
    const branch = match?.groups?.['branch'];
    if (branch !== undefined)
      times.set(branch, new Date(Number(match?.groups?.['seconds']) * 1000));
  }
  return times;
}

function escapeGlob(text: string): string {
  return text.replace(/[*?[\\]/gu, String.raw`\$&`);
}
