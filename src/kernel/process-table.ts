/**
 * Who runs where. Used to refuse taking a folder away under somebody's feet.
 *
 * - Linux: `/proc`, no process is started. Where other users' processes run is EACCES: `hidden`.
 * - macOS: `lsof` for the working directories, `ps` for the rest: two processes.
 * - elsewhere it cannot be found out, and asking throws.
 */
import { realpath } from 'node:fs/promises';
import { isWithin, type AbsolutePath } from './path.ts';
import { readDarwin, readProc, procCommand } from './process-readers.ts';

export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  /** the program's name; of processes that were asked for by place: arguments, cut at 200 */
  readonly command: string;
  /** clock ticks since boot (Linux), as `ps` prints it (macOS) */
  readonly startTime: string;
  /** real path, without the mark of a deleted one; `null` if it could not be read */
  readonly cwd: string | null;
  /** leads its session (`setsid`): a terminal's shell, a daemon, a multiplexer's server */
  readonly sessionLeader: boolean;
  /** has a controlling terminal */
  readonly terminal: boolean;
}

export type Processes = ReadonlyMap<number, ProcessInfo>;

/** One look at all processes of this machine (or pid namespace). */
export interface ProcessTable {
  readonly processes: Processes;
  /** how many are there whose working directory may not be read */
  readonly hidden: number;
}

const commandLength = 200;

/**
 * Looks at every process once.
 * @throws Error if this platform does not tell, or its answer could not be had
 */
export async function readProcessTable(): Promise<ProcessTable> {
  if (process.platform === 'linux') return readProc();
  if (process.platform === 'darwin') return readDarwin();
  throw new Error(`${process.platform} does not tell where processes run`);
}

/**
 * The processes that run in `directory` or below it, and how many could not be looked at.
 * @param directory compared by its real path, if it is there
 * @throws Error as `readProcessTable`
 */
export async function processesWithin(
  directory: AbsolutePath,
  table?: ProcessTable,
): Promise<{ inside: ProcessInfo[]; hidden: number }> {
  const { processes, hidden } = table ?? (await readProcessTable());
  const place = await realpath(directory).catch(() => directory);
  const found = [...processes.values()].filter(({ cwd }) => cwd !== null && isWithin(cwd, place));
  const inside = await Promise.all(
    found.map(async (one) => ({ ...one, command: await commandOf(one) })),
  );
  return { inside, hidden };
}

/** Its arguments, cut; its name if they cannot be told. */
export async function commandOf(one: ProcessInfo): Promise<string> {
  const command = process.platform === 'linux' ? await procCommand(one.pid) : one.command;
  return (command === '' ? one.command : command).slice(0, commandLength);
}

/** Parent, grandparent, … of `pid`, nearest first, as far as the table knows them. */
export function ancestors(processes: Processes, pid: number): readonly ProcessInfo[] {
  const line: ProcessInfo[] = [];
  const seen = new Set([pid]);
  let at = processes.get(pid)?.ppid;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const parent = processes.get(at);
    if (parent === undefined) break;
    line.push(parent);
    at = parent.ppid;
  }
  return line;
}

/**
 * The pids that do not count as somebody else: the caller, its ancestors up to the farthest one
 * whose working directory is in `directory`, and everything they started.
 *
 * Ground (see `isGround`) never is such an ancestor: a multiplexer's server that happened to be
 * started in the worktree would answer for every pane it serves. An agent's shell that leads a
 * session of its own is no ground, since the agent above it is not.
 * @param directory real path of the worktree
 */
export function callersOwn(
  processes: Processes,
  callerPid: number,
  directory: AbsolutePath,
): ReadonlySet<number> {
  const line = ancestors(processes, callerPid);
  const last = line.findLastIndex(
    (one) => one.cwd !== null && isWithin(one.cwd, directory) && !isGround(processes, one.pid),
  );
  const own = new Set([callerPid, ...line.slice(0, last + 1).map(({ pid }) => pid)]);
  const children = new Map<number, number[]>();
  for (const { pid, ppid } of processes.values()) {
    children.set(ppid, [...(children.get(ppid) ?? []), pid]);
  }
  // a set yields what is added to it on the way
  for (const pid of own) for (const child of children.get(pid) ?? []) own.add(child);
  return own;
}

/**
 * Is this pid 1, or a session leader of the machine: one without a terminal whose parents are all
 * such (a daemon, a user's service manager, a multiplexer's server, a desktop application)? The
 * shell of a terminal leads a session too, but it has the terminal.
 */
function isGround(processes: Processes, pid: number): boolean {
  if (pid === 1) return true;
  const one = processes.get(pid);
  if (one === undefined || !one.sessionLeader || one.terminal || one.ppid === pid) return false;
  const parents = ancestors(processes, pid);
  return (
    parents.at(-1)?.pid === 1 &&
    parents.every((p) => p.pid === 1 || (p.sessionLeader && !p.terminal))
  );
}
