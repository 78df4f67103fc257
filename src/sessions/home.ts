/**
 * Where a session may come back to. A record speaks of an absolute path; in a copy of a project
 * that path lies among the sessions of the original, which may want it back for its own.
 * Reads the file system only.
 */
import { dirname } from 'node:path';
import { isFlightError } from '../kernel/errors.ts';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import { checkManifest, readManifest } from './manifest.ts';
import type { SessionName } from './name.ts';
import { worktreePathFor, type Project } from './project.ts';

/** `recorded`, or the usual place if `recorded` is among the sessions of another repository. */
export async function homeOf(
  project: Project,
  name: SessionName,
  recorded: AbsolutePath,
): Promise<AbsolutePath> {
  const folder = absolute(dirname(recorded));
  if (folder === project.sessionsDir) return recorded;
  const there = { ...project, sessionsDir: folder };
  try {
    await checkManifest(there, await readManifest(there));
    return recorded;
  } catch (error) {
    if (isFlightError(error, 'manifest-foreign')) return worktreePathFor(project, name);
    // a newer one tells nothing of whose it is; that is asked where it stands in the way
    if (isFlightError(error, 'manifest-newer')) return recorded;
    throw error;
  }
}
