/** Where the queue of an owner verifies what is no session's landing. */
import { scratchOf, type Scratch } from '../../integration/scratch.ts';
import type { Project } from '../../sessions/project.ts';

export function queueScratch(
  project: Pick<Project, 'commonDir'>,
  owner: { readonly token: string },
): Scratch {
  return scratchOf(project, `queue-${owner.token}`);
}
