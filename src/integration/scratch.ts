/**
 * A scratch worktree: detached, ours alone, in `<common dir>/flight-rules/scratch/<token>/`, for
 * hooks and verification that have to see the merged files. Registered by `git worktree add
 * --no-checkout` under the lock; filled outside of it. It is removed by its own names, folder and
 * registration, never by a prune. What is in it was made by us and by hooks of the repository.
 */
import { rm, rmdir } from 'node:fs/promises';
import { git, type Git } from '../git/git.ts';
import type { Oid } from '../git/oid.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import { absolute, below, isWithin, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { adminDir, privateFolder, type Project } from '../sessions/project.ts';

type Place = Pick<Project, 'commonDir'>;

export interface Scratch {
  /** holds the worktree and what belongs to it; the name that goes into the intent */
  readonly folder: AbsolutePath;
  readonly worktree: AbsolutePath;
}

/** @param token unique: it becomes the name of the registration too */
export function scratchOf(project: Place, token: string): Scratch {
  const folder = below(privateFolder(project), 'scratch', token);
  return { folder, worktree: below(folder, `scratch-${token}`) };
}

/** Registers the worktree, empty. Call under the lock, after the intent names it. */
export async function registerScratch(
  port: Git,
  project: Place,
  scratch: Scratch,
  at: Oid,
): Promise<void> {
  faultPoint('land.scratch:before');
  await git(
    port,
    project.commonDir,
    [
      '-c',
      'core.hooksPath=/dev/null',
      'worktree',
      'add',
      '--detach',
      '--no-checkout',
      '--quiet',
      scratch.worktree,
      at,
    ],
    { uninterruptible: true },
  );
  faultPoint('land.scratch:after');
}

/** Writes the files of `tree` (a commit or tree); HEAD stays. Not under the lock. */
export async function fillScratch(port: Git, scratch: Scratch, tree: Oid): Promise<void> {
  await git(port, scratch.worktree, [...quiet, 'read-tree', '--reset', '-u', tree]);
}

/** Puts HEAD and files at `commit`. */
export async function moveScratch(port: Git, scratch: Scratch, commit: Oid): Promise<void> {
  await git(port, scratch.worktree, [...quiet, 'reset', '--hard', '--quiet', commit]);
}

const quiet = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'submodule.recurse=false',
];

/**
 * Removes a scratch, wherever its making or removing was cut off. Idempotent.
 * @param folder as named by an intent; anything not inside our scratch folder is refused
 */
export async function removeScratch(project: Place, folder: string): Promise<void> {
  const all = below(privateFolder(project), 'scratch');
  const path = absolute(folder);
  const token = path.slice(all.length + 1);
  if (!isWithin(path, all) || token === '' || token.includes('/')) {
    throw new FlightError('bug', { what: `${folder} is no scratch folder` });
  }
  const scratch = scratchOf(project, token);
  const admin = adminDir(project, `scratch-${token}`);
  // the registration first: while it stands git lists the worktree
  if (await isRegistrationOf(admin, scratch)) await removeTree(admin);
  await rmdir(below(project.commonDir, 'worktrees')).catch(() => undefined);
  await removeTree(path);
  // only if nothing else of ours is there
  await rmdir(all).catch(() => undefined);
  await rmdir(privateFolder(project)).catch(() => undefined);
}

async function isRegistrationOf(admin: AbsolutePath, scratch: Scratch): Promise<boolean> {
  const link = await readRegularText(below(admin, 'gitdir')).catch(() => null);
  // a half-made entry has no link yet; nobody else makes entries of that name
  return link === null || absolute(link.trimEnd(), admin) === below(scratch.worktree, '.git');
}

async function removeTree(path: AbsolutePath): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
