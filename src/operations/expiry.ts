/** When something in the trash may be emptied, by the settings of its project. */
import { isoSeconds } from '../kernel/clock.ts';
import type { Project } from '../sessions/project.ts';
import { expiryOf, type TrashEntry } from '../sessions/trash-entry.ts';

/** ISO 8601 */
export function expiresAt(
  project: Pick<Project, 'settings'>,
  entry: Pick<TrashEntry, 'removedAt'>,
): string {
  return isoSeconds(expiryOf(entry, project.settings.keepDays.value));
}
