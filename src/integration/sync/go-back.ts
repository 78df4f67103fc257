/**
 * Takes a move of a session's checkout back that went wrong or was cut off. As long as the index
 * has not been put in its place it is still the user's own, and only files have to go back. Path by
 * path: what has the bytes of the new side, or a beginning of them, was ours and becomes what it
 * was; what somebody wrote or staged since stays.
 *
 * Idempotent, and safe to be cut off itself: it compares with what is there now.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { changedPaths, sameSide, type Change } from '../../git/diff.ts';
import { smudged } from '../../git/file-contents.ts';
import { gitWith, type Git } from '../../git/git.ts';
import { listIndex, type IndexEntry } from '../../git/index-entries.ts';
import { checkoutFromIndex } from '../../git/index-write.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { readRegularFile } from '../../kernel/regular-file.ts';
import { equalToResult, whatStandsAt } from '../in-the-way.ts';
import { hasSpelling, takeAway, written } from '../rollback.ts';
import { placeIndex } from './move.ts';
import { copyIndex, gitInRoom, hasRoom, readRawList, roomOf, type Room } from './room.ts';
import type { Way } from './targets.ts';

export interface Back {
  readonly commonDir: AbsolutePath;
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  readonly files: Way;
}

/** Is the index in its place already? `way` says what it went through. Two processes. */
export async function isPlaced(port: Git, worktree: AbsolutePath, way: Way): Promise<boolean> {
  const changes = await changedPaths(port, worktree, way.from, way.to);
  const entries = byPath(await listIndex(port, worktree));
  const at = (side: 'before' | 'after'): number =>
    changes.filter((change) => sameSide(entries.get(change.path), change[side])).length;
  return at('after') > at('before');
}

/** Puts the user's own index back. Only while it is held, by those who have just replaced it. */
export async function replaceIndex(privateDir: AbsolutePath): Promise<void> {
  const room = roomOf(privateDir);
  // git may have ours in its hands when it looks the next time
  await copyIndex(room.indexWas, room.index);
  faultPoint('sync.index-back:before');
  await placeIndex(room.index, privateDir);
  faultPoint('sync.index-back:after');
}

/**
 * Puts the files back as they were, where nobody has touched them since.
 * @returns `some`: left as they stand are those whose names are not UTF-8
 */
export async function putFilesBack(port: Git, back: Back): Promise<'all' | 'some'> {
  const room = roomOf(back.privateDir);
  if (!(await hasRoom(room))) return 'all';
  const { worktree, files } = back;
  const inRoom = await gitInRoom(port, back.commonDir, room, room.indexFiles);
  const raw = await readRawList(room);
  const every = await changedPaths(inRoom, worktree, files.from, files.to);
  const changes = every.filter(hasSpelling);
  const ours = await untouched(port, { worktree, room, inRoom }, changes);
  const broken = await written(inRoom, worktree, ours);
  const known = new Set(broken);
  const rest = ours.filter((change) => !known.has(change));
  broken.push(...(await begunBefore(inRoom, worktree, rest, raw)));
  faultPoint('sync.files-back:before');
  for (const change of broken) await takeAway(worktree, change.path);
  const plain: string[] = [];
  for (const { path, before } of broken) {
    // never over, or through, something that is there: whatever it is, it is not ours
    const free = (await whatStandsAt(worktree, path)).kind === 'nothing';
    if (before === null || before.mode === '160000' || !free) continue;
    const bytes = raw.get(path);
    if (bytes === undefined) plain.push(path);
    else await putBytes(bytes, below(worktree, path));
  }
  await checkoutFromIndex(inRoom, worktree, plain);
  faultPoint('sync.files-back:after');
  return changes.length === every.length ? 'all' : 'some';
}

/** Without the paths that were staged since, or that a sparse checkout leaves out. */
async function untouched(
  port: Git,
  at: { readonly worktree: AbsolutePath; readonly room: Room; readonly inRoom: Git },
  changes: readonly Change[],
): Promise<Change[]> {
  const was = gitWith(port, { GIT_INDEX_FILE: at.room.indexWas });
  const [now, before] = await Promise.all([
    listIndex(port, at.worktree),
    listIndex(was, at.worktree),
  ]);
  const [entriesNow, entriesBefore] = [byPath(now), byPath(before)];
  return changes.filter(({ path }) => {
    const old = entriesBefore.get(path);
    return old?.skipWorktree !== true && sameSide(entriesNow.get(path) ?? null, old ?? null);
  });
}

function byPath(entries: readonly IndexEntry[]): Map<string, IndexEntry> {
  return new Map(entries.filter((entry) => entry.stage === 0).map((entry) => [entry.path, entry]));
}

/** Files that an earlier attempt of this very function was writing when it was cut off. */
async function begunBefore(
  inRoom: Git,
  worktree: AbsolutePath,
  changes: readonly Change[],
  raw: ReadonlyMap<string, AbsolutePath>,
): Promise<Change[]> {
  const asTheyWere = changes.map((change) => ({ ...change, after: change.before }));
  const whole = await equalToResult(inRoom, worktree, asTheyWere);
  const begun: Change[] = [];
  for (const change of changes) {
    const { path, before } = change;
    if (before === null || !before.mode.startsWith('100')) continue;
    const kept = raw.get(path);
    if (kept === undefined && whole.has(path)) continue;
    const file = below(worktree, path);
    const info = await lstat(file).catch(() => null);
    if (info?.isFile() !== true) continue;
    const bytes = await readRegularFile(file);
    const all =
      kept === undefined
        ? await smudged(inRoom, worktree, path, before.oid)
        : await readRegularFile(kept);
    if (bytes.length < all.length && all.subarray(0, bytes.length).equals(bytes)) {
      begun.push(change);
    }
  }
  return begun;
}

async function putBytes(from: AbsolutePath, to: AbsolutePath): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(to, (await lstat(from)).mode & 0o777);
}
