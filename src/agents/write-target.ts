/**
 * Where a write would land: the real path, through every link, also of a file that is not there yet
 * and of one behind a link that leads nowhere yet.
 */
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, parse, resolve } from 'node:path';
import { absolute, type AbsolutePath } from '../kernel/path.ts';

/** As many links as Linux follows. */
const mostLinks = 40;

/**
 * Each place that a program may mean by `path`: with `..` taken as the system does, behind a link;
 * and as many programs do before they ask it, by the letter.
 * @param path as given: absolute, or from `directory`
 * @returns one, if both are the same; none for what cannot be written to
 */
export function writeTargets(path: string, directory: string): readonly AbsolutePath[] {
  // not joined: that would take `..` by the letter
  const whole = isAbsolute(path) ? path : `${directory}/${path}`;
  const bySystem = writeTarget(whole);
  const byLetter = writeTarget(resolve(whole));
  return [...new Set([bySystem, byLetter])].filter((target) => target !== null);
}

/** @param path absolute; `..` in it is taken as the system does */
export function writeTarget(path: string): AbsolutePath | null {
  return follow(path, 0);
}

/** @param followed how many links were already */
function follow(path: string, followed: number): AbsolutePath | null {
  let at = parse(path).root;
  let rest = steps(path.slice(at.length));
  for (let links = followed; ;) {
    const [step, ...more] = rest;
    if (step === undefined) return absolute(spelledAsThere(at));
    rest = more;
    if (step === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, step);
    const link = linkAt(next);
    if (link === undefined) {
      const whole = resolve(spelledAsThere(at), step, ...rest);
      // out of a folder that is not there, and that a program may make before it writes
      return rest.includes('..') ? follow(whole, links) : absolute(whole);
    }
    if (link === null) {
      at = next;
      continue;
    }
    if (++links > mostLinks) return null;
    if (isAbsolute(link)) at = parse(link).root;
    rest = [...steps(isAbsolute(link) ? link.slice(at.length) : link), ...rest];
  }
}

function steps(path: string): readonly string[] {
  const separator = process.platform === 'win32' ? /[/\\]/u : /\//u;
  return path.split(separator).filter((step) => step !== '' && step !== '.');
}

/** Where the link at `path` leads; `null`: it is none; `undefined`: nothing is there. */
function linkAt(path: string): string | null | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return undefined;
  }
}

/** Where case does not matter, the letters that the folder has. */
function spelledAsThere(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
