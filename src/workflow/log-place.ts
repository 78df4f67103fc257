/**
 * Where logs lie: `docs/session_logs` of a checkout. A repository can ship links by these names, so
 * the folder is used only if it really lies in the checkout, and nothing there is written over.
 *
 * A log appears whole: it is written to a folder of ours, then linked to its name, which fails if
 * the name is taken; the next one is tried then. Where a file system cannot link (or it is another
 * one), a new file is written in place. No process.
 */
import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory, writeNew } from '../kernel/durable.ts';
import { errorCode, isErrno } from '../kernel/errno.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { isInside, namesWithin, readWithin } from './bounded-read.ts';
import { logFolder, logName, newestLogs, type LocalTime, type ParsedLogName } from './log-name.ts';

/** So many bytes of a log are read. */
const mostBytes = 256 * 1024;

/** How many logs one minute can have. */
const mostOfOneMinute = 1000;

/** @param checkout real path */
export function logsOf(checkout: AbsolutePath): AbsolutePath {
  return below(checkout, ...logFolder);
}

/** The logs of a checkout, the newest first. */
export async function listLogs(checkout: AbsolutePath): Promise<readonly ParsedLogName[]> {
  const names = await namesWithin(checkout, logsOf(checkout));
  return newestLogs(names.filter(({ kind }) => kind === 'file').map(({ name }) => name));
}

/** The text of a log, `null` if it is not there or cannot be read. @param log relative, with `/` */
export async function readLogText(checkout: AbsolutePath, log: string): Promise<string | null> {
  const read = await readWithin(checkout, below(checkout, ...log.split('/')), mostBytes);
  return read.kind === 'text' ? read.text : null;
}

/**
 * May logs be written there? Nothing is made.
 * @throws FlightError `log-place-unsafe`
 */
export async function checkLogFolder(checkout: AbsolutePath): Promise<void> {
  for (let at = 1; at <= logFolder.length; at += 1) {
    const folder = below(checkout, ...logFolder.slice(0, at));
    const why = await whyUnsafe(checkout, folder);
    if (why === 'missing') return;
    if (why !== null) throw new FlightError('log-place-unsafe', { folder, why });
  }
}

/** `null`: a folder of the checkout. */
async function whyUnsafe(checkout: AbsolutePath, folder: AbsolutePath): Promise<string | null> {
  try {
    const itself = await lstat(folder);
    if (itself.isDirectory()) {
      const inner = await lstat(below(folder, '.git')).catch(() => null);
      return inner === null ? null : 'it is another repository (a submodule?)';
    }
    if (!itself.isSymbolicLink()) return 'it is no folder';
    const target = await realpath(folder);
    if (!isInside(checkout, target))
      return `it is a link to ${target}, which is not in the checkout`;
    return (await lstat(target)).isDirectory()
      ? null
      : 'it is a link to something that is no folder';
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) return errorCode(error);
    const now = await lstat(folder).catch(() => null);
    if (now === null) return 'missing';
    if (now.isSymbolicLink()) return 'it is a link that leads nowhere';
    // made between the two looks
    return whyUnsafe(checkout, folder);
  }
}

export interface NewLogFile {
  /** real path */
  readonly checkout: AbsolutePath;
  /** a folder of ours on the same disk, in the git dir */
  readonly staging: AbsolutePath;
  readonly at: LocalTime;
  readonly session: string | null;
  readonly text: string;
}

/**
 * Writes a new log, and its folder if that is missing.
 * @returns its path, relative to the checkout, with `/`
 * @throws FlightError `log-place-unsafe`; what the file system answers
 */
export async function writeLog(log: NewLogFile): Promise<string> {
  const { checkout, at, session, text } = log;
  await makeLogFolder(checkout);
  const staged = await stage(log);
  try {
    for (let nth = 1; nth <= mostOfOneMinute; nth += 1) {
      const name = logName(at, session, nth);
      const path = below(logsOf(checkout), name);
      faultPoint('log.write:before');
      if (await appears(staged, path, text)) {
        await syncDirectory(dirname(path));
        faultPoint('log.write:after');
        return [...logFolder, name].join('/');
      }
    }
  } finally {
    if (staged !== null) await rm(staged, { force: true });
  }
  const why = `it has ${mostOfOneMinute} logs of this minute`;
  throw new FlightError('log-place-unsafe', { folder: logsOf(checkout), why });
}

async function makeLogFolder(checkout: AbsolutePath): Promise<void> {
  await checkLogFolder(checkout);
  for (let at = 1; at <= logFolder.length; at += 1) {
    const folder = below(checkout, ...logFolder.slice(0, at));
    try {
      await mkdir(folder);
      await syncDirectory(dirname(folder));
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
    // what came in between is looked at, too
    await checkLogFolder(checkout);
  }
}

/** The whole text under a name nobody knows; `null` where we may not write it. */
async function stage({ staging, text }: NewLogFile): Promise<AbsolutePath | null> {
  const path = below(staging, `log.${randomUUID()}`);
  try {
    await mkdir(staging, { recursive: true });
    await writeNew(path, text);
    return path;
  } catch (error) {
    if (isErrno(error, 'EACCES', 'EPERM', 'EROFS')) return null;
    await rm(path, { force: true });
    throw error;
  }
}

/** @returns false if the name is taken */
async function appears(
  staged: AbsolutePath | null,
  path: AbsolutePath,
  text: string,
): Promise<boolean> {
  try {
    if (staged === null) await writeNew(path, text);
    else {
      await link(staged, path).catch(async (error: unknown) => {
        if (!isErrno(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
        await writeNew(path, text);
      });
    }
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/** An absolute path of a log. @param log relative, with `/` */
export function logPath(checkout: AbsolutePath, log: string): AbsolutePath {
  return absolute(log, checkout);
}
