/**
 * Reads that race another process's `worktree add` or rename fail for a moment: git reads a
 * sibling's half-written entry (about 1 in 400). They are repeated, on exactly these messages.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GitError } from './git.ts';

const racy =
  /failed to read .*(?:commondir|gitdir|HEAD)|Invalid path|unable to read gitdir|not a git repository: .*worktrees|bad (?:object|revision) .*HEAD|unable to (?:resolve|find) .*worktrees/iu;

/** True if `error` reads like a collision with a worktree that is being made or moved. */
export function isRace(error: unknown): boolean {
  return error instanceof GitError && racy.test(error.data.stderr);
}

/** Runs `read`, again up to seven times (about 1.3 s in all) while it collides. */
export async function retryOnRace<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (attempt >= 7 || !isRace(error)) throw error;
      await sleep(10 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
