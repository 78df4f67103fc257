/**
 * Who does something: enough about a process to tell later, without doubt, that it is gone.
 *
 * A pid alone proves nothing (it is reused), its age neither (laptops sleep), and a killed
 * process leaves its git child running. So an owner names pid, start time, boot and pid
 * namespace, and a token that every process started for the operation carries in its
 * environment (`FLIGHT_RULES_OPERATION`), whatever process group it went to.
 */
import { createHash, randomBytes } from 'node:crypto';
import { isoSeconds, type Clock } from './clock.ts';
import { machineIdentity, placeOf } from './machine.ts';
import { findMarked } from './marked-processes.ts';
import { lookAtProcess, programOf, userOf } from './process-look.ts';
import { issued, isOver } from './running.ts';

export interface Owner {
  /** random, unique per operation */
  readonly token: string;
  readonly pid: number;
  /** clock ticks since boot (Linux) or the start time as `ps` prints it; empty if unknown */
  readonly startTime: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly host: string;
  readonly uid: number;
  /** what it does, as typed, for people */
  readonly command: string;
  /** ISO 8601 */
  readonly since: string;
}

/** `unknown` is never "dead": another host, another container, or nobody to ask. */
export type OwnerState = 'alive' | 'dead' | 'unknown';

/**
 * A new token for an operation on the repository at `commonDir`: `<repository>.<random>`. The
 * first part lets `gitsOf` find every git of ours at work in that repository.
 */
export function operationToken(commonDir: string): string {
  return `${repositoryMark(commonDir)}.${randomBytes(8).toString('hex')}`;
}

function repositoryMark(commonDir: string): string {
  return createHash('sha256').update(commonDir).digest('hex').slice(0, 12);
}

/**
 * The owner that this process (or `pid`) is. Its token is over with the operation it is made in.
 * @param options `command` as typed; `token` from `operationToken`, random without it
 */
export async function currentOwner(options: {
  readonly token?: string;
  readonly command: string;
  readonly clock: Clock;
  readonly pid?: number;
}): Promise<Owner> {
  const pid = options.pid ?? process.pid;
  const [machine, look] = await Promise.all([machineIdentity(), lookAtProcess(pid)]);
  const token = options.token ?? randomBytes(8).toString('hex');
  issued(token);
  return {
    token,
    pid,
    startTime: look.kind === 'process' ? look.startTime : '',
    ...machine,
    uid: ourUid(),
    command: options.command,
    since: isoSeconds(options.clock.now()),
  };
}

/**
 * Is `owner` really gone? Dead means: the machine has been restarted since, or, in the same boot
 * and pid namespace, its process has ended (no such pid, a zombie, or the pid is somebody else's
 * by now) or is this one and has ended that operation, and no live process carries its token any
 * more.
 */
export async function ownerState(owner: Owner): Promise<OwnerState> {
  const here = await machineIdentity();
  const where = placeOf(owner, here);
  if (where !== 'here') return where === 'gone' ? 'dead' : 'unknown';
  const look = await lookAtProcess(owner.pid);
  if (look.kind === 'unknown') return 'unknown';
  if (look.kind === 'process' && !look.zombie) {
    if (owner.startTime === '') return 'unknown';
    if (look.startTime === owner.startTime && !isOver(owner.token)) return 'alive';
  }
  const marked = await processesMarked(owner.token, owner);
  if (marked.pids.length > 0) return 'alive';
  return marked.complete ? 'dead' : 'unknown';
}

export interface MarkedProcesses {
  /** live ones; zombies do not count */
  readonly pids: readonly number[];
  /** `false`: there were processes we may not look into, so that "none" proves nothing */
  readonly complete: boolean;
}

/**
 * The live processes started for operation `token`.
 * @param by who started them, as far as known: only processes of that user, and none that are
 *   older than he is, can be among those we may not look into. Default: this user
 */
export async function processesMarked(
  token: string,
  by: { readonly uid: number; readonly startTime: string } = { uid: ourUid(), startTime: '' },
): Promise<MarkedProcesses> {
  return findMarked(
    (mark) => mark === token,
    async (pid) => {
      const user = await userOf(pid);
      if (user.kind === 'gone' || (user.kind === 'read' && user.value !== by.uid)) return false;
      const look = await lookAtProcess(pid);
      if (look.kind === 'none') return false;
      if (look.kind === 'unknown' || by.startTime === '') return true;
      return !look.zombie && BigInt(look.startTime) >= BigInt(by.startTime);
    },
  );
}

/** The live git processes of any operation of ours on the repository at `commonDir`. */
export async function gitsOf(commonDir: string): Promise<MarkedProcesses> {
  const prefix = `${repositoryMark(commonDir)}.`;
  return findMarked(
    (mark) => mark.startsWith(prefix),
    async (pid) => {
      const program = await programOf(pid);
      return program.kind === 'unreadable' || (program.kind === 'read' && program.value === 'git');
    },
  );
}

function ourUid(): number {
  return process.getuid?.() ?? -1;
}
