/** After a removal, look: success is said only of what is seen. */
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Project } from '../sessions/project.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { isThere } from './disk.ts';
import type { Held } from './held.ts';
import { tipOf, type Becomes } from './removal-refs.ts';
import { directoriesOf } from './trash-places.ts';

/**
 * @param left where the worktree was, `null` if none was moved
 * @throws FlightError `bug` naming everything that is not as it should be
 */
export async function look(
  project: Project,
  { git }: Held,
  entry: TrashEntry,
  { becomes, left }: { becomes: Becomes; left: AbsolutePath | null },
): Promise<void> {
  const there = await directoriesOf(project, entry);
  const problems = [
    left !== null && (await isThere(left)) ? `${left} is still there` : null,
    entry.worktree !== null && there.worktree === null
      ? `${entry.worktree.path} is not there`
      : null,
    entry.privateDir !== null && there.privateDir === null
      ? `${entry.privateDir.path} is not there`
      : null,
    becomes === 'ended' && (await tipOf(git, project, entry.branch)) !== null
      ? `branch ${entry.branch} is still there`
      : null,
  ].filter((problem) => problem !== null);
  if (problems.length > 0) {
    throw new FlightError('bug', { what: `after removing ${entry.name}: ${problems.join('; ')}` });
  }
}
