/**
 * The two links that make a worktree: `<worktree>/.git` names the private git dir, and
 * `<private git dir>/gitdir` names the worktree. Together with the token in the private git dir
 * they prove whose a directory is: a copied project has records that name somebody else's folder.
 * Read from the file system; no process.
 */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { real } from '../git/repository.ts';
import { registeredIn } from '../git/worktrees.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { errorCode, isErrno } from '../kernel/errno.ts';
import { FlightError } from '../kernel/errors.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { adminDir, commonDirsFile, tokenFile, type Project } from './project.ts';

/** Where `<directory>/.git` points. */
export type Link =
  | { readonly kind: 'link'; readonly target: AbsolutePath; readonly targetExists: boolean }
  /** the directory does not exist */
  | { readonly kind: 'no-directory' }
  /** the directory exists, but has no `.git` file (or it is a repository of its own) */
  | { readonly kind: 'no-link' }
  | { readonly kind: 'unknown'; readonly why: string };

export async function readLink(directory: AbsolutePath): Promise<Link> {
  let text: string;
  try {
    text = await readRegularText(below(directory, '.git'));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EISDIR') return { kind: 'no-link' };
    if (code === 'ENOTDIR') return { kind: 'no-directory' };
    if (code !== 'ENOENT') return { kind: 'unknown', why: code };
    return (await exists(directory)) ? { kind: 'no-link' } : { kind: 'no-directory' };
  }
  const match = /^gitdir: (?<path>[^]*?)\n*$/u.exec(text);
  const path = match?.groups?.['path'];
  if (path === undefined) return { kind: 'no-link' };
  const named = absolute(path, directory);
  return { kind: 'link', target: await real(named), targetExists: await exists(named) };
}

/** What stands in the private git dir of admin id `adminId`. */
export type Registration =
  | { readonly kind: 'registered'; readonly privateDir: AbsolutePath; readonly path: AbsolutePath }
  /** an entry of this id is there, but carries another token, or none */
  | { readonly kind: 'other' }
  | { readonly kind: 'none' };

/** Reads the registration of a session, proven by its token. */
export async function readRegistration(
  project: Project,
  adminId: string,
  token: string,
): Promise<Registration> {
  const privateDir = adminDir(project, adminId);
  // one that cannot be read proves nothing
  const found = await readToken(privateDir).catch(() => null);
  if (found === token) {
    try {
      const path = await registeredIn(privateDir);
      return { kind: 'registered', privateDir, path };
    } catch {
      return { kind: 'other' };
    }
  }
  return (await exists(privateDir)) ? { kind: 'other' } : { kind: 'none' };
}

/**
 * The token in a private git dir, `null` if there is none.
 * @throws if that cannot be found out
 */
export async function readToken(privateDir: AbsolutePath): Promise<string | null> {
  try {
    return (await readRegularText(tokenFile(privateDir))).trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/**
 * Where the `.git` file of `worktree` points, `null` if there is no such file.
 * @throws FlightError `disk-failed` if that cannot be found out
 */
export async function linkOf(worktree: AbsolutePath): Promise<AbsolutePath | null> {
  const link = await readLink(worktree);
  if (link.kind === 'unknown') {
    const path = below(worktree, '.git');
    throw new FlightError('disk-failed', { what: 'read', path, reason: link.why });
  }
  return link.kind === 'link' ? link.target : null;
}

/**
 * Where a private git dir says its worktree is, `null` if it does not say.
 * @throws if that cannot be found out
 */
export async function registeredWorktree(privateDir: AbsolutePath): Promise<AbsolutePath | null> {
  try {
    return await registeredIn(privateDir);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Where the repository of `privateDir` was when links were written, the latest last. */
export async function commonDirsOf(privateDir: AbsolutePath): Promise<string[]> {
  try {
    return (await readRegularText(commonDirsFile(privateDir))).split('\0').filter(Boolean);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/**
 * Is `target`, which leads nowhere, the place where `privateDir` once was? Other repositories have
 * admin entries of that name, too: only where ours has been counts.
 */
export async function wasAt(privateDir: AbsolutePath, target: AbsolutePath): Promise<boolean> {
  if (!namesAdminEntry(target, basename(privateDir))) return false;
  const known: readonly string[] = await commonDirsOf(privateDir).catch(() => []);
  return known.includes(dirname(dirname(target)));
}

/** True if `target` looks like `<somewhere>/worktrees/<adminId>`: the old place of a moved project. */
export function namesAdminEntry(target: AbsolutePath, adminId: string): boolean {
  return basename(target) === adminId && basename(dirname(target)) === 'worktrees';
}

export async function exists(path: string): Promise<boolean> {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // what we may not see is there, for all we know
    return !['ENOENT', 'ENOTDIR'].includes(errorCode(error));
  }
}
