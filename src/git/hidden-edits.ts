/**
 * Edits that `git status` does not show: files marked skip-worktree or assume-unchanged that
 * differ from the index. Nothing is written, neither index nor object.
 *
 * One process, only if such files are there: `hash-object --stdin-paths`, which applies the
 * filters (line ends, LFS) that the index saw. Links are hashed here: it would follow them.
 */
import { createHash } from 'node:crypto';
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../kernel/errno.ts';
import { git, type Git } from './git.ts';
import type { IndexEntry } from './index-entries.ts';

/** What a name turns into that is no UTF-8: its file cannot be asked for by that name. */
const unreadable = '\uFFFD';

type Found = { readonly entry: IndexEntry; readonly is: 'absent' | 'file' | 'other' | 'edited' };

/**
 * The paths of `entries` that are flagged and differ from the index.
 * @throws FlightError if git could not hash them; Error if a file could not be looked at
 */
export async function hiddenEdits(
  port: Git,
  worktree: string,
  entries: readonly IndexEntry[],
): Promise<string[]> {
  const flagged = entries.filter((one) => one.skipWorktree || one.assumeUnchanged);
  if (flagged.length === 0) return [];
  const modes = process.platform !== 'win32' && (await minds(port, worktree, 'core.fileMode'));
  const found: Found[] = [];
  for (const entry of flagged) found.push({ entry, is: await look(worktree, entry, modes) });
  const files = found.filter(({ is }) => is === 'file').map(({ entry }) => entry);
  const differing = new Set(await changed(port, worktree, files));
  return found
    .filter(({ entry, is }) => {
      // sparse checkouts mark what they leave out; what is merely not looked at must be there
      if (is === 'absent') return !entry.skipWorktree;
      return is === 'edited' || differing.has(entry.path);
    })
    .map(({ entry }) => entry.path);
}

async function look(worktree: string, entry: IndexEntry, modes: boolean): Promise<Found['is']> {
  // unknown is never taken for unchanged
  if (entry.path.includes(unreadable)) return 'edited';
  const path = join(worktree, entry.path);
  const stats = await lstat(path).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  });
  if (stats === null) return 'absent';
  // a submodule is looked into by itself
  if (entry.mode === '160000') return stats.isDirectory() ? 'other' : 'edited';
  if (stats.isSymbolicLink()) {
    if (entry.mode !== '120000') return 'edited';
    const target = await readlink(path, { encoding: 'buffer' });
    return blobId(target, entry.oid) === entry.oid ? 'other' : 'edited';
  }
  if (!stats.isFile()) return 'edited';
  // where links cannot be made (core.symlinks) they are files with the target in them
  if (entry.mode === '120000') return 'file';
  const executable = (stats.mode & 0o100) !== 0;
  return modes && executable !== (entry.mode === '100755') ? 'edited' : 'file';
}

async function changed(
  port: Git,
  worktree: string,
  entries: readonly IndexEntry[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  // a warning about line ends must not become a failure
  const args = ['-c', 'core.safecrlf=false', 'hash-object', '--stdin-paths'];
  const { stdout } = await git(port, worktree, args, {
    stdin: entries.map(({ path }) => `${quoted(path)}\n`).join(''),
  });
  const ids = stdout.toString('utf8').split('\n');
  return entries.filter(({ oid }, index) => ids[index] !== oid).map(({ path }) => path);
}

async function minds(port: Git, worktree: string, key: string): Promise<boolean> {
  const args = ['config', '--type=bool', '--default=true', '--get', key];
  const { stdout } = await git(port, worktree, args);
  return stdout.toString('utf8').trim() === 'true';
}

/** As git's C-style quoting, which is how it takes a path with a newline on stdin. */
function quoted(path: string): string {
  const inside = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${inside}"`;
}

/** The id git gives a blob of these bytes, in the hash that `like` is written in. */
function blobId(bytes: Buffer, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
