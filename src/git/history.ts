/**
 * Questions about commits: who descends from whom, which trees, which commits lie between.
 * Replacement objects are ignored: they change what is shown, not what would be lost.
 */
import { git, gitText, splitNul, type Git } from './git.ts';
import { isOid, oid, type BranchName, type Oid } from './oid.ts';

const plain = ['--no-replace-objects'];

/** True if `older` is `newer` or an ancestor of it. One process: `merge-base --is-ancestor`. */
export async function isAncestor(port: Git, cwd: string, older: Oid, newer: Oid): Promise<boolean> {
  if (older === newer) return true;
  const args = [...plain, 'merge-base', '--is-ancestor', older, newer];
  return (await git(port, cwd, args, { answers: [0, 1] })).exit === 0;
}

/** The best common ancestors: none for unrelated histories, several after criss-cross merges. */
export async function mergeBases(port: Git, cwd: string, a: Oid, b: Oid): Promise<Oid[]> {
  const args = [...plain, 'merge-base', '--all', a, b];
  return lines(await gitText(port, cwd, args, { answers: [0, 1] })).map(oid);
}

/** The trees of commits, in the order asked. One process: `cat-file --batch-check`. */
export async function treesOf(port: Git, cwd: string, commits: readonly Oid[]): Promise<Oid[]> {
  const args = [...plain, 'cat-file', '--batch-check=%(objectname)'];
  const stdin = commits.map((commit) => `${commit}^{tree}\n`).join('');
  return lines(await gitText(port, cwd, args, { stdin })).map(oid);
}

/** The commit so many first parents before `commit`; `null` if there are not as many. */
export async function ancestorOf(
  port: Git,
  cwd: string,
  commit: Oid,
  generations: number,
): Promise<Oid | null> {
  const args = [...plain, 'rev-parse', '--verify', '--quiet', `${commit}~${generations}`];
  const text = await gitText(port, cwd, args, { answers: [0, 1] });
  return isOid(text) ? oid(text) : null;
}

export interface RangeOptions {
  /** only commits that touch this path (a literal one) */
  readonly path?: string;
  readonly merges?: 'with' | 'without' | 'only';
  readonly order?: 'newest-first' | 'oldest-first';
  readonly limit?: number;
}

/** The commits reachable from `to` and not from `from`. One process: `rev-list`. */
export async function commitsBetween(
  port: Git,
  cwd: string,
  from: Oid,
  to: Oid,
  options: RangeOptions = {},
): Promise<Oid[]> {
  const text = await gitText(port, cwd, [
    ...plain,
    '--literal-pathspecs',
    'rev-list',
    '--topo-order',
    ...(options.merges === 'without' ? ['--no-merges'] : []),
    ...(options.merges === 'only' ? ['--merges'] : []),
    ...(options.order === 'oldest-first' ? ['--reverse'] : []),
    ...(options.limit === undefined ? [] : [`--max-count=${options.limit}`]),
    // a squash that came in by a side branch must not be simplified away
    ...(options.path === undefined ? [] : ['--full-history']),
    to,
    `^${from}`,
    ...(options.path === undefined ? [] : ['--', options.path]),
  ]);
  return lines(text).map(oid);
}

/** The first lines of the messages of commits, in the order asked. One process. */
export async function subjectsOf(
  port: Git,
  cwd: string,
  commits: readonly Oid[],
): Promise<string[]> {
  if (commits.length === 0) return [];
  const args = ['-c', 'log.showSignature=false', ...plain, 'log', '--no-walk=unsorted', '-z'];
  const stdin = `${commits.join('\n')}\n`;
  const { stdout } = await git(port, cwd, [...args, '--format=%s', '--stdin'], { stdin });
  return splitNul(stdout);
}

export interface ReflogEntry {
  readonly oid: Oid;
  readonly message: string;
}

/** The reflog of a branch, newest first; empty if none is kept. One process: `log -g`. */
export async function branchReflog(
  port: Git,
  cwd: string,
  branch: BranchName,
): Promise<ReflogEntry[]> {
  const args = ['-c', 'log.showSignature=false', ...plain, 'log', '--walk-reflogs', '-z'];
  const { stdout } = await git(port, cwd, [
    ...args,
    '--format=%H %gs',
    '--end-of-options',
    `refs/heads/${branch}`,
    '--',
  ]);
  return splitNul(stdout).flatMap((field) => {
    const space = field.indexOf(' ');
    const id = space < 0 ? field : field.slice(0, space);
    return isOid(id) ? [{ oid: id, message: space < 0 ? '' : field.slice(space + 1) }] : [];
  });
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/**
 * The commits by which `to` came from `from`, along first parents, newest first, each with its
 * other parents. One process: `rev-list`.
 */
export async function firstParents(
  port: Git,
  cwd: string,
  from: Oid,
  to: Oid,
): Promise<{ readonly commit: Oid; readonly others: readonly Oid[] }[]> {
  const args = [...plain, 'rev-list', '--first-parent', '--parents', to, `^${from}`];
  return lines(await gitText(port, cwd, args)).map((line) => {
    const [commit = '', , ...others] = line.split(' ');
    return { commit: oid(commit), others: others.map(oid) };
  });
}
