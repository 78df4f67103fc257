/**
 * Absolute paths. Only this module makes one, so that no relative path reaches git or the file
 * system with a meaning that depends on where we were started.
 */
import { isAbsolute, join, normalize, relative, resolve, sep } from 'node:path';
import { trusted, type Branded } from './brand.ts';

/** An absolute, normalised path without a trailing separator. Not necessarily a real path. */
export type AbsolutePath = Branded<string, 'AbsolutePath'>;

/**
 * Makes an absolute path of `path`, relative to `from`.
 * @param from an absolute path; ignored if `path` is absolute already
 */
export function absolute(path: string, from?: AbsolutePath): AbsolutePath {
  const whole = from === undefined ? resolve(path) : resolve(from, path);
  return trusted(trimmed(normalize(whole)));
}

/** `base` with `parts` below it. */
export function below(base: AbsolutePath, ...parts: readonly string[]): AbsolutePath {
  return trusted(join(base, ...parts));
}

/** True if `path` is `directory` or lies below it. Compares spellings: pass real paths. */
export function isWithin(path: string, directory: string): boolean {
  // the usual case, and `relative` takes its time: every process is compared with every session
  if (sep === '/' && isPlain(path) && isPlain(directory)) {
    return path === directory || directory === '/' || path.startsWith(`${directory}/`);
  }
  const way = relative(directory, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Absolute and normalised already? */
function isPlain(path: string): boolean {
  return path === '/' || (path.startsWith('/') && !/\/(?:\.{0,2}(?:\/|$))/u.test(path));
}

/** Without the separators at the end, which `normalize` keeps; `/` stays. */
function trimmed(path: string): string {
  return path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path;
}
