/**
 * Which objects are here, and of what type, asked without fetching any: in a partial clone a
 * plain question about a promised object would go to the network.
 */
import type { AbsolutePath } from '../kernel/path.ts';
import { git, type Git } from './git.ts';
import { isOid, type Oid } from './oid.ts';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/**
 * The types of those of `oids` that are here. One process: `cat-file --batch-check`; in a partial
 * clone over all local objects, which asks nobody.
 */
export async function localObjectTypes(
  port: Git,
  repository: AbsolutePath,
  oids: ReadonlySet<string>,
  clone: 'whole' | 'partial',
): Promise<Map<Oid, ObjectType>> {
  const found = new Map<Oid, ObjectType>();
  if (oids.size === 0) return found;
  const format = '--batch-check=%(objectname) %(objecttype)';
  const { stdout } =
    clone === 'partial'
      ? await git(port, repository, ['cat-file', format, '--batch-all-objects', '--unordered'])
      : await git(port, repository, ['cat-file', format], {
          stdin: `${[...oids].join('\n')}\n`,
        });
  for (const line of stdout.toString('latin1').split('\n')) {
    const [id, type] = line.split(' ');
    if (isOid(id) && isType(type) && oids.has(id)) found.set(id, type);
  }
  return found;
}

function isType(text: string | undefined): text is ObjectType {
  return text === 'commit' || text === 'tree' || text === 'blob' || text === 'tag';
}
