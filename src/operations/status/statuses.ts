/** What `git status` says in the worktrees of sessions, all on their way at once. */
import { availableParallelism } from 'node:os';
import type { Warning } from '../../kernel/outcome.ts';
import { isFlightError } from '../../kernel/errors.ts';
import { readStatus, readStatuses, type Status } from '../../git/status.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';

/** How many are asked at a time where each has to be asked by itself. */
export const statusesAtOnce = 2 * availableParallelism() + 2;

/**
 * Begins to ask all of `sessions`.
 * @returns the status of one of them: `null` if it has no worktree, or, with a warning, if that
 *   cannot be read
 */
export function statusReader(
  project: Project,
  sessions: readonly SessionFacts[],
  warn: (warning: Warning) => void,
): (session: SessionFacts) => Promise<Status | null> {
  const present = sessions.flatMap((facts) => {
    const { place, record, branch } = facts;
    if (place.kind !== 'present' || record === null) return [];
    return [{ facts, path: place.path, compareWith: { branch, base: record.base.name } }];
  });
  const asked = readStatuses(project.git, present);
  const at = new Map(present.map((one, index) => [one.facts, index]));
  return async (session) => {
    const index = at.get(session);
    const one = index === undefined ? undefined : present[index];
    if (index === undefined || one === undefined) return null;
    return (await asked[index]) ?? statusOf(project, one, warn);
  };
}

interface Asked {
  readonly facts: SessionFacts;
  readonly path: string;
  readonly compareWith: { readonly branch: string; readonly base: string };
}

async function statusOf(
  project: Project,
  { facts, path, compareWith }: Asked,
  warn: (warning: Warning) => void,
): Promise<Status | null> {
  try {
    return await readStatus(project.git, path, { compareWith });
  } catch (error) {
    // nor is the next one asked: 200 that are ended at once take a while, too
    project.git.signal?.throwIfAborted();
    if (!isFlightError(error)) throw error;
    const why = isFlightError(error, 'git-failed') ? error.data.stderr.trim() : error.code;
    warn({
      code: 'status-unknown',
      message: `The state of ${facts.name} could not be read: ${why}`,
    });
    return null;
  }
}
