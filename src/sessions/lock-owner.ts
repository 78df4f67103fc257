/**
 * Whose a `git worktree lock` is, by its reason. Agents lock their worktrees and leave the lock
 * behind when they end: a lock that names a process says by itself whether it still means anything.
 */
import type { Processes } from '../kernel/process-table.ts';

export interface LockOwner {
  readonly agent: 'claude' | null;
  readonly pid: number;
  /** start time in clock ticks since boot, as in `/proc`; `null` if the reason does not say */
  readonly start: string | null;
}

/** What stands in `locked` while `id` (of an entry, or a session's name) leaves, waits or comes back. */
export function lockReason(id: string): string {
  return `flight-rules: ${id} is in the trash or on its way`;
}

/**
 * The id in a lock of ours. Whoever acts on it asks whether there is such an entry or session:
 * that a reason begins with our name proves nothing.
 * @returns `null` if the reason is not exactly one of ours
 */
export function ownLockId(reason: string): string | null {
  const match = /^flight-rules: (?<id>[^\s~]+(?:~\d+)?) is in the trash or on its way\n*$/u.exec(
    reason,
  );
  return match?.groups?.['id'] ?? null;
}

/**
 * Who set a lock, e.g. `claude session x (pid 31909 start 234557)`.
 * @returns `null` if the reason names no process
 */
export function lockOwner(reason: string): LockOwner | null {
  const match = /\(pid (?<pid>[1-9]\d{0,9})(?: start (?<start>\d+))?\)/u.exec(reason);
  if (match?.groups === undefined) return null;
  return {
    agent: /^claude (?:session|agent) /u.test(reason) ? 'claude' : null,
    pid: Number(match.groups['pid']),
    start: match.groups['start'] ?? null,
  };
}

/**
 * Does the process still live? A pid is reused, so one with another start time is another one.
 * Start times are comparable only where `/proc` gives them as ticks.
 */
export function ownerLives(owner: LockOwner, processes: Processes): boolean {
  const found = processes.get(owner.pid);
  if (found === undefined) return false;
  const comparable = owner.start !== null && /^\d+$/u.test(found.startTime);
  return !comparable || found.startTime === owner.start;
}

/**
 * True if the lock names a process with its start time, and that process is not there any more.
 * A bare pid proves nothing: it may be one of another machine or of another pid namespace.
 */
export function provablyDead(reason: string, processes: Processes): boolean {
  const owner = lockOwner(reason);
  return owner !== null && owner.start !== null && !ownerLives(owner, processes);
}
