/**
 * What stands in a session's worktree in the middle of a merge or rebase, as a commit: every
 * tracked file as it is now, conflict marks and all, and whatever stands where going back would
 * write. Other untracked files stay where they are and become no objects.
 *
 * Processes, on a copy of the index: `ls-files`, `update-index`, `add`, `write-tree`, `diff-tree`.
 */
import { copyFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedPaths } from '../../git/diff.ts';
import { git, gitText, gitWith, type Git } from '../../git/git.ts';
import { listIndex } from '../../git/index-entries.ts';
import { lookAgain, putIntoIndex } from '../../git/index-write.ts';
import { writeCommitObject } from '../../git/objects.ts';
import { nullOid, oid, type Oid } from '../../git/oid.ts';
import { atPrivateDir } from '../../git/private-dir.ts';
import { FlightError } from '../../kernel/errors.ts';
import { absolute, below, type AbsolutePath } from '../../kernel/path.ts';
import { whatStandsAt } from '../in-the-way.ts';
import { unmergedPaths } from './unresolved.ts';

export interface Snapshot {
  readonly commonDir: AbsolutePath;
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  /** what the worktree will go back to */
  readonly from: Oid;
  /** what the commit descends from: its own history, and what is being brought in */
  readonly parents: readonly Oid[];
  readonly branch: string;
  readonly message: string;
  readonly at: Date;
}

const plain = ['core.safecrlf=false', 'core.fsmonitor=false', 'submodule.recurse=false'].flatMap(
  (pair) => ['-c', pair],
);

/**
 * @returns the commit, behind no ref yet. The identity is ours: nobody needs to be configured.
 * @throws FlightError `files-in-the-way`: a repository stands where going back would write
 */
export async function takeSnapshot(port: Git, what: Snapshot): Promise<Oid> {
  const room = absolute(await realpath(await mkdtemp(join(tmpdir(), 'flight-rules-'))));
  try {
    return await commitOf(port, what, await treeIn(port, what, room));
  } finally {
    await rm(room, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function treeIn(port: Git, what: Snapshot, room: AbsolutePath): Promise<Oid> {
  const { commonDir, privateDir, worktree } = what;
  const index = below(room, 'index');
  await copyFile(below(privateDir, 'index'), index);
  const there = gitWith(atPrivateDir(port, commonDir, privateDir, worktree), {
    GIT_INDEX_FILE: index,
  });
  await readyToAdd(there, what);
  await git(there, worktree, [...plain, 'add', '--sparse', '--update', '--', ':/']);
  await leaveOut(there, what, await unmergedPaths(there, worktree));
  await addStanding(there, what, room);
  return oid(await gitText(there, worktree, ['write-tree']));
}

/** What `add` would not see although going back writes over it, and what it fails at. */
async function readyToAdd(there: Git, what: Snapshot): Promise<void> {
  const entries = await listIndex(there, what.worktree);
  const unseen = entries.filter((entry) => entry.assumeUnchanged);
  await lookAgain(
    there,
    what.worktree,
    unseen.map(({ path }) => path),
  );
  // git leaves a submodule checked out as it is; one that conflicts need not be there at all
  const modules = entries.filter(({ stage, mode }) => stage > 0 && mode === '160000');
  await leaveOut(
    there,
    what,
    modules.map(({ path }) => path),
  );
}

async function leaveOut(there: Git, what: Snapshot, paths: readonly string[]): Promise<void> {
  const gone = [...new Set(paths)].map((path) => ({ path, side: null }));
  await putIntoIndex(there, what.worktree, gone, nullOid(what.from));
}

/** What is not tracked now, but stands where a file of `from` will be written again. */
async function addStanding(there: Git, what: Snapshot, room: AbsolutePath): Promise<void> {
  const { worktree, from } = what;
  const tree = oid(await gitText(there, worktree, ['write-tree']));
  const changes = await changedPaths(there, worktree, from, tree);
  const standing: string[] = [];
  for (const { path, before, after } of changes) {
    if (after !== null || before?.mode === '160000') continue;
    const found = await whatStandsAt(worktree, path);
    if (found.kind === 'file' || found.kind === 'folder') standing.push(path);
    if (found.kind === 'above') standing.push(found.path);
  }
  if (standing.length === 0) return;
  const list = below(room, 'paths');
  await writeFile(list, standing.map((path) => `${path}\0`).join(''));
  const args = ['--literal-pathspecs', 'add', '--sparse', '-f', `--pathspec-from-file=${list}`];
  await git(there, worktree, [...plain, ...args, '--pathspec-file-nul']);
  await refuseRepositories(there, what, standing);
}

/** Of a repository only the commit it is at would be held, and it would be written over. */
async function refuseRepositories(
  there: Git,
  { worktree, branch }: Snapshot,
  standing: readonly string[],
): Promise<void> {
  const paths = (await listIndex(there, worktree))
    .filter(({ mode }) => mode === '160000')
    .map(({ path }) => path)
    .filter((path) => standing.some((one) => path === one || path.startsWith(`${one}/`)));
  if (paths.length === 0) return;
  throw new FlightError('files-in-the-way', { base: branch, worktree, paths });
}

async function commitOf(port: Git, what: Snapshot, tree: Oid): Promise<Oid> {
  const seconds = Math.floor(what.at.getTime() / 1000);
  const who = `flight-rules <flight-rules@localhost> ${seconds} +0000`;
  const parents = [...new Set(what.parents)];
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
    '',
    what.message,
    '',
  ];
  return writeCommitObject(port, what.commonDir, lines.join('\n'));
}
