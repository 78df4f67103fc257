/** Reading trees and writing index entries by object id; worktree files are not looked at. */
import { git, gitFields, gitText, type Git } from './git.ts';
import { isOid, oid, type Oid } from './oid.ts';

export interface IndexEntry {
  readonly path: string;
  /** `null`: the path leaves the index */
  readonly oid: Oid | null;
  /** six octal digits; ignored for one that leaves */
  readonly mode: string;
}

/** Sets index entries of `worktree`. One process: `update-index -z --index-info`. */
export async function setIndexEntries(
  port: Git,
  worktree: string,
  entries: readonly IndexEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const some = entries.find((entry) => entry.oid !== null)?.oid;
  const zeros = '0'.repeat(some?.length ?? 40);
  const stdin = entries
    .map((e) => (e.oid === null ? `0 ${zeros}\t${e.path}\0` : `${e.mode} ${e.oid}\t${e.path}\0`))
    .join('');
  await git(port, worktree, ['update-index', '-z', '--index-info'], {
    stdin,
    uninterruptible: true,
  });
}

/** Brings the stat data of the index up to date. One process: `update-index -q --refresh`. */
export async function refreshIndex(port: Git, worktree: string): Promise<void> {
  await git(
    port,
    worktree,
    ['-c', 'core.fsmonitor=false', 'update-index', '-q', '--refresh'],
    // 1: some entries need an update, which is what a changed file is
    { answers: [0, 1] },
  );
}

/** Mode and oid of `paths` in the tree of `commit`; a path that is not there is left out. */
export async function treeEntries(
  port: Git,
  repository: string,
  commit: Oid,
  paths: readonly string[],
): Promise<Map<string, { mode: string; oid: Oid }>> {
  const found = new Map<string, { mode: string; oid: Oid }>();
  if (paths.length === 0) return found;
  const wanted = new Set(paths);
  const fields = await gitFields(port, repository, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  for (const field of fields) {
    const match = /^(?<mode>\d{6}) \w+ (?<oid>[0-9a-f]+)\t(?<path>[^]*)$/u.exec(field);
    const path = match?.groups?.['path'];
    const id = match?.groups?.['oid'];
    if (path === undefined || !isOid(id) || !wanted.has(path)) continue;
    found.set(path, { mode: match?.groups?.['mode'] ?? '', oid: id });
  }
  return found;
}

/**
 * What git would store for the files at `paths`, in that order; nothing is stored.
 * One process, and one more for each path with a newline in it.
 */
export async function hashFiles(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<Oid[]> {
  const plain = paths.filter((path) => !path.includes('\n'));
  const text =
    plain.length === 0
      ? ''
      : await gitText(port, worktree, ['hash-object', '--stdin-paths'], {
          stdin: `${plain.join('\n')}\n`,
        });
  const hashes = new Map(text.split('\n').map((line, at) => [plain[at] ?? '', line] as const));
  const answer: Oid[] = [];
  for (const path of paths) {
    const known = hashes.get(path);
    answer.push(oid(known ?? (await gitText(port, worktree, ['hash-object', '--', path]))));
  }
  return answer;
}

/** What git would store for these bytes, without filters. One process. */
export async function hashBytes(port: Git, repository: string, bytes: string): Promise<Oid> {
  return oid(await gitText(port, repository, ['hash-object', '--stdin'], { stdin: bytes }));
}
