/**
 * In which worktree of which repository a hook was run, from the file system alone: a hook has no
 * time for a git process. Of nested ones the innermost linked worktree counts; a clone inside it is
 * part of it.
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';

export interface HookPlace {
  readonly commonDir: AbsolutePath;
  /** of the linked worktree; `null` in a main checkout */
  readonly privateDir: AbsolutePath | null;
}

/** @returns `null` outside of repositories */
export function hookPlace(directory: AbsolutePath): HookPlace | null {
  let outer: HookPlace | null = null;
  for (let at = realIfThere(directory); ; at = absolute(dirname(at))) {
    const found = linkAt(at);
    if (found !== null && found.privateDir !== null) return found;
    outer ??= found;
    if (dirname(at) === at) return outer;
  }
}

/** Through links; a folder that was removed is still below the ones that stand. */
function realIfThere(directory: AbsolutePath): AbsolutePath {
  return existsSync(directory) ? absolute(realpathSync(directory)) : directory;
}

/** The checkout whose root is `folder`; `null`: it is none. Throws what reading throws. */
export function linkAt(folder: AbsolutePath): HookPlace | null {
  const link = below(folder, '.git');
  const stats = statSync(link, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (stats.isDirectory()) return { commonDir: link, privateDir: null };
  if (!stats.isFile()) return null;
  const target = /^gitdir: (?<path>[^]*?)\n*$/u.exec(readFileSync(link, 'utf8'))?.groups?.['path'];
  if (target === undefined) return null;
  const privateDir = absolute(target, folder);
  const common = below(privateDir, 'commondir');
  if (!existsSync(common)) {
    // a checkout whose git dir lies elsewhere, a submodule; or what is in the trash: its git dir
    // has moved, and at its place is a placeholder
    const whole = existsSync(below(privateDir, 'HEAD'));
    return whole ? { commonDir: privateDir, privateDir: null } : null;
  }
  if (!leadsBack(privateDir, link)) return null;
  const commonDir = absolute(readFileSync(common, 'utf8').trimEnd(), privateDir);
  return { commonDir, privateDir };
}

/** A copy of a worktree has the link of the original: what is done in it is not done there. */
function leadsBack(privateDir: AbsolutePath, link: AbsolutePath): boolean {
  const text = readFileSync(below(privateDir, 'gitdir'), 'utf8').replace(/\n$/u, '');
  const registered = absolute(text, privateDir);
  // moved by its user, and not mended yet
  if (!existsSync(registered)) return true;
  return realpathSync(registered) === realpathSync(link);
}
