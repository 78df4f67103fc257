/**
 * The registered worktrees, read from their files. For the one case in which git cannot list any:
 * a `git worktree add` that was killed while it wrote has left an empty `commondir` or `HEAD`, and
 * from then on `git worktree list` fails for the whole repository, until somebody takes the rest
 * of that entry away. Entries that are not whole are left out.
 *
 * Processes: `for-each-ref` for the tips, `config` for `core.bare`.
 */
import { access, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { trusted } from '../kernel/brand.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { gitText, type Git } from './git.ts';
import { branchOf, isNull, isOid, type Oid } from './oid.ts';
import { listRefs } from './refs.ts';
import type { Worktree } from './worktrees.ts';

/** All worktrees whose entries are whole, the main one first. */
export async function readWorktrees(port: Git, commonDir: AbsolutePath): Promise<Worktree[]> {
  const refs = await listRefs(port, commonDir, ['refs/heads/']);
  const tips = new Map<string, Oid>(refs.map((ref) => [ref.name, ref.oid]));
  const args = ['config', '--type=bool', '--get', 'core.bare'];
  const bare = (await gitText(port, commonDir, args, { answers: [0, 1] })) === 'true';
  const main: Worktree = {
    path: basename(commonDir) === '.git' ? absolute(dirname(commonDir)) : commonDir,
    adminId: null,
    main: true,
    bare,
    ...(bare ? { head: null, branch: null } : headOf(await textOf(commonDir, 'HEAD'), tips)),
    locked: null,
    prunable: false,
  };
  const ids = await readdir(below(commonDir, 'worktrees')).catch(() => []);
  const linked = await Promise.all(ids.map((id) => readEntry(commonDir, id, tips)));
  return [main, ...linked.filter((one) => one !== null)];
}

async function readEntry(
  commonDir: AbsolutePath,
  id: string,
  tips: ReadonlyMap<string, Oid>,
): Promise<Worktree | null> {
  const admin = below(commonDir, 'worktrees', id);
  const [gitdir, common, head, locked] = await Promise.all(
    ['gitdir', 'commondir', 'HEAD', 'locked'].map((name) => textOf(admin, name)),
  );
  if (!gitdir || !common || !head) return null;
  const path = absolute(gitdir.replace(/\/\.git$/u, ''), admin);
  const there = await access(below(path, '.git')).then(
    () => true,
    () => false,
  );
  return {
    path,
    adminId: id,
    main: false,
    bare: false,
    ...headOf(head, tips),
    locked: locked ?? null,
    prunable: !there,
  };
}

function headOf(
  text: string | null,
  tips: ReadonlyMap<string, Oid>,
): Pick<Worktree, 'head' | 'branch'> {
  const ref = /^ref: (?<name>.+)$/u.exec(text ?? '')?.groups?.['name'];
  if (ref !== undefined) return { head: tips.get(ref) ?? null, branch: branchOf(ref) };
  const detached = text !== null && isOid(text) && !isNull(text) ? trusted<Oid>(text) : null;
  return { head: detached, branch: null };
}

/** `null` if it is not there, or cannot be read. */
async function textOf(folder: AbsolutePath, name: string): Promise<string | null> {
  const text = await readRegularText(below(folder, name)).catch(() => null);
  return text?.trimEnd() ?? null;
}
