/**
 * Which operations of this very process are still running. A pid tells whether a process lives,
 * and a process that serves for days runs many operations: one that failed half-way has left an
 * intent whose owner has our pid and start time, and yet nobody is at work on it any more.
 *
 * A token is over when the operation it was issued in has ended. One issued outside of any
 * operation is never over before its process is.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string[]>();
const ended = new Set<string>();

/** Runs `body` as an operation: the tokens issued in it are over when it has settled. */
export async function asOperation<T>(body: () => Promise<T>): Promise<T> {
  const issued: string[] = [];
  try {
    return await current.run(issued, body);
  } finally {
    for (const token of issued) ended.add(token);
  }
}

/** Notes that `token` belongs to the operation that is running here, if one is. */
export function issued(token: string): void {
  current.getStore()?.push(token);
}

/** Was `token` issued in this process, in an operation that has ended? */
export function isOver(token: string): boolean {
  return ended.has(token);
}
