/**
 * Who else works in a session: processes whose working directory is inside, and agents that say
 * they are at work. The caller and its own (see `callersOwn`) do not count.
 */
import { realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Holder } from '../kernel/catalogue/entry.ts';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import {
  callersOwn,
  processesWithin,
  readProcessTable,
  type ProcessInfo,
  type ProcessTable,
} from '../kernel/process-table.ts';
import { lockOwner, ownerLives } from '../sessions/lock-owner.ts';

export type Occupants =
  /** `hidden`: how many processes could not be looked at */
  | { readonly kind: 'free'; readonly hidden: number }
  | { readonly kind: 'in-use'; readonly by: readonly Holder[]; readonly hidden: number }
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

/**
 * Who else works in the worktree at `place.path`. What a passing git has done there is to be
 * asked afterwards.
 * @param callerPid the process that was asked to do something there
 */
export async function occupants(
  place: { readonly path: AbsolutePath; readonly locked: string | null },
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
  place: { readonly path: AbsolutePath; readonly locked: string | null },
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
  const others = inside.filter(({ pid }) => !own.has(pid));
  const locker = lockingProcess(place.locked, answer.table);
  if (locker !== null && !own.has(locker.pid) && !others.some(({ pid }) => pid === locker.pid)) {
    others.push(locker);
  }
  if (others.length === 0) return { kind: 'free', hidden };
  const by = others.toSorted((a, b) => a.pid - b.pid).map(({ pid, command }) => ({ pid, command }));
  return { kind: 'in-use', by, hidden };
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
