/**
 * Carries uncommitted changes of the main checkout into a new session: staged, unstaged and
 * untracked, apart as they are, without the stash. The main checkout is only read.
 *
 * What was carried is recorded as git would store it, so that later an identical file in the main
 * checkout does not stand in the way of the merge.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readlink, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FlightError } from '../kernel/errors.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { addIntent } from '../git/add-intent.ts';
import { treeEntries, type Side } from '../git/diff.ts';
import { hashBytes, hashFiles } from '../git/file-contents.ts';
import type { Git } from '../git/git.ts';
import { putIntoIndex, refreshIndex } from '../git/index-write.ts';
import { isNull, nullOid, type Oid } from '../git/oid.ts';
import type { Status, StatusEntry } from '../git/status.ts';
import { errorCode } from '../kernel/errno.ts';
import { ifThere } from './disk.ts';
import type { SessionRecord } from '../sessions/record.ts';

const notThere = 'the base has a link or a file where their folder is.';

export type Carried = SessionRecord['carried'];

/** What would be carried; made before anything is changed. */
export interface CarryPlan {
  readonly entries: readonly StatusEntry[];
}

/**
 * Checks that the changes can come along exactly as they are.
 * @param status full status of the main checkout: untracked `all`, submodules looked into
 * @throws FlightError `carry-impossible` naming the paths
 */
export async function planCarry(
  git: Git,
  main: AbsolutePath,
  status: Status,
  base: Oid,
): Promise<CarryPlan> {
  const { entries } = status;
  refuse('they are in the middle of a merge.', entries, (e) => e.kind === 'unmerged');
  refuse('submodules have changes of their own.', entries, (e) => e.submodule.startsWith('S'));
  refuse('there are repositories among them.', entries, (e) => e.path.endsWith('/'));
  refuse('names that are not UTF-8.', entries, (e) => e.path.includes('\uFFFD'));
  if (status.head !== base) {
    const paths = entries.flatMap(({ path }) => [path, ...foldersAbove(path)]);
    const there = await treeEntries(git, main, base, paths);
    refuse('the base has other versions of these files.', entries, (entry) => {
      const at = there.get(entry.path);
      const before =
        entry.oidHead === undefined || isNull(entry.oidHead) ? undefined : entry.oidHead;
      return at?.oid !== before || (at !== undefined && at.mode !== entry.modeHead);
    });
    const blocked = belowOthers(there, entries);
    refuse(notThere, entries, (entry) => blocked.has(entry));
  }
  return { entries };
}

/** Entries below what is a link, a file or a submodule in the base (`there`), and stays there. */
function belowOthers(
  there: ReadonlyMap<string, Side>,
  entries: readonly StatusEntry[],
): ReadonlySet<StatusEntry> {
  const changed = new Set(entries.map((entry) => entry.path));
  const blocked = (folder: string): boolean => there.has(folder) && !changed.has(folder);
  return new Set(entries.filter((entry) => foldersAbove(entry.path).some(blocked)));
}

function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? [] : [folder, ...foldersAbove(folder)];
}

function refuse(
  why: string,
  entries: readonly StatusEntry[],
  bad: (entry: StatusEntry) => boolean,
): void {
  const paths = entries.filter(bad).map((entry) => entry.path);
  if (paths.length > 0) throw new FlightError('carry-impossible', { why, paths });
}

/**
 * Puts the changes into `session`, a fresh checkout of the base.
 * @returns what was carried, as git would store it
 * @throws FlightError `disk-failed`, `carry-impossible` if a file changed its nature meanwhile
 */
