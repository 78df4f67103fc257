/**
 * Verdicts on disk, in the user's cache directory: one file per project, safe to delete at any
 * time. Whatever is wrong with it or with the place, it is an empty cache; nothing here throws.
 *
 * Status opens it every time, so it is not parsed (`sorted-lines.ts`). Saved only if there is
 * something new, as a whole: temporary file, rename. Of two processes that save at once one may
 * lose what it has added; neither ever sees half a file. Nothing is followed through a symbolic
 * link. Starts no process.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { makePrivateFolder } from '../../kernel/private-folder.ts';
import { decodeJudgement, decodeSnapshot, encodeJudgement, encodeSnapshot } from './cache-lines.ts';
import { cacheFile, type CachePlace } from './cache-place.ts';
import {
  lookUp,
  newestLines,
  noLines,
  withLines,
  type Line,
  type SortedLines,
} from './sorted-lines.ts';
import type { VerdictCache } from './verdict-cache.ts';

export interface SavedCache extends VerdictCache {
  /** Writes what is new. Never throws: where it may not write, the next look is as long as this. */
  readonly save: () => Promise<void>;
}

/** More is not read: what we write is smaller. */
const mostBytes = 6 * 1024 * 1024;
const mostEntries = 24_000;
const mostBytesOfOne = 128 * 1024;
/** An entry that was used is marked so at most once in this many hours. */
const markAfterHours = 24;
/** Caches of projects that nobody asked about for so long go. */
const forgottenAfterMs = 60 * 24 * 3_600_000;
/** Temporary files of processes that were killed. */
const abandonedAfterMs = 3_600_000;

/** @param place where the user keeps caches, and for which project */
export function openCache(place: CachePlace, clock: Clock): SavedCache {
  const file = cacheFile(place);
  const header = `flight-rules clashes 1 ${JSON.stringify(place.commonDir)}\n`;
  const found = file === null ? noLines : (readLines(file, header) ?? noLines);
  const hour = Math.floor(clock.now().getTime() / 3_600_000);
  const news = new Map<string, Line>();
  const look = (key: string): string | undefined => {
    const line = news.get(key) ?? lookUp(found, key);
    if (line === null) return undefined;
    if (hour - line.hour >= markAfterHours) news.set(key, { ...line, hour });
    return line.value;
  };
  const keep = (key: string, value: string | null): void => {
    if (value === null || !/^[\w:.-]{2,200}$/u.test(key) || value.length > mostBytesOfOne) return;
    news.set(key, { key, hour, value });
  };
  return {
    verdict: (key) => decodeJudgement(look(`v${key}`)),
    setVerdict: (key, judgement) => keep(`v${key}`, encodeJudgement(judgement)),
    snapshot: (fingerprint) => decodeSnapshot(look(`s${fingerprint}`)),
    setSnapshot: (fingerprint, snapshot) =>
      keep(`s${fingerprint}`, encodeSnapshot(snapshot, mostBytesOfOne)),
    save: async () => {
      if (file === null || news.size === 0) return;
      const lines = [...news.values()];
      news.clear();
      // no place to write, no space: it is a cache
      await saveLines(file, header, lines, clock.now()).catch(() => undefined);
    },
  };
}

function readLines(file: string, header: string): SortedLines | null {
  let descriptor: number;
  try {
    if (!isOurs(dirname(file))) return null;
    // Windows has neither flag
    const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    descriptor = openSync(file, constants.O_RDONLY | careful);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > mostBytes) return null;
    return linesIn(readFileSync(descriptor), header);
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** `null`: another version, another project, or not written to its end. */
function linesIn(whole: Buffer, header: string): SortedLines | null {
  const start = Buffer.byteLength(header);
  if (whole.toString('utf8', 0, start) !== header) return null;
  const tail = whole.toString('latin1', Math.max(start - 1, whole.length - 20));
  const count = /\nend (?<count>\d{1,9})\n$/u.exec(tail)?.[1];
  if (count === undefined) return null;
  const end = whole.length - `end ${count}\n`.length;
  return { bytes: whole.subarray(start, end), count: Number(count) };
}

/** What others have saved meanwhile stays, as far as there is room. */
async function saveLines(
  file: string,
  header: string,
  news: readonly Line[],
  now: Date,
): Promise<void> {
  const folder = dirname(file);
  makePrivateFolder(folder);
  if (!isOurs(folder)) throw new Error(`${folder} is no folder of ours`);
  const known = readLines(file, header);
  if (known === null) await sweep(folder, now.getTime());
  const lines = withinBounds(withLines(known ?? noLines, news));
  const whole = [Buffer.from(header), lines.bytes, Buffer.from(`end ${lines.count}\n`)];
  const temporary = join(folder, `.${randomBytes(8).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(Buffer.concat(whole));
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** More than needed is given up at once, so that not every save has to. */
function withinBounds(lines: SortedLines): SortedLines {
  // header and end fit into the rest
  const room = mostBytes - 16_384;
  if (lines.count <= mostEntries && lines.bytes.length <= room) return lines;
  return newestLines(lines, { lines: mostEntries * 0.75, bytes: room * 0.75 });
}

/** Our two folders: a link, or what somebody else has put there, is not used. */
function isOurs(folder: string): boolean {
  return [dirname(folder), folder].every((one) => {
    const stats = lstatSync(one);
    return stats.isDirectory() && (process.getuid === undefined || stats.uid === process.getuid());
  });
}

/** Files of our own kind that nobody uses any more: caches of old projects, cut-off writing. */
async function sweep(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const limit = /^\.[0-9a-f]{16}\.tmp$/u.test(name)
      ? abandonedAfterMs
      : /^[0-9a-f]{64}$/u.test(name)
        ? forgottenAfterMs
        : null;
    const path = join(folder, name);
    const stats = limit === null ? null : await lstat(path);
    if (limit === null || stats === null || !stats.isFile()) continue;
    if (now - stats.mtimeMs > limit) await rm(path, { force: true });
  }
}
