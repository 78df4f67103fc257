/** When something in the trash may be emptied: keepDays after it was removed. */
import type { Project } from '../sessions/project.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';

const dayMs = 86_400_000;

/** ISO 8601 */
export function expiryOf(
  project: Pick<Project, 'settings'>,
  entry: Pick<TrashEntry, 'removedAt'>,
): string {
  const keep = project.settings.keepDays.value * dayMs;
  return new Date(Date.parse(entry.removedAt) + keep).toISOString();
}
