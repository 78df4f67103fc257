/**
 * One side of a question: the state of a session's work, or the tip of a base.
 *
 * A session with uncommitted work is told by a fingerprint of its status and of the files behind
 * it, so that an unchanged one needs no process; files changed in the last two seconds have none
 * (they may be changed again within the same tick of the clock). In the middle of a merge the
 * commit to come has several parents. In the middle of a rebase, or with conflicts in its index,
 * nobody knows what it will come to: it is unknown.
 */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { isOid, type Oid } from '../../git/oid.ts';
import type { Status } from '../../git/status.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { textOf, type MergeSettings } from './merge-settings.ts';
import type { Participant } from './model.ts';
import { uncommittedOf, type Edit, type Uncommitted } from './uncommitted.ts';

export interface Side {
  /** the commits it, or the commit it will come to, descends from; HEAD first */
  readonly heads: readonly [Oid, ...Oid[]];
  readonly edits: readonly Edit[];
  /** where uncommitted work lies; `null`: there is none, the state is HEAD */
  readonly work: Work | null;
  /** settings of its own worktree, as text */
  readonly ownSettings: string;
  readonly worktree: AbsolutePath | null;
  readonly privateDir: AbsolutePath | null;
}

interface Work {
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  readonly uncommitted: Uncommitted;
  /** 64 hexadecimal digits; `null`: its files are too young to be told apart */
  readonly fingerprint: string | null;
}

export type SideOrWhy = Side | { readonly why: string };

export function isSide(side: SideOrWhy): side is Side {
  return !('why' in side);
}

/** The tip of a branch, nothing else. */
export function committed(tip: Oid): Side {
  return {
    heads: [tip],
    edits: [],
    work: null,
    ownSettings: '',
    worktree: null,
    privateDir: null,
  };
}

/** What `participant` stands for. No process. */
export function sideOf(participant: Participant, settings: MergeSettings): SideOrWhy {
  const { worktree, status, tip, branch, name } = participant;
  if (worktree === null) return committed(tip);
  if (status === null) return { why: `the status of ${name} could not be read` };
  const { path, privateDir } = worktree;
  const why = whyUnclear(participant, status, privateDir);
  if (why !== null) return { why };
  const head = status.branch === branch ? status.head : tip;
  if (head === null) return { why: `${branch} has no commit yet` };
  const uncommitted = uncommittedOf(status.entries);
  const [conflicted] = uncommitted.unmerged;
  if (conflicted !== undefined) return { why: `${name} has unmerged files (${conflicted})` };
  const heads: [Oid, ...Oid[]] = [head, ...mergedInto(privateDir).filter((id) => id !== head)];
  const ownSettings = settings.perWorktree
    ? (textOf(below(privateDir, 'config.worktree')) ?? '')
    : '';
  const { edits } = uncommitted;
  if (edits.length === 0 && !uncommitted.isUnspeakable && heads.length === 1) {
    return { heads, edits, work: null, ownSettings, worktree: path, privateDir };
  }
  const print = fingerprintOf({ heads, path, uncommitted, salt: settings.digest + ownSettings });
  const work = { worktree: path, privateDir, uncommitted, fingerprint: print };
  return { heads, edits, work, ownSettings, worktree: path, privateDir };
}

function whyUnclear(
  { name, branch, tip }: Participant,
  status: Status,
  privateDir: AbsolutePath,
): string | null {
  if (status.branch === branch) return null;
  const isRebasing = ['rebase-merge', 'rebase-apply'].some((folder) =>
    existsSync(below(privateDir, folder)),
  );
  if (isRebasing) return `${name} is in the middle of a rebase`;
  return status.head === tip ? null : `the worktree of ${name} is not on ${branch}`;
}

/** What a merge that is not committed yet brings in. */
function mergedInto(privateDir: AbsolutePath): Oid[] {
  return (textOf(below(privateDir, 'MERGE_HEAD')) ?? '').split('\n').filter(isOid);
}

/** How long a file must have been left alone. */
const restedMs = 2_000n;

function fingerprintOf(input: {
  readonly heads: readonly Oid[];
  readonly path: AbsolutePath;
  readonly uncommitted: Uncommitted;
  readonly salt: string;
}): string | null {
  const { heads, path, uncommitted, salt } = input;
  // where a submodule stands, and how a name is spelled, is not seen from here
  if (uncommitted.hasCommits || uncommitted.isUnspeakable) return null;
  const young = (BigInt(Date.now()) - restedMs) * 1_000_000n;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([salt, heads]));
  for (const { path: file, before, after } of uncommitted.edits) {
    hash.update(JSON.stringify([file, before, after]));
  }
  for (const file of uncommitted.unstaged) {
    const stat = lookAt(below(path, file));
    if (stat === null) continue;
    const { size, mtimeNs, ctimeNs, ino, mode } = stat;
    if (mtimeNs > young || ctimeNs > young) return null;
    hash.update(`${file}\0${size} ${mtimeNs} ${ctimeNs} ${ino} ${mode}\0`);
  }
  return hash.digest('hex');
}

function lookAt(file: string): ReturnType<typeof readStat> {
  try {
    return readStat(file);
  } catch {
    return null;
  }
}

function readStat(file: string) {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false }) ?? null;
}
