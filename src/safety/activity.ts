/**
 * Who is at work where: one look at the processes for all sessions. The signal is a process whose
 * working directory is in the worktree, or the lock an agent holds on it; without one, activity
 * is unknown (`null`), never "nobody".
 */
import { isoSeconds } from '../kernel/clock.ts';
import type { Warning } from '../kernel/outcome.ts';
import { absolute, isWithin, type AbsolutePath } from '../kernel/path.ts';
import { callersOwn, type ProcessInfo, type ProcessTable } from '../kernel/process-table.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { lockOwner, ownerLives } from '../sessions/lock-owner.ts';
import { lookAtProcesses } from './occupants.ts';

interface Activity {
  readonly is: 'working';
  /** ISO 8601 */
  readonly since: string;
  /** `claude`, or `process` for a working directory */
  readonly source: string;
  readonly pid: number;
}

export interface ActivitySource {
  readonly of: (session: SessionFacts) => Activity | null;
  readonly warnings: readonly Warning[];
}

/** Programs that are started for a moment and say nothing about work. */
const shells = new Set(['sh', 'bash', 'zsh', 'fish', 'dash', 'tmux', 'tmux: server', 'screen']);

/**
 * @param callerPid processes the caller answers for are left out
 * @param startedAt when a process began, from its table entry; `null` if that cannot be told
 */
export async function activities(
  sessions: readonly SessionFacts[],
  callerPid: number,
  startedAt: (process: ProcessInfo) => Date | null,
): Promise<ActivitySource> {
  if (!sessions.some((one) => one.place.kind === 'present'))
    return { of: () => null, warnings: [] };
  const answer = await lookAtProcesses();
  if (answer.kind === 'unknown') {
    const message = `Who works where could not be found out: ${answer.why}.`;
    return { of: () => null, warnings: [{ code: 'activity-unknown', message }] };
  }
  const { table } = answer;
  const cwds = new Set([...table.processes.values()].flatMap(({ cwd }) => cwd ?? []));
  return {
    of: (session) =>
      session.place.kind === 'present'
        ? find({ table, cwds }, session.place, callerPid, startedAt)
        : null,
    warnings: [],
  };
}

interface Looked {
  readonly table: ProcessTable;
  /** where anybody runs at all: few places, however many processes and sessions there are */
  readonly cwds: ReadonlySet<string>;
}

function find(
  { table, cwds }: Looked,
  place: { readonly path: AbsolutePath; readonly locked: string | null },
  callerPid: number,
  startedAt: (process: ProcessInfo) => Date | null,
): Activity | null {
  const { processes } = table;
  const owner = place.locked === null ? null : lockOwner(place.locked);
  if (owner?.agent === 'claude' && ownerLives(owner, processes)) {
    const agent = processes.get(owner.pid);
    if (agent !== undefined) return activity(agent, owner.agent, startedAt);
  }
  const places = new Set([...cwds].filter((cwd) => isWithin(cwd, place.path)));
  if (places.size === 0) return null;
  const inside = [...processes.values()].filter(({ cwd }) => cwd !== null && places.has(cwd));
  const own = callersOwn(processes, callerPid, absolute(place.path));
  const others = inside.filter((one) => !own.has(one.pid));
  const found = others.find((one) => !shells.has(one.command)) ?? others[0];
  return found === undefined ? null : activity(found, 'process', startedAt);
}

function activity(
  process: ProcessInfo,
  source: string,
  startedAt: (process: ProcessInfo) => Date | null,
): Activity {
  const since = startedAt(process) ?? new Date(0);
  return { is: 'working', since: isoSeconds(since), source, pid: process.pid };
}
