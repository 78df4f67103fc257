/**
 * What would come of a commit that is not made yet: the session's files as they are and will be,
 * as a commit in private objects, merged with the base there. The worktree's own index and the
 * repository are only read.
 *
 * Processes: `add --all` or `read-tree` on an index of our own, `hash-object` per file to come,
 * `update-index`, `write-tree`, `commit-tree`; then those of building the merge.
 */
import { copyFile, rm } from 'node:fs/promises';
import { commitTree } from '../git/commit.ts';
import { git, gitText, gitWith, type Git } from '../git/git.ts';
import { putIntoIndex } from '../git/index-write.ts';
import { mergeTree } from '../git/merge-tree.ts';
import { nullOid, oid, type Oid } from '../git/oid.ts';
import { NoSimulation, withPrivateObjects } from '../git/simulation.ts';
import { FlightError, isFlightError } from '../kernel/errors.ts';
import { errorCode } from '../kernel/errno.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import type { Project } from '../sessions/project.ts';
import { prepareMove } from './move-base.ts';
import { buildCommit, type BuildInput } from './shapes.ts';

export interface Coming {
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  readonly head: Oid;
  /** everything that is not ignored, or only `files` on top of HEAD */
  readonly all: boolean;
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

/**
 * The paths in which it will conflict with `base`; `null` if that could not be found out.
 */
export async function foreseeConflicts(
  project: Project,
  coming: Coming,
  base: Oid,
): Promise<readonly string[] | null> {
  return simulate(project, coming, async (port, cwd, tip) => {
    const merged = await mergeTree(port, cwd, base, tip);
    return merged.kind === 'clean' ? [] : merged.conflicts.map((one) => one.path);
  });
}

/**
 * For the end of a dev-session: goes through the landing as it will be, up to where something would move.
 * @param landing with the session's tip as it is now
 * @throws FlightError what landing refuses: `conflicts`, `base-busy`, `files-in-the-way`, …
 */
export async function foreseeLanding(
  project: Project,
  coming: Coming,
  landing: Omit<BuildInput, 'sessionTip'>,
): Promise<void> {
  const { name, base, branch, baseTip: from } = landing;
  await simulate(project, coming, async (port, cwd, tip) => {
    const input = { ...landing, sessionTip: tip };
    const built = await buildCommit(port, { root: cwd }, input);
    if (built.kind === 'conflicts') {
      const paths = built.conflicts.map((one) => one.path);
      const end = ['dev-session', 'end'] as const;
      throw new FlightError('conflicts', { name, base, worktree: coming.worktree, paths, end });
    }
    if (built.kind === 'nothing') return;
    const sessionWorktree = coming.worktree;
    const move = { base, from, to: built.oid, name, branch, sessionTip: tip, sessionWorktree };
    await prepareMove(project.git, project, move, port);
  });
}

type Body<T> = (port: Git, cwd: AbsolutePath, tip: Oid) => Promise<T>;

/** `null` where it cannot be simulated: then the landing itself will tell. */
async function simulate<T>(project: Project, coming: Coming, body: Body<T>): Promise<T | null> {
  try {
    return await withPrivateObjects(project.git, project, async ({ git: port, cwd }) => {
      const tip = await commitToCome(port, cwd, coming);
      return body(gitWith(port, unsigned), cwd, tip);
    });
  } catch (error) {
    const isUnknown = error instanceof NoSimulation || isFlightError(error, 'git-failed');
    if (isUnknown) return null;
    throw error;
  }
}

/** For git's environment: nobody is asked for a passphrase for what is only looked at. */
export const unsigned = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'commit.gpgSign',
  GIT_CONFIG_VALUE_0: 'false',
};

async function commitToCome(port: Git, cwd: AbsolutePath, coming: Coming): Promise<Oid> {
  const { worktree, privateDir, head } = coming;
  const index = below(cwd, '..', 'index');
  await rm(index, { force: true });
  const there = gitWith(port, {
    GIT_DIR: privateDir,
    GIT_WORK_TREE: worktree,
    GIT_INDEX_FILE: index,
  });
  if (coming.all) {
    await copyFile(below(privateDir, 'index'), index).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
    });
    const args = ['-c', 'core.safecrlf=false', '-c', 'core.fsmonitor=false', 'add', '--all'];
    await git(there, worktree, args);
  } else await git(there, worktree, ['read-tree', head]);
  const entries = [];
  for (const { path, bytes } of coming.files) {
    const args = ['hash-object', '-w', '--stdin', `--path=${path}`];
    const blob = oid(await gitText(there, worktree, args, { stdin: bytes }));
    entries.push({ path, side: { mode: '100644', oid: blob } });
  }
  await putIntoIndex(there, worktree, entries, nullOid(head));
  const tree = oid(await gitText(there, worktree, ['write-tree']));
  const message = 'simulation';
  return commitTree(there, worktree, { tree, parents: [head], message, signing: 'unsigned' });
}
