/**
 * What a process leaves that is killed while it writes: temporary files of `disk.ts:
 * writeDurably`, right before the rename into their place, and placeholders that were being made
 * or taken away, and what a sync gathers before it begins or leaves when it is done. What was cut
 * off is done again where it matters; these would stay for ever, in private git dirs that are
 * otherwise as git knows them.
 *
 * Under the lock only, taken over from a holder that is gone: nobody else writes them. No process.
 */
import { readdir, rm } from 'node:fs/promises';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { privateFolder, type Project } from '../sessions/project.ts';
import { isUnfinished, removeFile } from './disk.ts';

/** Beside `flight-rules/sync`, which belongs to the intent of a record. */
const ofSyncs = ['sync.new', 'sync.done', 'sync.lock'];

/** Of a private git dir. Those of a worktree go when they are written again, see `writeDurably`. */
const folders = ['.', 'flight-rules', 'rebase-merge', 'rebase-apply'];

/** Removes all of it that can be removed. */
export async function removeUnfinished(project: Pick<Project, 'commonDir'>): Promise<void> {
  const ours = privateFolder(project);
  // holds nothing but `locked` files on their way to or from `worktrees/`
  await rm(below(ours, 'placeholder'), { recursive: true, force: true }).catch(() => undefined);
  for (const parent of [below(project.commonDir, 'worktrees'), below(ours, 'trash')]) {
    for (const id of await namesIn(parent)) {
      for (const folder of folders) await removeFrom(below(parent, id, folder));
      for (const name of ofSyncs) {
        const path = below(parent, id, 'flight-rules', name);
        await rm(path, { recursive: true, force: true }).catch(() => undefined);
      }
    }
  }
}

async function removeFrom(folder: AbsolutePath): Promise<void> {
  for (const name of (await namesIn(folder)).filter(isUnfinished)) {
    await removeFile(below(folder, name)).catch(() => undefined);
  }
}

async function namesIn(folder: AbsolutePath): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
