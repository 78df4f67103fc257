/**
 * HEAD of a private git dir that may be in the trash: what it is and at which commit, and moving
 * it without touching index or files. Processes: `rev-parse` and `symbolic-ref` where the file
 * does not tell; `update-ref --no-deref`, `symbolic-ref`.
 */
import type { AbsolutePath } from '../kernel/path.ts';
import { gitText, type Git } from './git.ts';
import { branchOf, isOid, type BranchName, type Oid, type RefName } from './oid.ts';
import { atPrivateDir, headFile, headOf } from './private-dir.ts';

export interface Head {
  /** a ref, a commit (detached), or `null` for neither */
  readonly is: RefName | Oid | null;
  readonly at: Oid | null;
}

/**
 * HEAD of the worktree behind `privateDir`. No process where it is an ordinary file that names a
 * branch or a commit (with reftables it names no branch that could be, and git is asked).
 * @param branches all local branches and their tips, as just read
 */
export async function headIn(
  port: Git,
  commonDir: AbsolutePath,
  privateDir: AbsolutePath,
  branches: ReadonlyMap<BranchName, Oid>,
): Promise<Head> {
  const is = await headFile(privateDir);
  if (isOid(is)) return { is, at: is };
  const branch = is === null ? null : branchOf(is);
  if (branch !== null) return { is, at: branches.get(branch) ?? null };
  const bound = atPrivateDir(port, commonDir, privateDir);
  const [asked, at] = await Promise.all([headOf(bound, commonDir), headOid(bound, commonDir)]);
  return { is: asked, at };
}

/** The commit HEAD is at, `null` if its branch has none. One process: `rev-parse`. */
async function headOid(bound: Git, cwd: AbsolutePath): Promise<Oid | null> {
  const args = ['rev-parse', '--verify', '--quiet', 'HEAD'];
  const id = await gitText(bound, cwd, args, { answers: [0, 1] });
  return isOid(id) ? id : null;
}

/** HEAD is at `at` and on no branch. One process: `update-ref`. */
export async function detachHead(bound: Git, cwd: AbsolutePath, at: Oid): Promise<void> {
  await gitText(bound, cwd, ['update-ref', '--no-deref', 'HEAD', at]);
}

/** HEAD is on `ref`. One process: `symbolic-ref`. */
export async function attachHead(bound: Git, cwd: AbsolutePath, ref: RefName): Promise<void> {
  await gitText(bound, cwd, ['symbolic-ref', 'HEAD', ref]);
}
