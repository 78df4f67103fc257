/** The main checkout, as plain `git status` of the user shows it. One process. */
import { isFlightError } from '../../kernel/errors.ts';
import { readStatus } from '../../git/status.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { MainStatus } from '../shapes/status.ts';

/** `null` in a bare repository; fields that could not be found out are `null`. */
export async function mainStatus(project: Project, facts: Observation): Promise<MainStatus | null> {
  if (project.mainCheckout === null) return null;
  const branch = facts.worktrees.find((one) => one.main)?.branch ?? null;
  try {
    const status = await readStatus(project.git, project.mainCheckout, { untracked: 'normal' });
    const tracked = status.entries.filter((entry) => entry.kind !== 'untracked');
    const behind = status.behind;
    const became =
      status.entries.length === 0 || facts.sessions.length === 0
        ? null
        : await (await import('./became-dirty.ts')).becameDirty(project, facts, status.entries);
    return {
      branch: status.branch ?? branch,
      dirty: tracked.length > 0,
      modified: tracked.length,
      untracked: status.entries.length - tracked.length,
      ...(became === null ? {} : { becameDirty: became }),
      ...(behind === null || Number.isNaN(behind) ? {} : { behindUpstream: behind }),
    };
  } catch (error) {
    if (!isFlightError(error)) throw error;
    return { branch, dirty: null, modified: null, untracked: null };
  }
}
