/**
 * Finds repositories where git does not look: in ignored folders, however deep, and right in
 * folders of tracked files (somebody ran `git init` there). Links are not followed: what they lead
 * to stays where it is. What may not be read is an error, never skipped.
 */
import { lstat, readdir, stat } from 'node:fs/promises';
import { errorCode } from '../kernel/errno.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import type { Unwatched } from './working-tree.ts';

export interface NestedRepository {
  readonly path: AbsolutePath;
  /** `linked`: a linked worktree of some repository, which knows it by its path */
  readonly kind: 'repository' | 'linked';
}

/** Folders read at once: enough to keep the disk busy, few enough for any limit on open files. */
const atOnce = 48;

/**
 * The repositories in `unwatched`, outermost ones only.
 * @throws Error naming a folder that could not be read
 */
export async function findNested(unwatched: Unwatched): Promise<NestedRepository[]> {
  const found: NestedRepository[] = [];
  await inBatches([...unwatched.tracked], async (folder) => {
    const nested = await repositoryAt(folder);
    if (nested !== null) found.push(nested);
    return [];
  });
  await inBatches([...unwatched.ignored], async (folder) => {
    const entries = await readFolder(folder);
    if (entries.some(({ name }) => name === '.git')) {
      const nested = await repositoryAt(folder);
      if (nested !== null) {
        found.push(nested);
        return [];
      }
    }
    return entries
      .filter((entry) => entry.isDirectory() && entry.name !== '.git')
      .map(({ name }) => below(folder, name));
  });
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function inBatches(
  queue: AbsolutePath[],
  visit: (folder: AbsolutePath) => Promise<readonly AbsolutePath[]>,
): Promise<void> {
  while (queue.length > 0) {
    // from the end: depth first, so that the queue stays short
    const batch = queue.splice(-atOnce);
    for (const more of await Promise.all(batch.map(visit))) queue.push(...more);
  }
}

async function readFolder(
  folder: AbsolutePath,
): Promise<readonly { readonly name: string; readonly isDirectory: () => boolean }[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // gone since status saw it: nothing is in it
    if (isAbsence(error) && !isLossy(folder)) return [];
    throw error;
  }
}

/** What `folder/.git` makes of the folder; `null` if no repository. */
async function repositoryAt(folder: AbsolutePath): Promise<NestedRepository | null> {
  const dotGit = below(folder, '.git');
  // git follows a link here
  const stats = await unlessAbsent(stat(dotGit));
  if (stats === null) {
    if (isLossy(folder)) await lstat(folder);
    return null;
  }
  if (stats.isDirectory()) {
    // one part of a repository is enough: git will say what is wrong with the rest
    const parts = await Promise.all(
      ['HEAD', 'objects', 'refs', 'config'].map((part) => unlessAbsent(lstat(below(dotGit, part)))),
    );
    return parts.some((part) => part !== null) ? { path: folder, kind: 'repository' } : null;
  }
  const text = stats.isFile() && stats.size < 65_536 ? await readRegularText(dotGit) : '';
  if (!text.startsWith('gitdir: ')) return null;
  const target = absolute(text.slice('gitdir: '.length).trimEnd(), folder);
  // packages are published with links to repositories of their makers
  if ((await unlessAbsent(stat(target))) === null) return null;
  const linked = await unlessAbsent(lstat(below(target, 'commondir')));
  return { path: folder, kind: linked === null ? 'repository' : 'linked' };
}

async function unlessAbsent<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A name that is no UTF-8 was read with this in it: not finding it does not mean it is not there. */
function isLossy(path: string): boolean {
  return path.includes('\uFFFD');
}
