/**
 * A kept branch that moved on while its session was away: index and files are brought from the
 * tip they were left at to the present one, path by path; whatever differs in the session stays.
 * Looked at before anything moves, done while the files are still out of sight.
 *
 * Processes: `diff-tree`, `ls-files`, on a copy of the index `update-index --refresh`,
 * `diff-files`, `ls-files -v`; then `update-index --index-info`, `checkout-index`.
 */
import { copyFile, lstat, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { git, gitWith, type Git } from '../git/git.ts';
import { isNull, type Oid } from '../git/oid.ts';
import { atPrivateDir, indexEntries } from '../git/private-dir.ts';
import { privateFolder, type Project } from '../sessions/project.ts';
import { ifThere, makeDirectory } from './disk.ts';

/** What a path is before and after. Paths are bytes, one char each (latin1). */
export interface TreeChange {
  readonly path: string;
  readonly from: { readonly mode: string; readonly oid: string };
  readonly to: { readonly mode: string; readonly oid: string };
}

export interface Place {
  readonly privateDir: AbsolutePath;
  /** `null`: there are no files, only an index */
  readonly worktree: AbsolutePath | null;
}

/** What differs between two commits. One process: `diff-tree -r`. */
export async function treeChanges(
  port: Git,
  repository: AbsolutePath,
  from: Oid,
  to: Oid,
): Promise<TreeChange[]> {
  if (from === to) return [];
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', from, to];
  const { stdout } = await git(port, repository, args);
  const fields = stdout.toString('latin1').split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [modeFrom, modeTo, oidFrom, oidTo] = (fields[at] ?? '').replace(/^:/u, '').split(' ');
    changes.push({
      path: fields[at + 1] ?? '',
      from: { mode: modeFrom ?? '', oid: oidFrom ?? '' },
      to: { mode: modeTo ?? '', oid: oidTo ?? '' },
    });
  }
  return changes;
}

/**
 * The paths among `changes` at which the session has something of its own: staged, edited,
 * hidden, or an untracked or ignored file in the way. Writes nothing but a copy of the index.
 */
export async function clashing(
  port: Git,
  project: Pick<Project, 'commonDir'>,
  place: Place,
  changes: readonly TreeChange[],
): Promise<string[]> {
  if (changes.length === 0) return [];
  const { commonDir } = project;
  const index = new Map<string, { mode: string; oid: string; stage: number }>();
  const bound = atPrivateDir(port, commonDir, place.privateDir);
  for (const entry of await indexEntries(bound, commonDir)) index.set(entry.path, entry);
  const edited =
    place.worktree === null
      ? new Set<string>()
      : await editedPaths(port, commonDir, place.privateDir, place.worktree);
  const clashes: string[] = [];
  for (const change of changes) {
    const staged = index.get(change.path) ?? null;
    const free =
      staged === null
        ? isNull(change.from.oid) && !(await inTheWay(place.worktree, change.path))
        : staged.stage === 0 &&
          (same(staged, change.from) || same(staged, change.to)) &&
          !edited.has(change.path);
    if (!free) clashes.push(Buffer.from(change.path, 'latin1').toString('utf8'));
  }
  return clashes;
}

function same(one: { mode: string; oid: string }, other: { mode: string; oid: string }): boolean {
  return one.oid === other.oid && one.mode === other.mode;
}

async function editedPaths(
  port: Git,
  commonDir: AbsolutePath,
  privateDir: AbsolutePath,
  worktree: AbsolutePath,
): Promise<Set<string>> {
  const copy = below(privateFolder({ commonDir }), `index-${process.pid}`);
  await makeDirectory(privateFolder({ commonDir }));
  await copyFile(below(privateDir, 'index'), copy);
  try {
    const bound = gitWith(atPrivateDir(port, commonDir, privateDir, worktree), {
      GIT_INDEX_FILE: copy,
    });
    const plain = ['-c', 'core.fsmonitor=false'];
    const refresh = [...plain, 'update-index', '-q', '--refresh'];
    await git(bound, worktree, refresh, { answers: [0, 1] });
    const differ = await git(bound, worktree, [...plain, 'diff-files', '--name-only', '-z']);
    const flagged = await git(bound, worktree, ['ls-files', '-v', '-z']);
    const edited = new Set(fieldsOf(differ.stdout));
    for (const field of fieldsOf(flagged.stdout)) {
      // skip-worktree and assume-unchanged hide edits from every comparison
      if (!/^[Sa-z] /u.test(field)) continue;
      const path = field.slice(2);
      if ((await ifThere(lstat(bytesBelow(worktree, path)))) !== null) edited.add(path);
    }
    return edited;
  } finally {
    await rm(copy, { force: true });
  }
}

function fieldsOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split('\0').filter(Boolean);
}

/** Is there something at `path`, or a file where one of its folders has to be? */
async function inTheWay(worktree: AbsolutePath | null, path: string): Promise<boolean> {
  if (worktree === null) return false;
  if ((await ifThere(lstat(bytesBelow(worktree, path)))) !== null) return true;
  for (let at = dirname(path); at !== '.'; at = dirname(at)) {
    const stat = await ifThere(lstat(bytesBelow(worktree, at)));
    if (stat !== null) return !stat.isDirectory();
  }
  return false;
}

function bytesBelow(worktree: AbsolutePath, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${worktree}/`), Buffer.from(path, 'latin1')]);
}

/** Brings index and files forward; made again, it ends the same. Only for what does not clash. */
export async function goForward(
  port: Git,
  commonDir: AbsolutePath,
  place: Place,
  changes: readonly TreeChange[],
): Promise<void> {
  const cwd = place.worktree ?? commonDir;
  const bound = atPrivateDir(port, commonDir, place.privateDir, place.worktree ?? undefined);
  const lines = changes.map(({ path, to }) => `${modeOf(to.mode)} ${to.oid}\t${path}\0`);
  if (lines.length === 0) return;
  await git(bound, cwd, ['update-index', '-z', '--index-info'], {
    stdin: Buffer.from(lines.join(''), 'latin1'),
  });
  if (place.worktree === null) return;
  for (const { path, to } of changes) {
    // a gitlink that goes leaves its folder: it may be a repository with work
    if (isNull(to.oid)) await rm(bytesBelow(place.worktree, path), { force: true }).catch(ignore);
  }
  const files = changes.filter(({ to }) => !isNull(to.oid)).map(({ path }) => `${path}\0`);
  await git(bound, cwd, ['checkout-index', '-f', '-q', '-u', '-z', '--stdin'], {
    stdin: Buffer.from(files.join(''), 'latin1'),
  });
}

function ignore(): void {}

/** `update-index --index-info` takes a path away by mode 0 */
function modeOf(mode: string): string {
  return /^0+$/u.test(mode) ? '0' : mode;
}
