/**
 * What a queue whose owner died has left beside its ref: the scratch worktree it verified in. The
 * queue itself stays, for `land --resume`. Under the lock, with every change; costs one look at a
 * folder where there is none.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ownerState } from '../../kernel/owner.ts';
import { removeScratch } from '../../integration/scratch.ts';
import type { Held } from '../../safety/held.ts';
import type { Project } from '../../sessions/project.ts';
import { queueScratch } from './scratch-place.ts';

/** By the names of the folders alone: of a queue that is gone by now nothing else tells. */
export async function recoverQueue(project: Project, held: Held): Promise<void> {
  const { folder: sample } = queueScratch(project, { token: '' });
  const prefix = basename(sample);
  const found = await readdir(dirname(sample)).catch((): string[] => []);
  const left = found.filter((name) => name.startsWith(prefix));
  if (left.length === 0) return;
  const { readQueue } = await import('../../sessions/queue.ts');
  const stored = await readQueue(held.git, project.commonDir);
  // its owner is not known here, and may be verifying in there
  if (stored?.newer === true) return;
  const owner = stored?.queue?.owner;
  for (const name of left) {
    const token = name.slice(prefix.length);
    // a scratch is made after its queue was written, and goes before that ends
    if (owner?.token === token && (await ownerState({ ...owner })) !== 'dead') continue;
    await removeScratch(project, queueScratch(project, { token }).folder);
  }
}
