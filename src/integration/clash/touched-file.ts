/**
 * The touched-paths file: which paths each session has changed, as it was last seen, so that the
 * hook before an edit can answer without a git process. One file per repository in the user's cache
 * directory; safe to delete, and never the truth: whoever reads it says when it was observed.
 *
 * Its first line is JSON, what is known of each session and how many bytes its paths take. Behind it
 * stand the paths, NUL before and after each, with a letter that says whether the change is
 * committed. One path is looked for in bytes: nothing is parsed for it but the first line. Only
 * reading is here, and nothing heavy is imported: a hook must be quick.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { absolute, below, type AbsolutePath } from '../../kernel/path.ts';
import { cacheDirectory } from './cache-place.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Larger than this none is written, and none is read: a hook has no time for it. */
export const mostTouchedBytes = 8_000_000;

/** What stands before a path. */
export const touchedMarks = { uncommitted: 'u', committed: 'c' } as const;

/** One session as it was last seen. */
export interface TouchedSession {
  readonly name: string;
  /** its real path; `null`: it had none */
  readonly worktree: string | null;
  /** the first one, cut; `null`: it has none */
  readonly goal: string | null;
  /** ISO 8601: when its paths were found out */
  readonly observedAt: string;
  /** there were more paths than are kept */
  readonly cut: boolean;
  /** how many bytes its paths take, behind those of the sessions before it */
  readonly bytes: number;
}

export interface Touched {
  readonly sessions: readonly TouchedSession[];
  /**
   * What `session` did to `path` (from its worktree, with `/`).
   * @returns `null`: nothing that is known
   */
  readonly changed: (session: TouchedSession, path: string) => keyof typeof touchedMarks | null;
}

/** The folder of these files, in the user's cache directory; `null`: there is none. */
export function touchedFolder(env: Environment): AbsolutePath | null {
  const cache = cacheDirectory({ env });
  return cache === null ? null : below(absolute(cache), 'flight-rules', 'touched');
}

/** @param commonDir the real path of the repository's common dir */
export function touchedFile(env: Environment, commonDir: AbsolutePath): AbsolutePath | null {
  const folder = touchedFolder(env);
  const hash = createHash('sha256').update(commonDir).digest('hex').slice(0, 32);
  return folder === null ? null : below(folder, `${hash}.paths`);
}

/**
 * What is known. `null`: nothing, because there is no such file, or none that is whole, of this
 * version, of this user, of this repository and small enough.
 * @param commonDir the real path of the repository's common dir
 */
export function readTouched(env: Environment, commonDir: AbsolutePath): Touched | null {
  const file = touchedFile(env, commonDir);
  const bytes = file === null ? null : bytesOf(file);
  if (bytes === null) return null;
  const end = bytes.indexOf('\n');
  const sessions = end < 0 ? null : parseHead(bytes.toString('utf8', 0, end), commonDir);
  if (sessions === null) return null;
  const starts = new Map<TouchedSession, number>();
  let at = end + 1;
  for (const session of sessions) {
    starts.set(session, at);
    at += session.bytes;
  }
  // torn: what is missing could be what is asked for
  if (at !== bytes.length) return null;
  const changed: Touched['changed'] = (session, path) => {
    const start = starts.get(session);
    if (start === undefined || path.includes('\0')) return null;
    const own = bytes.subarray(start, start + session.bytes);
    const holds = (mark: string): boolean => own.includes(`\0${mark}${path}\0`);
    if (holds(touchedMarks.uncommitted)) return 'uncommitted';
    return holds(touchedMarks.committed) ? 'committed' : null;
  };
  return { sessions, changed };
}

/** Through no link, of no pipe, and only what belongs to this user. */
function bytesOf(file: AbsolutePath): Buffer | null {
  let opened: number | null = null;
  try {
    // Windows lacks the latter two, and `|` takes what is missing for 0
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
    opened = openSync(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    const stats = fstatSync(opened);
    const own = process.getuid === undefined || stats.uid === process.getuid();
    const usable = stats.isFile() && own && stats.size <= mostTouchedBytes;
    return usable ? readFileSync(opened) : null;
  } catch {
    return null;
  } finally {
    if (opened !== null) closeSync(opened);
  }
}

function parseHead(line: string, commonDir: string): readonly TouchedSession[] | null {
  try {
    const head: unknown = JSON.parse(line);
    if (!isObject(head) || head['schema'] !== 1 || head['repository'] !== commonDir) return null;
    const { sessions } = head;
    return Array.isArray(sessions) && sessions.every(isSession) ? sessions : null;
  } catch {
    return null;
  }
}

function isSession(value: unknown): value is TouchedSession {
  if (!isObject(value)) return false;
  const { name, worktree, goal, observedAt, cut, bytes } = value;
  return (
    typeof name === 'string' &&
    (worktree === null || typeof worktree === 'string') &&
    (goal === null || typeof goal === 'string') &&
    typeof observedAt === 'string' &&
    typeof cut === 'boolean' &&
    typeof bytes === 'number' &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
