/**
 * The index of a checkout: what stands in it, single entries put in by object id. Files are not
 * touched here but by `checkoutFromIndex`. `hashFiles` says which blob a file would become,
 * with the user's filters, without storing it.
 */
import { join } from 'node:path';
import { git, gitFields, gitWith, type Git } from './git.ts';
import type { Change, Side } from './diff.ts';
import { isOid, type Oid } from './oid.ts';

export interface IndexEntry extends Side {
  readonly path: string;
  readonly stage: number;
  /** not in the checkout on purpose (sparse checkout) */
  readonly skipped: boolean;
}

/** All entries. One process: `ls-files -s -v`. */
export async function readIndex(port: Git, worktree: string): Promise<IndexEntry[]> {
  const fields = await gitFields(port, worktree, ['ls-files', '-z', '-s', '-v', '--full-name']);
  return fields.flatMap((field) => {
    const match =
      /^(?<tag>[A-Za-z]) (?<mode>\d+) (?<oid>[0-9a-f]+) (?<stage>\d)\t(?<path>[^]*)$/u.exec(field);
    const { tag = '', mode = '', oid = '', stage = '0', path = '' } = match?.groups ?? {};
    if (!isOid(oid)) return [];
    return [{ path, mode, oid, stage: Number(stage), skipped: tag.toUpperCase() === 'S' }];
  });
}

/** Puts `side` (`null`: no entry) at each path. One process: `update-index --index-info`. */
export async function putIntoIndex(
  port: Git,
  worktree: string,
  entries: readonly { readonly path: string; readonly side: Side | null }[],
  zero: Oid,
): Promise<void> {
  if (entries.length === 0) return;
  const stdin = entries
    .map(({ path, side }) => `${side?.mode ?? '0'} ${side?.oid ?? zero}\t${path}\0`)
    .join('');
  await git(port, worktree, ['update-index', '-z', '--index-info'], {
    stdin,
    uninterruptible: true,
  });
}

/** Marks paths as not in the checkout. One process: `update-index --skip-worktree`. */
export async function skipInCheckout(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  await git(port, worktree, ['update-index', '--skip-worktree', '-z', '--stdin'], {
    stdin: paths.map((path) => `${path}\0`).join(''),
    uninterruptible: true,
  });
}

/** Writes files as the index has them, where nothing stands. One process: `checkout-index`. */
export async function checkoutFromIndex(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  await git(port, worktree, ['checkout-index', '--index', '-z', '--stdin'], {
    stdin: paths.map((path) => `${path}\0`).join(''),
    uninterruptible: true,
  });
}

/**
 * The paths of `tree` that a sparse checkout would leave out. git applies the patterns only where
 * it writes files: so it writes them, into `room`, an empty folder that the caller removes.
 * Up to three processes: `config`, `read-tree`, `ls-files`.
 */
export async function leftOutBySparse(
  port: Git,
  where: { readonly worktree: string; readonly privateDir: string; readonly room: string },
  tree: Oid,
): Promise<Set<string>> {
  const args = ['config', '--type=bool', '--get', 'core.sparseCheckout'];
  const { stdout } = await git(port, where.worktree, args, { answers: [0, 1] });
  if (stdout.toString('utf8').trim() !== 'true') return new Set();
  const apart = gitWith(port, {
    GIT_DIR: where.privateDir,
    GIT_WORK_TREE: where.room,
    GIT_INDEX_FILE: join(where.room, '.git-index'),
  });
  await git(apart, where.room, ['-c', 'core.hooksPath=/dev/null', 'read-tree', '-m', '-u', tree]);
  const entries = await readIndex(apart, where.room);
  return new Set(entries.filter((entry) => entry.skipped).map((entry) => entry.path));
}

/**
 * The blobs that regular files would become, by path. Paths with newlines are left out: git could
 * not be told. One process: `hash-object --stdin-paths`.
 */
export async function hashFiles(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<Map<string, Oid>> {
  const asked = paths.filter((path) => !path.includes('\n'));
  if (asked.length === 0) return new Map();
  const args = ['-c', 'core.safecrlf=false', 'hash-object', '--stdin-paths'];
  // a quote at the start would be read as git's own quoting
  const stdin = asked.map((path) => `${path.startsWith('"') ? './' : ''}${path}\n`).join('');
  const { stdout } = await git(port, worktree, args, { stdin });
  const ids = stdout.toString('utf8').split('\n');
  return new Map(
    asked.flatMap((path, at) => {
      const id = ids[at];
      return isOid(id) ? [[path, id] as const] : [];
    }),
  );
}

/** The bytes a blob has in a checkout, filters applied. One process: `cat-file --filters`. */
export async function smudged(
  port: Git,
  worktree: string,
  path: string,
  blob: Oid,
): Promise<Buffer> {
  return (await git(port, worktree, ['cat-file', '--filters', `--path=${path}`, blob])).stdout;
}

export function sameSide(a: Side | null | undefined, b: Side | null | undefined): boolean {
  return (a?.oid ?? '') === (b?.oid ?? '') && (a?.mode ?? '') === (b?.mode ?? '');
}

/** The changes by path. */
export function byPath(changes: readonly Change[]): Map<string, Change> {
  return new Map(changes.map((change) => [change.path, change]));
}
