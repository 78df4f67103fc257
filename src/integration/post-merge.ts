/**
 * The post-merge hook of the base's checkout. It runs after the lock was released, since it may
 * take long (installing packages, say), and with a time limit. The base has moved by then: a hook
 * that fails is a warning, as it is to git.
 */
import { randomUUID } from 'node:crypto';
import { FlightError, isFlightError } from '../kernel/errors.ts';
import type { Warning } from '../kernel/outcome.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Project } from '../sessions/project.ts';
import { gitWithHooks, hooksFor, wrapHooks } from './hooks.ts';
import { removeScratch, scratchOf } from './scratch.ts';

const limitMs = 600_000;

/**
 * Runs it, if there is one and a checkout has moved. Processes: `rev-parse`, `hook run`.
 * @param timeoutMs default 10 minutes
 */
export async function runPostMerge(
  project: Pick<Project, 'git' | 'root' | 'commonDir'>,
  landed: { readonly worktree: AbsolutePath | null },
  timeoutMs: number = limitMs,
): Promise<Warning | null> {
  if (landed.worktree === null) return null;
  const hooks = await hooksFor(project.git, project, ['post-merge']);
  if (hooks.length === 0) return null;
  const { folder } = scratchOf(project, `post-merge-${randomUUID()}`);
  try {
    const wrappers = await wrapHooks(folder, hooks);
    // 0: not a squash that is still to be committed
    const args = ['hook', 'run', '--ignore-missing', 'post-merge', '--', '0'];
    await gitWithHooks(project.git, landed.worktree, wrappers, args, timeoutMs);
    return null;
  } catch (error) {
    if (!(error instanceof FlightError)) throw error;
    const said = isFlightError(error, 'hook-failed') ? error.data.output.trim() : error.message;
    const message = `The base has moved, but its post-merge hook failed.${said === '' ? '' : ` ${said}`}`;
    return { code: 'post-merge-failed', message };
  } finally {
    await removeScratch(project, folder);
  }
}