export async function carry(
  git: Git,
  main: AbsolutePath,
  session: AbsolutePath,
  plan: CarryPlan,
): Promise<Carried> {
  const staged = plan.entries.filter((e) => e.kind === 'tracked' && e.xy[0] !== '.');
  const changes = staged.map((entry) => ({ path: entry.path, side: stagedSide(entry) }));
  // every id in a status, the null id too, is as long as this repository's are
  const some = staged.find((entry) => entry.oidIndex !== undefined)?.oidIndex;
  if (some !== undefined) await putIntoIndex(git, session, changes, nullOid(some));
  // removals first: a folder may have taken the place of a file
  const present: { entry: StatusEntry; link: string | null; mode: string }[] = [];
  for (const entry of plan.entries) {
    const found = await look(main, entry.path);
    if (found === null) await removeFile(session, entry.path);
    else present.push({ entry, ...found });
  }
  for (const { entry, link } of present) await copyInto(main, session, entry.path, link);
  const intended = plan.entries.filter((e) => e.kind === 'tracked' && e.xy === '.A');
  await intendToAdd(git, session, intended);
  await refreshIndex(git, session);
  const files = present.filter((one) => one.link === null);
  const hashes = await hashFiles(
    git,
    session,
    files.map((one) => one.entry.path),
  );
  const carried: Carried = [];
  for (const one of files) {
    carried.push({ path: one.entry.path, oid: hashes.get(one.entry.path) ?? null, mode: one.mode });
  }
  for (const one of present) {
    if (one.link === null) continue;
    const oid = await hashBytes(git, session, one.link);
    carried.push({ path: one.entry.path, oid, mode: '120000' });
  }
  const gone = plan.entries.filter((entry) => !present.some((one) => one.entry === entry));
  for (const entry of gone) carried.push({ path: entry.path, oid: null, mode: '000000' });
  return carried;
}

function stagedSide({ modeIndex, oidIndex }: StatusEntry): Side | null {
  if (modeIndex === undefined || oidIndex === undefined || isNull(oidIndex)) return null;
  return { mode: modeIndex, oid: oidIndex };
}

/** What is at `path` in the main checkout: its mode as git writes it, the target of a symlink. */
async function look(
  main: AbsolutePath,
  relative: string,
): Promise<{ link: string | null; mode: string } | null> {
  const path = below(main, relative);
  try {
    // a link in the place of a folder: what it leads to is not the file
    if ((await wayTo(main, relative)) === 'blocked') return null;
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return { link: await readlink(path), mode: '120000' };
    // a folder or a device in the place of a file: as far as git goes, the file is gone
    if (!stats.isFile()) return null;
    return { link: null, mode: (stats.mode & 0o100) === 0 ? '100644' : '100755' };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return null;
    throw new FlightError('disk-failed', { what: 'read', path, reason: errorCode(error) });
  }
}

/** Are all folders above `path` folders below `root`? A link among them leads out of the tree. */
async function wayTo(root: AbsolutePath, path: string): Promise<'folders' | 'blocked'> {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const stats = await ifThere(lstat(below(root, folder)));
    if (stats !== null && !stats.isDirectory()) return 'blocked';
  }
  return 'folders';
}

async function removeFile(session: AbsolutePath, path: string): Promise<void> {
  // behind a link there is no file of the session
  if ((await wayTo(session, path)) === 'blocked') return;
  await rm(below(session, path), { force: true });
  // git keeps no empty folders
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      await rmdir(below(session, folder));
    } catch {
      return;
    }
  }
}

async function copyInto(
  main: AbsolutePath,
  session: AbsolutePath,
  path: string,
  link: string | null,
): Promise<void> {
  const from = below(main, path);
  const to = below(session, path);
  if ((await wayTo(session, path)) === 'blocked') {
    throw new FlightError('carry-impossible', { why: notThere, paths: [path] });
  }
  try {
    await mkdir(dirname(to), { recursive: true });
    await rm(to, { force: true });
    if (link === null) {
      await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(to, (await lstat(from)).mode & 0o777);
    } else {
      await symlink(link, to);
    }
  } catch (error) {
    throw new FlightError('disk-failed', { what: 'carry', path: from, reason: errorCode(error) });
  }
}

/** `git add -N` marks a file that is to be added later; the mark comes along. */
async function intendToAdd(
  git: Git,
  session: AbsolutePath,
  entries: readonly StatusEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await addIntent(
    git,
    session,
    entries.map((entry) => entry.path),
  );
}
