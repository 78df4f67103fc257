/**
 * git on a private git dir that may have no worktree any more, or that lies in the trash, where
 * its relative `commondir` no longer leads home. GIT_DIR and GIT_COMMON_DIR are given explicitly,
 * so nothing is discovered and no link is followed.
 *
 * Processes: `ls-files -s` (with `--resolve-undo`), `ls-tree -r`, `symbolic-ref`, `rev-parse`,
 * `for-each-ref` and `log -g` (the last two only where refs are kept in reftables).
 */
import { lstat } from 'node:fs/promises';
import { trusted } from '../kernel/brand.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { git, gitText, gitWith, type Git } from './git.ts';
import { isOid, refName, type Oid, type RefName } from './oid.ts';

/** The same git, bound to `privateDir` of the repository `commonDir`. */
export function atPrivateDir(
  port: Git,
  commonDir: AbsolutePath,
  privateDir: AbsolutePath,
  worktree?: AbsolutePath,
): Git {
  return gitWith(port, {
    GIT_DIR: privateDir,
    GIT_COMMON_DIR: commonDir,
    ...(worktree === undefined ? {} : { GIT_WORK_TREE: worktree }),
  });
}

export interface IndexEntry {
  readonly mode: string;
  readonly oid: Oid;
  readonly stage: number;
  /** bytes of the path, one char each (latin1), so that it survives whatever its encoding is */
  readonly path: string;
}

/** All entries of the index, every stage. One process: `ls-files -s`. */
export async function indexEntries(bound: Git, cwd: AbsolutePath): Promise<IndexEntry[]> {
  return (await stagedLines(bound, cwd, ['ls-files', '-s', '-z'])).entries;
}

/** What the index names: its entries, and what resolved conflicts can be undone to. */
export interface Staged {
  readonly entries: readonly IndexEntry[];
  readonly undone: readonly IndexEntry[];
}

/** Both in one process: `ls-files -s -t --resolve-undo`. */
export function stagedIn(bound: Git, cwd: AbsolutePath): Promise<Staged> {
  return stagedLines(bound, cwd, ['ls-files', '-s', '-t', '--resolve-undo', '-z']);
}

async function stagedLines(
  bound: Git,
  cwd: AbsolutePath,
  args: readonly string[],
): Promise<{ readonly entries: IndexEntry[]; readonly undone: IndexEntry[] }> {
  const { stdout } = await git(bound, cwd, args);
  const entries: IndexEntry[] = [];
  const undone: IndexEntry[] = [];
  for (const field of stdout.toString('latin1').split('\0')) {
    if (field === '') continue;
    const match =
      /^(?:(?<tag>[A-Za-z?]) )?(?<mode>\d+) (?<oid>[0-9a-f]+) (?<stage>\d)\t(?<path>[^]*)$/u.exec(
        field,
      );
    // an entry that is not understood must not be lost
    if (match?.groups === undefined) throw new TypeError(`not a line of ls-files: ${field}`);
    // git shows by the tag U what a resolved conflict can be undone to, and nothing else
    (match.groups['tag'] === 'U' ? undone : entries).push({
      mode: match.groups['mode'] ?? '',
      oid: trusted(match.groups['oid'] ?? ''),
      stage: Number(match.groups['stage']),
      path: match.groups['path'] ?? '',
    });
  }
  return { entries, undone };
}

/** The ids of all files in the tree of `commit`. One process: `ls-tree -r`. */
export async function treeOids(port: Git, cwd: AbsolutePath, commit: Oid): Promise<Set<string>> {
  const { stdout } = await git(port, cwd, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  const oids = new Set<string>();
  for (const field of stdout.toString('latin1').split('\0')) {
    const id = field.slice(0, field.indexOf('\t')).split(' ')[2];
    if (isOid(id)) oids.add(id);
  }
  return oids;
}

/** What an ordinary HEAD file says: a branch or a commit; `null` if only git can tell. */
export async function headFile(privateDir: AbsolutePath): Promise<RefName | Oid | null> {
  const file = below(privateDir, 'HEAD');
  const stats = await lstat(file).catch(() => null);
  // a link of old leads to the branch, and would read as its commit
  if (stats?.isFile() !== true) return null;
  const text = (await readRegularText(file)).trimEnd();
  if (isOid(text)) return text;
  const ref = /^ref: (?<ref>refs\/heads\/\S+)$/u.exec(text)?.groups?.['ref'];
  return ref === undefined || ref === 'refs/heads/.invalid' ? null : refName(ref);
}

/** What HEAD is: a ref, an id, or `null` for neither. One or two processes, if the file does not tell. */
export async function headOf(bound: Git, cwd: AbsolutePath): Promise<RefName | Oid | null> {
  const gitDir = bound.env['GIT_DIR'];
  const plain = gitDir === undefined ? null : await headFile(absolute(gitDir));
  if (plain !== null) return plain;
  const args = ['symbolic-ref', '--quiet', 'HEAD'];
  const ref = await gitText(bound, cwd, args, { answers: [0, 1] });
  if (ref !== '') return trusted<RefName>(ref);
  const id = await gitText(bound, cwd, ['rev-parse', '--verify', '--quiet', 'HEAD'], {
    answers: [0, 1],
  });
  return isOid(id) ? id : null;
}

/**
 * The ids that a worktree of its own reftable names: files cannot be read as text there.
 * Two processes: `for-each-ref --include-root-refs`, `log -g HEAD`.
 */
export async function reftableOids(bound: Git, cwd: AbsolutePath): Promise<string[]> {
  const refs = await gitText(bound, cwd, [
    'for-each-ref',
    '--include-root-refs',
    '--format=%(objectname) %(refname)',
  ]);
  const own = refs
    .split('\n')
    .filter((line) => !/ refs\/(?:heads|tags|remotes|stash|notes|flight-rules)(?:\/|$)/u.test(line))
    .map((line) => line.split(' ')[0] ?? '');
  return [...own, ...(await reflogOids(bound, cwd, trusted<RefName>('HEAD')))].filter(isOid);
}

/** The ids in the reflog of `ref`, newest first; empty if it has none. One process: `log -g`. */
export async function reflogOids(bound: Git, cwd: AbsolutePath, ref: RefName): Promise<string[]> {
  const text = await gitText(bound, cwd, ['log', '-g', '--format=%H', ref, '--'], {
    answers: [0, 128],
  });
  return text.split('\n').filter(isOid);
}
