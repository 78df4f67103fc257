/**
 * Who is at work where: one look at the processes for all worktrees. Best first: what an agent says
 * of itself by a hook, while it lives; the lock an agent holds; a process whose working directory
 * is inside. Without any of them activity is unknown (`null`), never "nobody".
 */
import { isoSeconds } from '../kernel/clock.ts';
import { machineIdentity, type MachineIdentity } from '../kernel/machine.ts';
import type { Warning } from '../kernel/outcome.ts';
import { isWithin, type AbsolutePath } from '../kernel/path.ts';
import { callersOwn, type ProcessInfo, type ProcessTable } from '../kernel/process-table.ts';
import { lockOwner, ownerLives, provablyDead } from '../sessions/lock-owner.ts';
import type { Signal } from '../sessions/signal.ts';
import { lifeOf, mostTelling, readSignals } from '../sessions/signals.ts';
import { lookAtProcesses } from './occupants.ts';

interface Activity {
  readonly is: Signal['is'];
  /** ISO 8601 */
  readonly since: string;
  /** what tells: a hook of the agent, its lock, or only a process that stands there */
  readonly source: 'hook' | 'lock' | 'process';
  /** its id, e.g. `claude`, if that is known */
  readonly agent?: string;
  readonly pid: number;
}

/** A worktree that is there, ours or not. */
interface Workplace {
  readonly path: AbsolutePath;
  /** `null` if its registration cannot be read */
  readonly privateDir: AbsolutePath | null;
  readonly locked: string | null;
}

export interface ActivitySource {
  /** all that tell, best first; empty: unknown */
  readonly at: (place: Workplace) => Promise<readonly Activity[]>;
  /** does somebody work there? `false` only if the lock's owner is provably dead and nobody else tells */
  readonly lives: (place: Workplace) => Promise<boolean | null>;
  readonly warnings: readonly Warning[];
}

/** Programs that are started for a moment and say nothing about work. */
const shells = new Set(['sh', 'bash', 'zsh', 'fish', 'dash', 'tmux', 'tmux: server', 'screen']);

const unknown: ActivitySource = { at: async () => [], lives: async () => null, warnings: [] };

/**
 * @param callerPid processes the caller answers for are no sign of work; its signals and locks are
 * @param startedAt when a process began, from its table entry; `null` if that cannot be told
 */
export async function activitySource(
  callerPid: number,
  startedAt: (process: ProcessInfo) => Date | null,
): Promise<ActivitySource> {
  const answer = await lookAtProcesses();
  if (answer.kind === 'unknown') {
    const message = `Who works where could not be found out: ${answer.why}.`;
    return { ...unknown, warnings: [{ code: 'activity-unknown', message }] };
  }
  const { table } = answer;
  // few places, however many processes and worktrees there are
  const cwds = new Set([...table.processes.values()].flatMap(({ cwd }) => cwd ?? []));
  let machine: Promise<MachineIdentity> | null = null;
  const at = async (place: Workplace): Promise<readonly Activity[]> => {
    const said = await signalsAt(place);
    const here = said.length === 0 ? null : await (machine ??= machineIdentity());
    const living = said.filter((one) => here && lifeOf(one, table.processes, here) === 'live');
    return [
      ...mostTelling(living).map(ofSignal),
      ...ofLock(table, place, startedAt),
      ...ofProcess({ table, cwds }, place, callerPid, startedAt),
    ];
  };
  return {
    at,
    lives: async (place) => {
      if ((await at(place)).length > 0) return true;
      const { locked } = place;
      return locked !== null && provablyDead(locked, table.processes) ? false : null;
    },
    warnings: [],
  };
}

/** What cannot be read tells nothing. */
async function signalsAt({ privateDir }: Workplace): Promise<readonly Signal[]> {
  return privateDir === null ? [] : readSignals(privateDir).catch(() => []);
}

function ofSignal({ is, since, agent, pid }: Signal): Activity {
  return { is, since, source: 'hook', agent, pid };
}

type Since = (process: ProcessInfo) => Date | null;

function ofLock({ processes }: ProcessTable, { locked }: Workplace, startedAt: Since): Activity[] {
  const owner = locked === null ? null : lockOwner(locked);
  if (owner === null || owner.agent === null || !ownerLives(owner, processes)) return [];
  const agent = processes.get(owner.pid);
  if (agent === undefined) return [];
  return [{ ...working(agent, startedAt), source: 'lock', agent: owner.agent, pid: owner.pid }];
}

function ofProcess(
  { table: { processes }, cwds }: { table: ProcessTable; cwds: ReadonlySet<string> },
  { path }: Workplace,
  callerPid: number,
  startedAt: Since,
): Activity[] {
  const places = new Set([...cwds].filter((cwd) => isWithin(cwd, path)));
  if (places.size === 0) return [];
  const inside = [...processes.values()].filter(({ cwd }) => cwd !== null && places.has(cwd));
  const own = callersOwn(processes, callerPid, path);
  const others = inside.filter((one) => !own.has(one.pid));
  const found = others.find((one) => !shells.has(one.command)) ?? others[0];
  if (found === undefined) return [];
  return [{ ...working(found, startedAt), source: 'process', pid: found.pid }];
}

function working(process: ProcessInfo, startedAt: Since): Pick<Activity, 'is' | 'since'> {
  return { is: 'working', since: isoSeconds(startedAt(process) ?? new Date(0)) };
}
