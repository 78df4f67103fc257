/**
 * Takes a fast-forward back that was cut off while the files were being written (git moves the
 * ref last). Path by path: what has the bytes of the new side, or a beginning of them, was ours
 * and becomes the old side again; what the user changed before or since stays.
 *
 * Idempotent, and safe to be cut off itself: it compares with what is there now.
 */
import { lstat, mkdtemp, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changedPaths, sameSide, type Change } from '../git/diff.ts';
import { smudged } from '../git/file-contents.ts';
import type { Git } from '../git/git.ts';
import { listIndex } from '../git/index-entries.ts';
import { checkoutFromIndex, putIntoIndex, skipInCheckout } from '../git/index-write.ts';
import { nullOid, type Oid } from '../git/oid.ts';
import { leftOutBySparse } from '../git/sparse.ts';
import { faultPoint } from '../kernel/faults.ts';
import { below, isWithin, type AbsolutePath } from '../kernel/path.ts';
import { readRegularFile } from '../kernel/regular-file.ts';
import { equalToResult, whatStandsAt } from './in-the-way.ts';

export interface CutOff {
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  readonly from: Oid;
  readonly to: Oid;
  /** files of the user's that had the result's bytes before we began */
  readonly identical: readonly string[];
}

/**
 * Call only if the base is still at `from` and the git that was moving it is dead. That
 * `index.lock` was absent before has been seen before the move began (`findBase`).
 */
export async function rollBack(git: Git, cut: CutOff): Promise<void> {
  await removeLeftLock(below(cut.privateDir, 'index.lock'));
  await removeLeftLock(below(cut.privateDir, 'HEAD.lock'));
  const changes = (await changedPaths(git, cut.worktree, cut.from, cut.to)).filter(hasSpelling);
  faultPoint('rollback.index:before');
  const skipped = await indexBack(git, cut, changes);
  faultPoint('rollback.index:after');
  const theirs = new Set([...cut.identical, ...skipped]);
  const ours = changes.filter((change) => !theirs.has(change.path));
  const broken = await written(git, cut.worktree, ours);
  for (const change of broken) await takeAway(cut.worktree, change.path);
  const back: string[] = [];
  for (const { path, before } of broken) {
    // never over, or through, something that is there: whatever it is, it is not ours
    const free = (await whatStandsAt(cut.worktree, path)).kind === 'nothing';
    if (before !== null && before.mode !== '160000' && free) back.push(path);
  }
  faultPoint('rollback.files:before');
  await checkoutFromIndex(git, cut.worktree, back);
  faultPoint('rollback.files:after');
}

/** @returns the paths that a sparse checkout leaves out */
async function indexBack(git: Git, cut: CutOff, changes: readonly Change[]): Promise<string[]> {
  const entries = new Map(
    (await listIndex(git, cut.worktree))
      .filter((entry) => entry.stage === 0)
      .map((entry) => [entry.path, entry]),
  );
  const back = changes.filter((change) => sameSide(entries.get(change.path), change.after));
  const sparse = await leftOut(git, cut);
  const skipped = changes
    .map((change) => change.path)
    .filter((path) => entries.get(path)?.skipWorktree === true || sparse.has(path));
  await putIntoIndex(
    git,
    cut.worktree,
    back.map((change) => ({ path: change.path, side: change.before })),
    nullOid(cut.from),
  );
  const old = new Set(back.filter((one) => one.before !== null).map((one) => one.path));
  await skipInCheckout(
    git,
    cut.worktree,
    skipped.filter((path) => old.has(path)),
  );
  return skipped;
}

async function leftOut(git: Git, cut: CutOff): Promise<Set<string>> {
  const room = await mkdtemp(join(tmpdir(), 'flight-rules-'));
  try {
    return await leftOutBySparse(git, { ...cut, room }, cut.from);
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

/**
 * Can its path be named? Names that are not UTF-8 were read with a mark in place of what they
 * have there. Such a file is left as it stands, with the bytes of a commit: old or new.
 */
export function hasSpelling({ path }: Change): boolean {
  return !path.includes('\uFFFD');
}

/** The paths that git has written, begun to write, or taken away on its way to the new side. */
export async function written(
  git: Git,
  worktree: AbsolutePath,
  changes: readonly Change[],
): Promise<Change[]> {
  const equal = await equalToResult(git, worktree, changes);
  const found: Change[] = [];
  for (const change of changes) {
    if (equal.has(change.path)) {
      if (!(change.after === null && change.before === null)) found.push(change);
      continue;
    }
    const info = await lstat(below(worktree, change.path)).catch(() => null);
    // git removes the old file before it writes the new one
    if (info === null && change.before !== null) found.push(change);
    // a folder has come in the place of a file
    if (info?.isDirectory() === true && change.before?.mode !== '160000') found.push(change);
    if (info?.isFile() === true && (await isBeginning(git, worktree, change))) found.push(change);
  }
  return found;
}

async function isBeginning(git: Git, worktree: AbsolutePath, change: Change): Promise<boolean> {
  const mode = change.after?.mode;
  if (change.after === null || (mode !== '100644' && mode !== '100755')) return false;
  const bytes = await readRegularFile(below(worktree, change.path));
  if (change.before !== null) {
    const before = { ...change, after: change.before };
    // a file that is as it was is no beginning, even if the new one only adds to it
    if ((await equalToResult(git, worktree, [before])).has(change.path)) return false;
  }
  const whole = await smudged(git, worktree, change.path, change.after.oid);
  return bytes.length < whole.length && whole.subarray(0, bytes.length).equals(bytes);
}

/** Removes a file whose bytes are held elsewhere, and the folders that are empty without it. */
export async function takeAway(worktree: AbsolutePath, path: string): Promise<void> {
  const file = below(worktree, path);
  const info = await lstat(file).catch(() => null);
  if (info === null || info.isDirectory()) return;
  await unlink(file);
  for (let folder = dirname(file); folder !== worktree; folder = dirname(folder)) {
    if (!isWithin(folder, worktree)) return;
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

/** Removes a lock file of git's if two looks see the same: whoever lives would have gone on. */
async function removeLeftLock(path: string): Promise<void> {
  const first = await stat(path, { bigint: true }).catch(() => null);
  if (first === null) return;
  await sleep(100);
  const second = await stat(path, { bigint: true }).catch(() => null);
  if (second === null || second.ino !== first.ino || second.ctimeNs !== first.ctimeNs) return;
  await unlink(path);
}
