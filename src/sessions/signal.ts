/**
 * What an agent says about its work in a worktree: one small file per agent process in the private
 * git dir, `flight-rules/activity/<agent>-<pid>.json`, written by hooks (`agents/`), read here.
 *
 * A signal means something only while its process lives (pid, start time and boot say so), so a
 * file that stays behind is harmless. Nothing heavy is imported: a hook must be quick.
 */
import type { MachineIdentity } from '../kernel/machine.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';

export const signalStates = ['waiting', 'working', 'idle'] as const;
type SignalState = (typeof signalStates)[number];

export interface Signal extends MachineIdentity {
  readonly schema: 1;
  /** `claude`, `codex`, … */
  readonly agent: string;
  readonly is: SignalState;
  /** ISO 8601: since when it is so */
  readonly since: string;
  /** ISO 8601 with milliseconds: when it said so last */
  readonly at: string;
  readonly pid: number;
  /** as the process table gives it */
  readonly startTime: string;
  /** the agent's own id of its conversation */
  readonly session?: string;
  /** where the agent stood */
  readonly cwd: string;
}

export function activityFolder(privateDir: AbsolutePath): AbsolutePath {
  return below(privateDir, 'flight-rules', 'activity');
}

export function signalFile({ agent, pid }: Pick<Signal, 'agent' | 'pid'>): string {
  return `${agent}-${pid}.json`;
}

/** Is it the name of a signal? Others in the folder are half written. */
export function isSignalFile(name: string): boolean {
  return /^[a-z]+-[1-9]\d*\.json$/u.test(name);
}

/** The door: `null` for what is no signal, or one of a later version. */
export function parseSignal(content: string): Signal | null {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const text = (key: string): string => {
    const field: unknown = Reflect.get(value, key);
    return typeof field === 'string' ? field : '';
  };
  const is = signalStates.find((state) => state === text('is'));
  const pid: unknown = Reflect.get(value, 'pid');
  const session = text('session');
  const signal = {
    agent: text('agent'),
    since: text('since'),
    at: text('at'),
    startTime: text('startTime'),
    bootId: text('bootId'),
    pidNamespace: text('pidNamespace'),
    host: text('host'),
    cwd: text('cwd'),
  };
  if (Reflect.get(value, 'schema') !== 1 || is === undefined) return null;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return null;
  if (signal.agent === '' || signal.since === '' || signal.startTime === '') return null;
  return { schema: 1, ...signal, is, pid, ...(session === '' ? {} : { session }) };
}
