/** Sessions that ended: the trash tells, as long as it keeps them. */
import { sessionKey, asSessionName } from '../../sessions/name.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { SessionStatus } from '../shapes/status.ts';

const shown = 20;

/** The last twenty that ended and did not come back, newest first. */
export function endedSessions(facts: Observation): SessionStatus[] {
  const living = new Set<string>(facts.sessions.map((one) => one.key));
  const seen = new Set<string>();
  const ended: SessionStatus[] = [];
  for (const { entry } of facts.registry.trash) {
    const name = asSessionName(entry.name);
    if (name === null || living.has(sessionKey(name)) || seen.has(entry.name)) continue;
    if (entry.strategy === 'rollback' || entry.strategy === 'sync') continue;
    seen.add(entry.name);
    ended.push({
      name: entry.name,
      state: 'ended',
      health: 'ok',
      needs: [],
      branch: entry.branch,
      worktree: null,
      base: { name: entry.record.base.name, ahead: null, behind: null },
      changes: null,
      goals: entry.record.goals,
      startedAt: entry.record.startedAt,
      lastActivityAt: entry.removedAt,
      activity: null,
      endedAt: entry.removedAt,
    });
  }
  return ended.slice(0, shown);
}
