/**
 * Giving up a merge or rebase that was left to be resolved: what stands in the worktree by then is
 * pinned in the trash first, then the session is what it was before. Files that git does not know
 * stay as they are, and so does the session's log.
 *
 * Each step looks before it acts, so that a kill anywhere is followed by the same again.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../../kernel/errno.ts';
import { FlightError } from '../../kernel/errors.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { readRegularFile } from '../../kernel/regular-file.ts';
import { git, type Git } from '../../git/git.ts';
import { branchRef, type BranchName } from '../../git/oid.ts';
import { attachHead, headIn } from '../../git/private-head.ts';
import { atPrivateDir } from '../../git/private-dir.ts';
import type { RefChange } from '../../git/refs.ts';
import type { Held } from '../../safety/held.ts';
import { collectPins, writePin } from '../../safety/pins.ts';
import { must, pinChanges } from '../../safety/removal-refs.ts';
import { seqOf } from '../../safety/trash-places.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import { branchOfRecord, type SessionRecord } from '../../sessions/record.ts';
import { readRegistry } from '../../sessions/registry.ts';
import { syncEntry } from './entry.ts';
import { takeSnapshot } from './snapshot.ts';
import { tipsOf, underway, type Syncing } from './underway.ts';

const plain = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.fsync=all',
  'submodule.recurse=false',
].flatMap((pair) => ['-c', pair]);

export interface Place {
  readonly key: SessionKey;
  readonly record: SessionRecord;
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
}

/**
 * Pins what stands in the worktree as an entry of the trash whose branch is a commit of it.
 * Together with `changes`, all of it or nothing.
 * @returns the id of the entry
 */
export async function pinResolution(
  project: Project,
  { git: port }: Held,
  place: Place,
  syncing: Syncing,
  about: { readonly at: Date; readonly changes: readonly RefChange[] },
): Promise<string> {
  const { key, record, worktree, privateDir } = place;
  const { from, baseTip } = tipsOf(syncing);
  const registry = await readRegistry(port, project.commonDir);
  const head = await headIn(port, project.commonDir, privateDir, registry.branches);
  const seen = await underway(privateDir);
  const commit = await takeSnapshot(port, {
    commonDir: project.commonDir,
    worktree,
    privateDir,
    from,
    branch: record.branch,
    parents: [head.at ?? from, ...(seen.kind === 'merge' ? seen.of : [from, baseTip])],
    message: `What was in session ${record.name} when the ${syncing.shape} of ${syncing.base} was given up`,
    at: about.at,
  });
  const entry = await syncEntry(project, registry, place, { commit, head: head.at, at: about.at });
  const branch = branchOfRecord(record);
  const pins = await collectPins(port, project, { privateDir, branch, branchTip: from });
  const all = { ...pins, commits: [...new Set([...pins.commits, commit])] };
  const pin = await writePin(port, project, entry, all);
  faultPoint('sync.pin:before');
  await must(port, project, [...pinChanges(key, seqOf(entry.id), pin, all), ...about.changes], {
    name: record.name,
    what: 'sync given up',
  });
  faultPoint('sync.pin:after');
  // a `gc --prune=now` that has looked at the refs before may have taken it: now the ref keeps it
  await writePin(port, project, entry, all);
  return entry.id;
}

/**
 * Index, tracked files and HEAD as they were at `syncing.from`; nothing is under way any more.
 * Call only when what stands there is pinned, and the branch is at `from`.
 * @throws FlightError `git-failed`: what is pinned stays pinned, and the same again goes on
 */
export async function goBack(
  port: Git,
  project: Pick<Project, 'commonDir'>,
  place: Place,
  syncing: Syncing,
): Promise<void> {
  const { worktree, privateDir, record } = place;
  const { from } = tipsOf(syncing);
  const log = await bytesOf(worktree, record.log);
  const bound = atPrivateDir(port, project.commonDir, privateDir, worktree);
  faultPoint('sync.back:before');
  await git(bound, worktree, [...plain, 'read-tree', '--reset', '-u', from]);
  faultPoint('sync.back-tree:after');
  if (log !== null) await putBack(worktree, record.log, log);
  const branch: BranchName = branchOfRecord(record);
  await attachHead(bound, worktree, branchRef(branch));
  faultPoint('sync.back-head:after');
  // forgets, and touches neither index nor files
  const seen = await underway(privateDir);
  if (seen.kind === 'rebase') await git(port, worktree, ['rebase', '--quit']);
  else await git(port, worktree, ['merge', '--quit']);
  faultPoint('sync.back:after');
}

async function bytesOf(worktree: AbsolutePath, log: string | undefined): Promise<Buffer | null> {
  if (log === undefined) return null;
  return readRegularFile(below(worktree, log)).catch(() => null);
}

/** It is written while the session runs, whatever becomes of a merge. */
async function putBack(
  worktree: AbsolutePath,
  log: string | undefined,
  bytes: Buffer,
): Promise<void> {
  const now = await bytesOf(worktree, log);
  if (log === undefined || now?.equals(bytes) === true) return;
  const path = below(worktree, log);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (error) {
    throw new FlightError('disk-failed', { what: 'write', path, reason: errorCode(error) });
  }
}
