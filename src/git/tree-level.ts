/** What stands at a few places of a tree, without walking all of it. */
import { gitFields, type Git } from './git.ts';
import { isOid, type Oid } from './oid.ts';

export interface TreeEntry {
  /** `040000` (folder), `100644`, `100755`, `120000` (link) or `160000` (submodule) */
  readonly mode: string;
  readonly oid: Oid;
  readonly path: string;
}

/**
 * The entries at `paths` in the tree of `commit`, those that are there. A path that ends with `/`
 * stands for what is in that folder. One process: `ls-tree`.
 */
export async function entriesAt(
  port: Git,
  repository: string,
  commit: Oid,
  paths: readonly string[],
): Promise<readonly TreeEntry[]> {
  const args = ['--no-replace-objects', 'ls-tree', '-z', '--full-tree', commit, '--', ...paths];
  return (await gitFields(port, repository, args)).flatMap((field) => {
    const match = /^(?<mode>\d{6}) \w+ (?<oid>[0-9a-f]+)\t(?<path>[^]*)$/u.exec(field)?.groups;
    const id = match?.['oid'];
    const path = match?.['path'] ?? '';
    // of `docs` and `docs/x` git answers all that is in `docs`
    const asked = paths.some((one) => (one.endsWith('/') ? path.startsWith(one) : path === one));
    return isOid(id) && asked ? [{ mode: match?.['mode'] ?? '', oid: id, path }] : [];
  });
}
