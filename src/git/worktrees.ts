/**
 * The registered worktrees. `worktree list` gives paths, HEADs, branches and locks; the admin id
 * (the folder below `<common dir>/worktrees`) is read from the file system and joined by path.
 */
import { readdir } from 'node:fs/promises';
import { trusted } from '../kernel/brand.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { gitFields, type Git } from './git.ts';
import { branchOf, isNull, type BranchName, type Oid } from './oid.ts';
import { readWorktrees } from './read-worktrees.ts';
import { isRace, retryOnRace } from './retry.ts';

export interface Worktree {
  readonly path: AbsolutePath;
  /** `null` for the main worktree, a bare repository, or if it could not be found out */
  readonly adminId: string | null;
  /** the first of the list: the main worktree, or the bare repository itself */
  readonly main: boolean;
  readonly bare: boolean;
  readonly head: Oid | null;
  /** `null` if HEAD is detached */
  readonly branch: BranchName | null;
  /** the reason (may be empty), or `null` if it is not locked */
  readonly locked: string | null;
  readonly prunable: boolean;
}

/**
 * All registered worktrees, the main one first.
 * One process: `worktree list --porcelain -z`, retried while another process makes or moves one.
 * Where that goes on failing, somebody was killed while he made one: see `read-worktrees.ts`.
 */
export async function listWorktrees(port: Git, commonDir: AbsolutePath): Promise<Worktree[]> {
  let fields: string[];
  try {
    fields = await retryOnRace(() =>
      gitFields(port, commonDir, ['worktree', 'list', '--porcelain', '-z']),
    );
  } catch (error) {
    if (!isRace(error)) throw error;
    return readWorktrees(port, commonDir);
  }
  const ids = await adminIds(commonDir);
  return parseWorktrees(fields).map((worktree) => ({
    ...worktree,
    adminId: worktree.main ? null : (ids.get(worktree.path) ?? null),
  }));
}

/** Pure: the records of `worktree list --porcelain -z`, without admin ids. */
function parseWorktrees(fields: readonly string[]): Worktree[] {
  const worktrees: Worktree[] = [];
  let current: { -readonly [K in keyof Worktree]: Worktree[K] } | null = null;
  for (const field of fields) {
    const space = field.indexOf(' ');
    const key = space < 0 ? field : field.slice(0, space);
    const value = space < 0 ? '' : field.slice(space + 1);
    if (key === 'worktree') {
      current = {
        path: absolute(value),
        adminId: null,
        main: worktrees.length === 0,
        bare: false,
        head: null,
        branch: null,
        locked: null,
        prunable: false,
      };
      worktrees.push(current);
    } else if (current === null) continue;
    else if (key === 'HEAD') current.head = isNull(value) ? null : trusted(value);
    else if (key === 'branch') current.branch = branchOf(value);
    else if (key === 'bare') current.bare = true;
    else if (key === 'locked') current.locked = value;
    else if (key === 'prunable') current.prunable = true;
  }
  return worktrees;
}

/** Path of a worktree to its admin id, from the `gitdir` files; half-made entries are left out. */
async function adminIds(commonDir: AbsolutePath): Promise<Map<string, string>> {
  const folder = below(commonDir, 'worktrees');
  const ids = new Map<string, string>();
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    return ids;
  }
  await Promise.all(
    names.map(async (id) => {
      try {
        ids.set(await registeredPath(commonDir, id), id);
      } catch {
        // half-made, or being removed by somebody: git does not list it either
      }
    }),
  );
  return ids;
}

/** Where admin entry `id` says its worktree is. @throws if the entry has no readable `gitdir` */
export async function registeredPath(commonDir: AbsolutePath, id: string): Promise<AbsolutePath> {
  return registeredIn(below(commonDir, 'worktrees', id));
}

/** Where private git dir `admin` says its worktree is. @throws if it has no readable `gitdir` */
export async function registeredIn(admin: AbsolutePath): Promise<AbsolutePath> {
  const text = (await readRegularText(below(admin, 'gitdir'))).trimEnd();
  // git was killed between making and writing it
  if (text === '') throw Object.assign(new Error(`${admin}/gitdir is empty`), { code: 'ENOENT' });
  return absolute(text.replace(/\/\.git$/u, ''), admin);
}
