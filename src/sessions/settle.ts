/**
 * Where what a trash entry speaks of is now. Its paths are absolute, and the repository may have
 * been moved or copied since: then they lead to where it was, or into the original. What is in the
 * git dir is always looked for in this one; a worktree is looked for where it stood, seen from the
 * repository, but only if the repository it was recorded by is gone. Reads the file system only,
 * and only if the repository is not where it was.
 */
import { basename, dirname, join, relative } from 'node:path';
import { absolute, below, isWithin, type AbsolutePath } from '../kernel/path.ts';
import { exists } from './links.ts';
import { foreignRepository, readManifest } from './manifest.ts';
import { privateFolder, type Project } from './project.ts';
import type { TrashEntry } from './trash-entry.ts';

/** @param commonDir of the repository whose ref the entry stands behind */
export async function settled(entry: TrashEntry, commonDir: AbsolutePath): Promise<TrashEntry> {
  const { privateDir, worktree } = entry;
  if (privateDir === null) return entry;
  // <common dir>/flight-rules/trash/<name>-<seq>
  const former = absolute(dirname(dirname(dirname(privateDir.path))));
  if (former === commonDir) return entry;
  const path = join(privateFolder({ commonDir }), 'trash', basename(privateDir.path));
  const here = { ...entry, privateDir: { ...privateDir, path } };
  if (worktree === null) return here;
  // a copy: the worktree waits for the original, and neither comes back nor is emptied here
  if (await exists(former)) return { ...here, worktree: null };
  for (const now of [absolute(worktree.path), ...followed(worktree.path, former, commonDir)]) {
    if (!(await exists(now))) continue;
    // the folder it waits in lies in the one it came from
    const home = dirname(dirname(worktree.path));
    const moved = isWithin(worktree.from, home)
      ? join(dirname(dirname(now)), relative(home, worktree.from))
      : worktree.from;
    return { ...here, worktree: { path: now, from: moved } };
  }
  return here;
}

/**
 * Where a worktree that comes back goes: where it was, unless that folder is gone (the project was
 * moved) or belongs to another repository (this one is a copy); then into this project's own.
 */
export async function homecoming(
  project: Pick<Project, 'commonDir' | 'sessionsDir'>,
  recorded: AbsolutePath,
): Promise<AbsolutePath> {
  const folder = absolute(dirname(recorded));
  if (folder === project.sessionsDir) return recorded;
  const foreign = await foreignRepository(project, await readManifest({ sessionsDir: folder }));
  const stays = foreign === null && (await exists(folder));
  return stays ? recorded : below(project.sessionsDir, basename(recorded));
}

/** Where `path` is if it went along when the repository went from `former` to `now`. */
function followed(path: string, former: AbsolutePath, now: AbsolutePath): AbsolutePath[] {
  const together = absolute(relative(former, path), now);
  const sessions = `${rootOf(former)}-sessions`;
  if (!isWithin(path, sessions)) return [together];
  return [together, absolute(join(`${rootOf(now)}-sessions`, relative(sessions, path)))];
}

function rootOf(commonDir: AbsolutePath): string {
  return basename(commonDir) === '.git' ? dirname(commonDir) : commonDir.replace(/\.git$/u, '');
}
