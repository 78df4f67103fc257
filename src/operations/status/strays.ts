/** Worktrees of other tools, as far as they can be told: whose, and whether somebody is there. */
import { join } from 'node:path';
import { isWithin } from '../../kernel/path.ts';
import { startOf } from '../../kernel/process-start.ts';
import { activitySource, type ActivitySource } from '../../safety/activity.ts';
import type { Stray } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import { adminDir, type Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';
import type { StatusReport } from '../shapes/status.ts';

/** One look at the processes, if there is a worktree at all that somebody could work in. */
export async function whoWorks(
  context: OperationContext,
  facts: Observation,
): Promise<ActivitySource> {
  const anywhere =
    facts.strays.length > 0 || facts.sessions.some(({ place }) => place.kind === 'present');
  if (!anywhere) return { at: async () => [], lives: async () => null, warnings: [] };
  return activitySource(context.pid, (process) => startOf(process, context.clock.now()));
}

export function strayStatus(
  context: OperationContext,
  project: Project,
  { strays }: Observation,
  source: Promise<ActivitySource>,
): Promise<StatusReport['strays']> {
  const home = context.env['CODEX_HOME'];
  return Promise.all(
    strays.map(async (stray) => {
      const { path, branch, locked, adminId } = stray;
      const privateDir = adminId === null ? null : adminDir(project, adminId);
      const live = await (await source).lives({ path, privateDir, locked });
      return { path, branch, owner: ownerOf(stray, home), locked: locked !== null, live };
    }),
  );
}

/** Codex can be told to keep its worktrees elsewhere. */
function ownerOf({ owner, path }: Stray, codexHome: string | undefined): string | null {
  if (owner !== null || codexHome === undefined || codexHome === '') return owner;
  return isWithin(path, join(codexHome, 'worktrees')) ? 'codex' : null;
}
