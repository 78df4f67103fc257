/**
 * May we write here? Asked before anything is changed, so that a sandbox gets one clear answer
 * that names everything at once. `access` reports a read-only file system even to root.
 */
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FlightError } from '../kernel/errors.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { GitError } from '../git/git.ts';
import type { Project } from '../sessions/project.ts';

/**
 * @param folders where the command will write beside the common dir; of one that does not exist,
 *   its nearest parent is asked
 * @param command the arguments of ours that would do it, for the hint
 * @throws FlightError `not-writable` naming all folders that cannot be written
 */
export async function ensureWritable(
  project: Pick<Project, 'commonDir'>,
  folders: readonly AbsolutePath[],
  command: readonly string[],
): Promise<void> {
  const { commonDir } = project;
  const parts = (await writable(commonDir))
    ? [below(commonDir, 'objects'), below(commonDir, 'refs')]
    : [commonDir];
  const refused: string[] = [];
  for (const folder of new Set([...parts, ...folders])) {
    if (!(await writable(folder))) refused.push(folder);
  }
  if (refused.length > 0) throw new FlightError('not-writable', { folders: refused, command });
}

async function writable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing && dirname(folder) !== folder ? writable(dirname(folder)) : false;
  }
}

const refusal =
  /Permission denied|Read-only file system|Operation not permitted|insufficient permission/iu;

/**
 * Names what a failed write means: `not-writable` if it was not allowed, `disk-failed` if the
 * disk is full; any other error as it is.
 */
export function explainWriteFailure(
  error: unknown,
  folder: AbsolutePath,
  command: readonly string[],
): unknown {
  const said = reason(error);
  if (refusal.test(said)) {
    return new FlightError('not-writable', { folders: [folder], command }, { cause: error });
  }
  const full = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/iu.exec(said)?.[0];
  if (full === undefined) return error;
  const data = { what: 'write to', path: folder, reason: full };
  return new FlightError('disk-failed', data, { cause: error });
}

function reason(error: unknown): string {
  if (error instanceof GitError) return error.data.stderr;
  if (!(error instanceof Error) || !('code' in error)) return '';
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code));
  return denied ? 'Permission denied' : error.message;
}
