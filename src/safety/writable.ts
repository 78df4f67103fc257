/**
 * May we write here? Asked before anything is changed, so that a sandbox gets one clear answer
 * that names everything at once. `access` reports a read-only file system even to root.
 */
import { access, constants, lstat, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from '../kernel/errno.ts';
import { FlightError, isFlightError } from '../kernel/errors.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { GitError } from '../git/git.ts';
import type { Project } from '../sessions/project.ts';

/**
 * @param folders where the command will write beside the common dir; of one that does not exist,
 *   its nearest parent is asked
 * @param command the arguments of ours that would do it, for the hint
 * @throws FlightError `not-writable` naming all folders that cannot be written, `disk-failed` if
 * something else has the name of one
 */
export async function ensureWritable(
  project: Pick<Project, 'commonDir'>,
  folders: readonly AbsolutePath[],
  command: readonly string[],
): Promise<void> {
  const refused = [...(await refusedIn(project))];
  for (const folder of folders) {
    await checkFolder(folder);
    if (!refused.includes(folder) && !(await writable(folder))) refused.push(folder);
  }
  if (refused.length > 0) throw new FlightError('not-writable', { folders: refused, command });
}

/** Those of `folders` that cannot be written, each asked as by `ensureWritable`. */
export async function refusedFolders(folders: readonly AbsolutePath[]): Promise<AbsolutePath[]> {
  const refused: AbsolutePath[] = [];
  for (const folder of folders) if (!(await writable(folder))) refused.push(folder);
  return refused;
}

async function checkFolder(folder: AbsolutePath): Promise<void> {
  const [itself, target] = await Promise.all([
    lstat(folder).catch(() => null),
    stat(folder).catch(() => null),
  ]);
  if (itself === null || target?.isDirectory() === true) return;
  const reason = target === null ? 'it is a link that leads nowhere' : 'it is no folder';
  throw new FlightError('disk-failed', { what: 'use', path: folder, reason });
}

/** What every change writes to, as far as it cannot be written. */
async function refusedIn({ commonDir }: Pick<Project, 'commonDir'>): Promise<AbsolutePath[]> {
  if (!(await writable(commonDir))) return [commonDir];
  const refused: AbsolutePath[] = [];
  for (const part of ['objects', 'refs', 'refs/flight-rules']) {
    const folder = below(commonDir, part);
    if (!(await writable(folder))) refused.push(folder);
  }
  // of a folder that is not there yet, its parent is asked and says it better
  return refused.filter((folder) => !refused.includes(below(folder, '..')));
}

async function writable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    const missing = isErrno(error, 'ENOENT');
    return missing && dirname(folder) !== folder ? writable(dirname(folder)) : false;
  }
}

const refusal =
  /Permission denied|Read-only file system|Operation not permitted|insufficient permission/iu;

/**
 * Names what a failed write in the common dir means: `not-writable` if it was not allowed,
 * `disk-failed` if the disk is full; any other error as it is. git does not always say why it
 * could not create a folder, so the folders are asked too.
 */
export async function explainWriteFailure(
  error: unknown,
  project: Pick<Project, 'commonDir'>,
  command: readonly string[],
): Promise<unknown> {
  const said = reason(error);
  if (said === null) return error;
  const refused = await refusedIn(project);
  if (refused.length > 0 || refusal.test(said)) {
    const folders = refused.length > 0 ? refused : [project.commonDir];
    return new FlightError('not-writable', { folders, command }, { cause: error });
  }
  const full = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/iu.exec(said)?.[0];
  if (full === undefined) return error;
  const data = { what: 'write to', path: project.commonDir, reason: full };
  return new FlightError('disk-failed', data, { cause: error });
}

/** What git or the system said; `null` if the error is of another kind. */
function reason(error: unknown): string | null {
  if (error instanceof GitError) return error.data.stderr;
  if (!(error instanceof Error) || !('code' in error) || isFlightError(error)) return null;
  const denied = ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code));
  return denied ? 'Permission denied' : error.message;
}

/** git names the file that it could not write, not why; what is free there says the usual reason. */
export async function explainCheckoutFailure(
  error: unknown,
  worktree: AbsolutePath,
): Promise<unknown> {
  const said = error instanceof GitError ? error.data.stderr : '';
  const line = /^(?:error|fatal): (?<why>unable to (?:write|create).*)$/mu.exec(said);
  const space = await statfs(worktree).catch(() => null);
  if (line?.groups === undefined || space === null) return error;
  const free = ((space.bavail * space.bsize) / 1_000_000).toFixed(1);
  const reason = `${line.groups['why'] ?? ''} (${free} MB are free there)`;
  const data = { what: 'check out the files into', path: worktree, reason };
  return new FlightError('disk-failed', data, { cause: error });
}
