/**
 * What stands in trees, and what changed between two. Plumbing (`ls-tree`, `diff-tree`) only: it does not listen to the user's
 * settings for renames, prefixes, external programs or colours; what remains is stated.
 */
import { git, gitFields, splitNul, type Git } from './git.ts';
import { isNull, isOid, oid, type Oid } from './oid.ts';

/** One path that differs. `null` on a side where it does not exist. */
export interface Change {
  readonly path: string;
  readonly before: Side | null;
  readonly after: Side | null;
}

export interface Side {
  /** `100644`, `100755`, `120000` (link) or `160000` (submodule) */
  readonly mode: string;
  readonly oid: Oid;
}

const raw = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', '--no-abbrev'];

/** The paths that differ between two trees or commits. One process: `diff-tree --raw`. */
export async function changedPaths(port: Git, cwd: string, a: Oid, b: Oid): Promise<Change[]> {
  return parseRaw(await gitFields(port, cwd, ['--no-replace-objects', ...raw, a, b]));
}

/** As `changedPaths`, of each of `commits` against its first parent. One process. */
export async function changesOfCommits(
  port: Git,
  cwd: string,
  commits: readonly Oid[],
): Promise<Map<Oid, Change[]>> {
  const changes = new Map<Oid, Change[]>();
  if (commits.length === 0) return changes;
  const args = ['--no-replace-objects', ...raw, '--stdin', '-m', '--root'];
  const { stdout } = await git(port, cwd, args, { stdin: `${commits.join('\n')}\n` });
  let current: string[] = [];
  let commit: Oid | null = null;
  const close = (): void => {
    if (commit !== null && !changes.has(commit)) changes.set(commit, parseRaw(current));
  };
  for (const field of splitNul(stdout)) {
    if (current.length % 2 === 0 && isOid(field)) {
      close();
      commit = field;
      current = [];
    } else current.push(field);
  }
  close();
  return changes;
}

/** Pure: pairs of `:<mode> <mode> <oid> <oid> <letter>` and path. */
function parseRaw(fields: readonly string[]): Change[] {
  const changes: Change[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [before, after, from, to] = (fields[i] ?? '').slice(1).split(' ');
    changes.push({
      path: fields[i + 1] ?? '',
      before: side(before, from),
      after: side(after, to),
    });
  }
  return changes;
}

/** Pure: one side of a raw difference; `null` where there is nothing. */
export function side(mode = '', id = ''): Side | null {
  return mode === '000000' || isNull(id) ? null : { mode, oid: oid(id) };
}

/** True if both are the same blob with the same mode, or both are nothing. */
export function sameSide(a: Side | null | undefined, b: Side | null | undefined): boolean {
  return (a?.oid ?? '') === (b?.oid ?? '') && (a?.mode ?? '') === (b?.mode ?? '');
}

/** What stands at `paths` in the tree of `commit`; a path that is not there is left out. */
export async function treeEntries(
  port: Git,
  repository: string,
  commit: Oid,
  paths: readonly string[],
): Promise<Map<string, Side>> {
  const found = new Map<string, Side>();
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
 * The whole difference as text, byte for byte, binary files in full, without context lines, blob
 * ids and line numbers: what was done, not where. One process: `diff-tree -p`.
 */
export async function wholeDiff(port: Git, cwd: string, a: Oid, b: Oid): Promise<Buffer> {
  const { stdout } = await git(port, cwd, [
    '--no-replace-objects',
    '-c',
    'core.quotePath=true',
    '-c',
    'diff.suppressBlankEmpty=false',
    'diff-tree',
    '-r',
    '-p',
    '--binary',
    '--full-index',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--submodule=short',
    '--diff-algorithm=myers',
    '--unified=0',
    '--inter-hunk-context=0',
    a,
    b,
  ]);
  return withoutPositions(stdout);
}

/** Pure: drops `index …` lines of file heads and the numbers and function names of `@@` lines. */
function withoutPositions(diff: Buffer): Buffer {
  // latin1 keeps every byte as one character
  const kept: string[] = [];
  let left = { removed: 0, added: 0 };
  for (const line of diff.toString('latin1').split('\n')) {
    const inHunk = left.removed > 0 || left.added > 0;
    if (inHunk) {
      if (line.startsWith('-')) left = { ...left, removed: left.removed - 1 };
      else if (line.startsWith('+')) left = { ...left, added: left.added - 1 };
      kept.push(line);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(?<removed>\d+))? \+\d+(?:,(?<added>\d+))? @@/u.exec(line);
    if (hunk !== null) {
      left = {
        removed: Number(hunk.groups?.['removed'] ?? 1),
        added: Number(hunk.groups?.['added'] ?? 1),
      };
      kept.push('@@');
    } else if (!/^index [0-9a-f]{40,64}\.\.[0-9a-f]{40,64}/u.test(line)) kept.push(line);
  }
  return Buffer.from(kept.join('\n'), 'latin1');
}
