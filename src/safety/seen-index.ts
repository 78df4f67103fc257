/**
 * The index as preflight has seen it, and whether it is still that one when the pins are made:
 * git replaces the file by a rename at every change, so the very same file says the very same.
 * That spares reading it again, and is as fresh. No process.
 */
import { stat } from 'node:fs/promises';
import { below, type AbsolutePath } from '../kernel/path.ts';
import type { CleanIndex } from './pins.ts';
import type { WorkingTree } from './working-tree.ts';

export interface SeenIndex {
  readonly file: string;
  readonly clean: CleanIndex;
}

/** Which file the index in `privateDir` is right now; `null` if there is none to be looked at. */
export async function indexFile(privateDir: AbsolutePath): Promise<string | null> {
  const file = below(privateDir, 'index');
  const seen = await stat(file, { bigint: true }).catch(() => null);
  return seen === null ? null : [seen.dev, seen.ino, seen.size, seen.mtimeNs, seen.ctimeNs].join();
}

/**
 * What can be relied on later: only an index without any difference from HEAD.
 * @param file which one it was before `tree` was looked at
 */
export function seenIndex(file: string | null, tree: WorkingTree): SeenIndex | null {
  const { head, entries } = tree.status;
  if (file === null || head === null) return null;
  if (entries.some(({ kind }) => kind === 'tracked' || kind === 'unmerged')) return null;
  return { file, clean: { commit: head, undone: tree.undone } };
}

/** What was seen, if it is still so. */
export async function stillClean(
  privateDir: AbsolutePath | null,
  seen: SeenIndex | null,
): Promise<{ readonly clean?: CleanIndex }> {
  if (privateDir === null || seen === null) return {};
  return (await indexFile(privateDir)) === seen.file ? { clean: seen.clean } : {};
}
