/** Questions about commits and how they hang together. */
import { git, gitText, type Git } from './git.ts';
import { isOid, type Oid } from './oid.ts';

/** The best common ancestor, or `null` if the histories are unrelated. One process: `merge-base`. */
export async function mergeBase(
  port: Git,
  repository: string,
  one: Oid,
  other: Oid,
): Promise<Oid | null> {
  const text = await gitText(port, repository, ['merge-base', one, other], { answers: [0, 1] });
  const first = text.split('\n')[0];
  return isOid(first) ? first : null;
}

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
export async function commitsBetween(
  port: Git,
  repository: string,
  base: Oid,
  tip: Oid,
  limit: number,
): Promise<CommitLine[]> {
  const text = await gitText(port, repository, [
    'log',
    '-z',
    `--max-count=${limit}`,
    '--format=%H%x1f%cI%x1f%s',
    '--no-show-signature',
    `${base}..${tip}`,
    '--',
  ]);
  return text
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [id, at, subject] = line.split('\x1f');
      return { oid: id ?? '', at: at ?? '', subject: subject ?? '' };
    });
}

function escapeGlob(text: string): string {
  return text.replace(/[*?[\\]/gu, String.raw`\$&`);
}
