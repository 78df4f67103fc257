/**
 * Finding the processes of an operation by the mark in their environment.
 *
 * One look can miss a process: one that is forked while the list is read, or that has been forked
 * but not yet turned into the program it is to run (its environment is then still the old one).
 * So "nobody" is said only after two looks with a pause between them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { allPids, environmentOf, lookAtProcess, ps } from './process-look.ts';

/** Marks every process that belongs to one operation of ours. */
export const operationVariable = 'FLIGHT_RULES_OPERATION';

interface Found {
  readonly pids: readonly number[];
  readonly complete: boolean;
}

const betweenLooksMs = 30;

/**
 * The live processes whose mark `matches`.
 * @param suspect may a process that we must not look into be one of them? Then the answer is
 *   incomplete. (The first process of a container often has more rights than we have.)
 */
export async function findMarked(
  matches: (mark: string) => boolean,
  suspect: (pid: number) => Promise<boolean>,
): Promise<Found> {
  const first = await look(matches, suspect);
  if (first.pids.length > 0) return first;
  await sleep(betweenLooksMs);
  const second = await look(matches, suspect);
  return { pids: second.pids, complete: first.complete && second.complete };
}

/**
 * Ends every process marked with `mark`, whatever group or session it went to, until there are
 * none: one that forks while it is ended leaves others. Processes we may not look into stay.
 */
export async function endMarked(mark: string): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const { pids } = await findMarked(
      (one) => one === mark,
      async () => false,
    );
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has just ended
      }
    }
  }
}

async function look(
  matches: (mark: string) => boolean,
  suspect: (pid: number) => Promise<boolean>,
): Promise<Found> {
  if (process.platform === 'darwin') return lookWithPs(matches);
  const all = await allPids();
  if (all === null) return { pids: [], complete: false };
  const pids: number[] = [];
  let complete = true;
  for (const pid of all) {
    const environment = await environmentOf(pid);
    if (environment.kind === 'unreadable') {
      if (await suspect(pid)) complete = false;
    } else if (environment.kind === 'read' && isMarked(environment.value, matches)) {
      const process_ = await lookAtProcess(pid);
      if (process_.kind === 'process' && !process_.zombie) pids.push(pid);
    }
  }
  return { pids, complete };
}

function isMarked(environment: readonly string[], matches: (mark: string) => boolean): boolean {
  const mark = environment.find((entry) => entry.startsWith(`${operationVariable}=`));
  return mark !== undefined && matches(mark.slice(operationVariable.length + 1));
}

/** macOS: `ps -E` appends the environment of our own processes to the command line. */
async function lookWithPs(matches: (mark: string) => boolean): Promise<Found> {
  const lines = await ps(['-Eww', '-ax', '-o', 'pid=,stat=,command=']);
  if (lines === null) return { pids: [], complete: false };
  const pids: number[] = [];
  for (const line of lines) {
    const match = /^\s*(?<pid>\d+)\s+(?<state>\S+)\s+(?<rest>.*)$/u.exec(line)?.groups;
    const mark = / FLIGHT_RULES_OPERATION=(?<mark>\S+)/u.exec(match?.['rest'] ?? '')?.groups;
    const dead = match?.['state']?.startsWith('Z') === true;
    if (mark?.['mark'] !== undefined && !dead && matches(mark['mark'])) {
      pids.push(Number(match?.['pid']));
    }
  }
  return { pids, complete: true };
}
