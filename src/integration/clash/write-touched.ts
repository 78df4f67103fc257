/**
 * Writes the touched-paths file (`touched-file.ts`): by whatever command has found out anyway what
 * sessions changed. Beside and renamed, so that nobody reads half of one; of two at once the later
 * one counts. Not synced: it can be made again. Where it cannot be written, nothing happens.
 */
import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AbsolutePath } from '../../kernel/path.ts';
import { makePrivateFolder } from '../../kernel/private-folder.ts';
import {
  mostTouchedBytes,
  touchedFile,
  touchedMarks,
  type TouchedSession,
} from './touched-file.ts';

/** One session, to be written down. */
export interface TouchedEntry {
  readonly name: string;
  /** `null`: it has none */
  readonly worktree: AbsolutePath | null;
  readonly goals: readonly string[];
  /** the paths it changed against its base, with `/`; `null`: could not be found out */
  readonly paths: readonly string[] | null;
  /** those of them with uncommitted changes */
  readonly uncommitted: ReadonlySet<string>;
}

const mostPaths = 20_000;
const longestGoal = 200;
/** 30 days, in milliseconds */
const keptMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Writes down what all sessions of a repository changed; those that are not among `entries` are
 * forgotten. Never throws: it is a cache.
 * @param to `commonDir`: the real path of the repository's common dir
 */
export function writeTouched(
  env: Readonly<Record<string, string | undefined>>,
  to: { readonly commonDir: AbsolutePath; readonly observedAt: Date },
  entries: readonly TouchedEntry[],
): void {
  const file = touchedFile(env, to.commonDir);
  if (file === null) return;
  const known = entries.filter(({ paths }) => paths !== null);
  try {
    const folder = dirname(file);
    makePrivateFolder(folder);
    // the last folder is ours alone: a link there would be somebody else's
    if (!lstatSync(folder).isDirectory()) return;
    replace(file, fileText(to.commonDir, to.observedAt.toISOString(), known));
    forgetOld(folder, to.observedAt);
  } catch {
    // without it the hook has nothing to say
  }
}

function replace(file: string, bytes: Buffer): void {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, bytes, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Files of repositories that nobody looks at any more, and what a killed run left. */
function forgetOld(folder: string, now: Date): void {
  for (const name of readdirSync(folder)) {
    if (!/^[0-9a-f]{32}\.(?:paths|said)/u.test(name)) continue;
    const file = join(folder, name);
    const stats = lstatSync(file, { throwIfNoEntry: false });
    const old = stats !== undefined && now.getTime() - stats.mtimeMs > keptMs;
    if (old && stats.isFile()) rmSync(file, { force: true });
  }
}

/** Sessions share what a file may hold: of one with very many paths some are left out. */
function fileText(
  repository: string,
  observedAt: string,
  entries: readonly TouchedEntry[],
): Buffer {
  let left = mostTouchedBytes / 2;
  const blocks: Buffer[] = [];
  const sessions = entries.map((entry, index): TouchedSession => {
    const { bytes, cut } = block(entry, left / (entries.length - index));
    left -= bytes.length;
    blocks.push(bytes);
    const { name, worktree, goals } = entry;
    const goal = goals[0] ?? null;
    return {
      name,
      worktree: worktree === null ? null : real(worktree),
      goal: goal === null ? null : shortened(goal),
      observedAt,
      cut,
      bytes: bytes.length,
    };
  });
  const head = JSON.stringify({ schema: 1, repository, sessions });
  return Buffer.concat([Buffer.from(`${head}\n`), ...blocks]);
}

/** `\0u<path>\0c<path>\0`, nothing for no path. Uncommitted ones first: they are the freshest. */
function block(
  { paths, uncommitted }: TouchedEntry,
  room: number,
): { readonly bytes: Buffer; readonly cut: boolean } {
  const all = paths ?? [];
  const marked = [
    ...all.filter((path) => uncommitted.has(path)).map((path) => touchedMarks.uncommitted + path),
    ...all.filter((path) => !uncommitted.has(path)).map((path) => touchedMarks.committed + path),
  ];
  const kept: string[] = [];
  let bytes = 1;
  for (const path of marked) {
    bytes += Buffer.byteLength(path) + 1;
    if (kept.length === mostPaths || bytes > room) break;
    kept.push(path);
  }
  const text = kept.length === 0 ? '' : `\0${kept.join('\0')}\0`;
  return { bytes: Buffer.from(text), cut: kept.length < marked.length };
}

function shortened(goal: string): string {
  const line = goal.replace(/\s+/gu, ' ').trim();
  const letters = Array.from(line);
  return letters.length > longestGoal ? `${letters.slice(0, longestGoal - 1).join('')}…` : line;
}

function real(path: AbsolutePath): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
