/**
 * Mends the links of a session whose folder, or whose whole project, was moved by hand. Only what
 * proves to be ours by token and link is rewritten; `git worktree repair` would also take over
 * the worktrees of a copy. No file of the session changes but its link; killed half-way, the
 * session still counts as moved and is mended again.
 */
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import type { Project } from '../sessions/project.ts';
import type { Held } from './held.ts';
import { link } from './admin-entry.ts';
import { replaceRecord } from './registration.ts';
import { relinkSubmodules } from './submodule-links.ts';

/** @param session freshly observed, its place `moved` */
export async function mendMoved(
  project: Project,
  held: Held,
  session: SessionFacts,
): Promise<void> {
  const { place, record, recordOid } = session;
  if (place.kind !== 'moved' || record === null || recordOid === null) {
    throw new FlightError('plan-changed', { name: session.name, what: 'The place' });
  }
  faultPoint('mend.modules:before');
  await relinkSubmodules(held.git, place.privateDir, place.from, place.to);
  faultPoint('mend.link:before');
  await link(place.to, place.privateDir);
  faultPoint('mend.link:after');
  if (record.worktree !== place.to) {
    const moved = { ...record, worktree: place.to };
    await replaceRecord(held.git, project, session.key, recordOid, moved);
  }
  faultPoint('mend.record:after');
}
