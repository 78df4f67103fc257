/**
 * A directory for a session whose own is lost, made out of sight and then renamed into place, so
 * that nobody ever sees it half filled: from the index of its private git dir, or, if that is
 * lost too, as a new worktree of its branch. A cut-off attempt is thrown away; it holds only
 * what git wrote.
 *
 * Processes: `checkout-index -a`, `checkout --merge` for unmerged paths; or `worktree add`,
 * `reset --hard`.
 */
import { readdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from '../kernel/errno.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { git, gitText, type Git } from '../git/git.ts';
import type { BranchName } from '../git/oid.ts';
import { permitDirectory } from '../git/permit.ts';
import { atPrivateDir, indexEntries } from '../git/private-dir.ts';
import { real } from '../git/repository.ts';
import { retryOnRace } from '../git/retry.ts';
import { readToken, registeredWorktree } from '../sessions/links.ts';
import { lockReason } from '../sessions/lock-owner.ts';
import { adminDir, tokenFile, type Project } from '../sessions/project.ts';
import { rememberCommonDir } from './common-dirs.ts';
import { deleteDirectory, ifThere, isThere, makeDirectory, onDisk, writeDurably } from './disk.ts';
import { resolvedTrash } from './trash-places.ts';

const noHooks = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false'];

/** Where the directory is made. Its last part is the session's name: git names admin ids after it. */
export async function stagingOf(
  project: Project,
  id: string,
  path: AbsolutePath,
): Promise<AbsolutePath> {
  const name = path.slice(dirname(path).length).replace(/^\//u, '');
  return below(await resolvedTrash(project), `${id.replace('~', '-')}.restoring`, name);
}

/** Takes the folder away in which a directory was made, if nothing is left in it. */
export async function leaveStaging(staging: AbsolutePath): Promise<void> {
  const folder = absolute(dirname(staging));
  await onDisk('remove', folder, async () => {
    try {
      await rmdir(folder);
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error;
    }
  });
}

/** Fills a directory from the index of `admin`, without touching HEAD. @returns the directory */
export async function refill(
  port: Git,
  project: Project,
  admin: AbsolutePath,
  staging: AbsolutePath,
): Promise<void> {
  await discardStaging(project, staging);
  await makeDirectory(staging);
  const bound = atPrivateDir(port, project.commonDir, admin, staging);
  await git(bound, staging, [...noHooks, 'checkout-index', '--all', '--quiet', '-u']);
  const unmerged = (await indexEntries(bound, staging)).filter((entry) => entry.stage > 0);
  if (unmerged.length > 0) {
    const paths = [...new Set(unmerged.map((entry) => entry.path))].join('\0');
    const args = ['checkout', '--quiet', '--merge', '--pathspec-from-file=-'];
    await git(bound, staging, ['--literal-pathspecs', ...noHooks, ...args, '--pathspec-file-nul'], {
      stdin: Buffer.from(paths, 'latin1'),
    });
  }
  await writeDurably(below(staging, '.git'), `gitdir: ${admin}\n`);
}

/** Removes the folder that a directory was made in, once that has left it. */
export async function removeStaging(staging: AbsolutePath): Promise<void> {
  // with anything else in it, it stays
  await rmdir(dirname(staging)).catch(() => undefined);
}

/** Makes a new worktree of `branch` with `token`. @returns its private git dir */
export async function makeFresh(
  port: Git,
  project: Project,
  fresh: {
    readonly branch: BranchName;
    readonly token: string;
    readonly id: string;
    readonly staging: AbsolutePath;
  },
): Promise<AbsolutePath> {
  const { commonDir } = project;
  const { staging, id } = fresh;
  await discardFresh(project, staging, id);
  await makeDirectory(absolute(dirname(staging)));
  // locked from its first moment: no gc may take it, and its reason proves later that it is ours
  const lock = ['--lock', '--reason', lockReason(id)];
  const add = ['worktree', 'add', '--quiet', '--no-checkout', ...lock, staging, fresh.branch];
  await retryOnRace(() => git(port, commonDir, add, { uninterruptible: true }));
  const admin = await real(
    absolute(await gitText(port, staging, ['rev-parse', '--absolute-git-dir'])),
  );
  await git(port, staging, [...noHooks, 'reset', '--hard', '--quiet']);
  await makeDirectory(absolute(dirname(tokenFile(admin))));
  await rememberCommonDir(admin);
  await writeDurably(tokenFile(admin), fresh.token);
  return admin;
}

/** Admin ids of worktrees that carry `token`. */
export async function adminIdsWith(
  project: Pick<Project, 'commonDir'>,
  token: string,
): Promise<string[]> {
  const ids = (await ifThere(readdir(below(project.commonDir, 'worktrees')))) ?? [];
  const found: string[] = [];
  for (const id of ids) if ((await readToken(adminDir(project, id))) === token) found.push(id);
  return found;
}

/** Throws away what a cut-off attempt has filled; nobody has seen it. */
export async function discardStaging(project: Project, staging: AbsolutePath): Promise<void> {
  const folder = absolute(dirname(staging));
  if (dirname(folder) !== (await resolvedTrash(project)) || !folder.endsWith('.restoring')) return;
  if (!(await isThere(folder))) return;
  await deleteDirectory(permitDirectory('delete-directory', folder, 'only git has written there'));
}

/** A registration that was cut off: locked with our reason, for our own staging place. */
async function discardFresh(project: Project, staging: AbsolutePath, id: string): Promise<void> {
  const ids = (await ifThere(readdir(below(project.commonDir, 'worktrees')))) ?? [];
  for (const adminId of ids) {
    const admin = adminDir(project, adminId);
    const reason = await ifThere(readRegularText(below(admin, 'locked')));
    if (reason?.trim() !== lockReason(id)) continue;
    if ((await readToken(admin)) !== null) continue;
    const at = await registeredWorktree(admin);
    const names = await readdir(admin);
    // without `gitdir` it never got a worktree; a placeholder holds only `locked` and stays
    if (at === null ? names.length < 2 : at !== staging) continue;
    await deleteDirectory(permitDirectory('delete-directory', admin, 'registration cut off'));
  }
  await discardStaging(project, staging);
}
