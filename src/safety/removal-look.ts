/**
 * After a removal, look: success is said only of what is seen. One process: `for-each-ref` (what
 * we have just written ourselves is not read back from git).
 */
import { FlightError } from '../kernel/errors.ts';
import { trusted } from '../kernel/brand.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { BranchName, Oid } from '../git/oid.ts';
import type { Project } from '../sessions/project.ts';
import { readRegistry, trashRef, type Registry } from '../sessions/registry.ts';
import { isThere } from './disk.ts';
import type { Held } from './held.ts';
import type { Removal } from './removal-refs.ts';
import { directoriesOf, seqOf } from './trash-places.ts';

/**
 * @param at the pin, and where the worktree was (`null` if none was moved)
 * @returns the registry as it is now
 * @throws FlightError `bug` naming everything that is not as it should be
 */
export async function look(
  project: Project,
  { git }: Held,
  { key, entry, becomes }: Removal,
  { pin, left }: { readonly pin: Oid; readonly left: AbsolutePath | null },
): Promise<Registry> {
  const [there, registry] = await Promise.all([
    directoriesOf(project, entry),
    readRegistry(git, project.commonDir),
  ]);
  const record = registry.sessions.get(key);
  const pinned = registry.trash.find(({ ref }) => ref === trashRef(key, seqOf(entry.id)));
  const problems = [
    left !== null && (await isThere(left)) ? `${left} is still there` : null,
    entry.worktree !== null && there.worktree === null
      ? `${entry.worktree.path} is not there`
      : null,
    entry.privateDir !== null && there.privateDir === null
      ? `${entry.privateDir.path} is not there`
      : null,
    pinned?.pin === pin ? null : `its entry is not in the trash`,
    becomes === 'ended' && registry.branches.has(trusted<BranchName>(entry.branch))
      ? `branch ${entry.branch} is still there`
      : null,
    becomes === 'ended' && record !== undefined ? 'its record is still there' : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0) {
    throw new FlightError('bug', { what: `after removing ${entry.name}: ${problems.join('; ')}` });
  }
  return registry;
}
