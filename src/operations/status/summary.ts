/** The counts at the top, and the trash at the bottom. */
import { trashBytes } from '../../safety/trash.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { expiresAt } from '../expiry.ts';
import type { SessionStatus, StatusReport } from '../shapes/status.ts';

/** @param looked the sessions that were looked at: `needYou` counts among them */
export function summarise(
  facts: Observation,
  looked: readonly SessionStatus[],
): StatusReport['summary'] {
  const { sessions } = facts;
  const inState = (state: string): number =>
    sessions.filter((one) => (one.record?.state ?? 'active') === state).length;
  const kept = inState('kept');
  const orphaned = sessions.filter((one) => one.health === 'orphaned').length;
  const clashing = looked.filter((one) => one.needs.includes('clash')).length;
  return {
    total: sessions.length,
    active: sessions.filter((one) => one.record?.state === 'active' && one.health !== 'orphaned')
      .length,
    inReview: inState('in-review'),
    orphaned,
    ...(kept > 0 ? { kept } : {}),
    needYou: looked.filter((one) => one.needs.length > 0).length,
    ...(clashing > 0 ? { clashing } : {}),
  };
}

/** So many files of the trash are looked at: reading all of a large one would take seconds. */
const mostFiles = 20_000;

/** How much waits in the trash; its size only if that is quickly told. */
export async function trashSummary(
  project: Project,
  facts: Observation,
): Promise<StatusReport['trash']> {
  const { trash } = facts.registry;
  const oldest = trash.at(-1)?.entry;
  return {
    count: trash.length,
    bytes: await trashBytes(project, facts.registry, mostFiles),
    ...(oldest === undefined ? {} : { oldestExpiresAt: expiresAt(project, oldest) }),
  };
}
