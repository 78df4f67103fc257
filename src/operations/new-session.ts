/** A session as `create` and `adopt` answer it. */
import type * as z from 'zod/mini';
import type { SessionRecord } from '../sessions/record.ts';
import type { NewSession } from './shapes/parts.ts';

export function newSession(record: SessionRecord): z.infer<typeof NewSession> {
  const { name, branch, worktree, base, goals, startedAt, agent } = record;
  return {
    name,
    branch,
    worktree,
    base,
    goals,
    startedAt,
    ...(agent === undefined ? {} : { agent }),
  };
}
