/**
 * Who else works in a session: processes whose working directory is inside, and agents that say
 * they are at work. The caller and its own (see `callersOwn`) do not count.
 */
import { realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Holder } from '../kernel/catalogue/entry.ts';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import {
  ancestors,
  callersOwn,
  commandOf,
  processesWithin,
  readProcessTable,
  type ProcessInfo,
  type ProcessTable,
} from '../kernel/process-table.ts';
import { machineIdentity } from '../kernel/machine.ts';
import { lockOwner, ownerLives } from '../sessions/lock-owner.ts';
import type { Signal } from '../sessions/signal.ts';
import { lifeOf, readSignals } from '../sessions/signals.ts';

/** Who might be there too, and cannot be told from here. */
interface Unseen {
  /** how many processes could not be looked at */
  readonly hidden: number;
  /** agents that said they work there, on another machine or in another container */
  readonly elsewhere?: readonly Holder[];
}

export type Occupants =
  | ({ readonly kind: 'free' } & Unseen)
  | ({ readonly kind: 'in-use'; readonly by: readonly Holder[] } & Unseen)
  /** `renameRefuses`: the system itself does not let a folder go in which somebody works */
  | { readonly kind: 'unknown'; readonly why: string; readonly renameRefuses?: boolean };

/** The processes of this machine, or why they could not be listed. */
export type TableAnswer =
  | { readonly kind: 'known'; readonly table: ProcessTable }
  | { readonly kind: 'unknown'; readonly why: string };

/** One look at the processes, for all questions of one preflight. Never throws. */
export async function lookAtProcesses(): Promise<TableAnswer> {
  try {
    return { kind: 'known', table: await readProcessTable() };
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

/** How often, and how far apart, it is looked whether a git in the folder is only passing. */
const passing = { looks: 10, pauseMs: 50 } as const;

/** The worktree that is asked about. */
export interface Occupied {
  readonly path: AbsolutePath;
  /** where agents leave their signals; without it none are read */
  readonly privateDir?: AbsolutePath;
  readonly locked: string | null;
}

/**
 * Who else works in the worktree at `place.path`. What a passing git has done there is to be
 * asked afterwards.
 * @param callerPid the process that was asked to do something there
 */
export async function occupants(
  place: Occupied,
  callerPid: number,
  looked?: TableAnswer,
): Promise<Occupants> {
  let found = await lookOnce(place, callerPid, looked);
  for (let look = 1; look <= passing.looks && found.kind === 'in-use'; look += 1) {
    // what is to become a git is called like its parent for a moment: anybody is looked at twice
    if (look > 1 && !onlyGit(found.by)) break;
    await sleep(passing.pauseMs);
    found = await lookOnce(place, callerPid);
  }
  return found;
}

function onlyGit(by: readonly Holder[]): boolean {
  return by.every(({ command }) => command !== undefined && isGit.test(command));
}

/** A command line whose program is git. */
const isGit = /^(?:\S*\/)?git(?: |$)/u;

async function lookOnce(
  place: Occupied,
  callerPid: number,
  looked?: TableAnswer,
): Promise<Occupants> {
  const answer = looked ?? (await lookAtProcesses());
  if (answer.kind === 'unknown') {
    return { ...answer, renameRefuses: process.platform === 'win32' };
  }
  const { processes } = answer.table;
  const directory = await realpathOf(place.path);
  const own = callersOwn(processes, callerPid, directory);
  const { inside, hidden } = await processesWithin(directory, answer.table);
  const others: Holder[] = inside
    .filter(({ pid }) => !own.has(pid))
    .map(({ pid, command }) => ({ pid, command }));
  const locker = lockingProcess(place.locked, answer.table);
  const add = (one: Holder): void => {
    const at = others.findIndex(({ pid }) => pid === one.pid);
    if (at < 0) others.push(one);
    else others[at] = { ...others[at], ...one };
  };
  if (locker !== null && !own.has(locker.pid)) {
    add({ pid: locker.pid, command: await commandOf(locker) });
  }
  const said = await signalsAt(place, answer.table);
  if (said.kind === 'unknown') return said;
  const callers = new Set([...own, ...ancestors(processes, callerPid).map(({ pid }) => pid)]);
  for (const { pid, agent, since } of said.live) {
    const process = processes.get(pid);
    if (callers.has(pid) || process === undefined) continue;
    add({ agent, pid, since, command: await commandOf(process) });
  }
  const unseen = {
    hidden,
    ...(said.elsewhere.length === 0 ? {} : { elsewhere: said.elsewhere.map(ofSignal) }),
  };
  if (others.length === 0) return { kind: 'free', ...unseen };
  return { kind: 'in-use', by: others.toSorted((a, b) => a.pid - b.pid), ...unseen };
}

type Said =
  | {
      readonly kind: 'read';
      readonly live: readonly Signal[];
      readonly elsewhere: readonly Signal[];
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** What agents say of themselves. A folder that cannot be read is not an empty one. */
async function signalsAt({ privateDir }: Occupied, { processes }: ProcessTable): Promise<Said> {
  try {
    const all = privateDir === undefined ? [] : await readSignals(privateDir);
    if (all.length === 0) return { kind: 'read', live: [], elsewhere: [] };
    const here = await machineIdentity();
    const of = (life: string): readonly Signal[] =>
      all.filter((signal) => lifeOf(signal, processes, here) === life);
    return { kind: 'read', live: of('live'), elsewhere: of('unseen') };
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

function ofSignal({ agent, pid, host, since }: Signal): Holder {
  return { agent, pid, host, since };
}

/** The process that the lock of the worktree names, if it lives. Other locks say nothing about work. */
function lockingProcess(locked: string | null, table: ProcessTable): ProcessInfo | null {
  const owner = locked === null ? null : lockOwner(locked);
  if (owner === null || !ownerLives(owner, table.processes)) return null;
  return table.processes.get(owner.pid) ?? null;
}

async function realpathOf(path: AbsolutePath): Promise<AbsolutePath> {
  return realpath(path).then(
    (real) => absolute(real),
    () => path,
  );
}
