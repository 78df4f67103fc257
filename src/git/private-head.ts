/**
 * HEAD of a private git dir that may be in the trash: the commit it is at, and moving it without
 * touching index or files. Processes: `rev-parse`; `update-ref --no-deref`, `symbolic-ref`.
 */
import type { AbsolutePath } from '../kernel/path.ts';
import { gitText, type Git } from './git.ts';
import { isOid, type Oid, type RefName } from './oid.ts';

/** The commit HEAD is at, `null` if its branch has none. One process: `rev-parse`. */
export async function headOid(bound: Git, cwd: AbsolutePath): Promise<Oid | null> {
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
