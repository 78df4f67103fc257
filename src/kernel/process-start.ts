/**
 * When a process began, as a date. Linux counts clock ticks since boot (100 a second on every
 * platform Node runs on), macOS prints the time.
 */
import { uptime } from 'node:os';
import type { ProcessInfo } from './process-table.ts';

const ticksPerSecond = 100;

/** @returns `null` if the start time is not understood */
export function startOf(process: Pick<ProcessInfo, 'startTime'>, now: Date): Date | null {
  if (/^\d+$/u.test(process.startTime)) {
    const ageMs = (uptime() - Number(process.startTime) / ticksPerSecond) * 1000;
    return new Date(now.getTime() - Math.max(0, ageMs));
  }
  const parsed = Date.parse(process.startTime);
  return Number.isNaN(parsed) ? null : new Date(parsed);
}
