/**
 * Pins: what holds the objects of a session that leaves. The rename of its private git dir takes
 * away gc's roots (HEAD, its log, a stopped rebase, a bisect, the index), the end of its branch
 * takes the branch's reflog; one commit behind the trash ref holds all of them instead.
 *
 * - Everything that is named counts, whatever file of the private git dir names it: a list of
 *   known files would be out of date with the next git.
 * - Only objects that exist already are held; nothing is made of a file of the session.
 *
 * Processes: `ls-files`, `ls-tree` (both not if preflight has found the index clean), and
 * `cat-file --batch-check`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { FlightError } from '../kernel/errors.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import type { Git } from '../git/git.ts';
import { commandConfig, isPartialClone } from '../git/config.ts';
import { localObjectTypes } from '../git/object-types.ts';
import { writeBlob, writeCommitObject, writeTree, type TreeEntry } from '../git/objects.ts';
import { branchRef, isNull, type BranchName, type Oid } from '../git/oid.ts';
import {
  atPrivateDir,
  reflogOids,
  reftableOids,
  stagedIn,
  treeOids,
  type IndexEntry,
} from '../git/private-dir.ts';
import { ownRef, type OwnRef } from '../git/refs.ts';
import type { SessionKey } from '../sessions/name.ts';
import type { Project } from '../sessions/project.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { ifThere } from './disk.ts';

export interface PinSources {
  /** the private git dir, wherever it is now; `null` if there is none */
  readonly privateDir: AbsolutePath | null;
  readonly branch: BranchName;
  /** `null`: the branch does not exist */
  readonly branchTip: Oid | null;
  /** what preflight has seen of the index, if that still holds; else it is read */
  readonly clean?: CleanIndex;
}

/** An index that differs in nothing from a commit that could be read: of it only this is to hold. */
export interface CleanIndex {
  readonly commit: Oid;
  /** what resolved conflicts can be undone to */
  readonly undone: readonly Oid[];
}

export interface Pins {
  /** held as parents of the pin */
  readonly commits: readonly Oid[];
  /** held by the tree of the pin */
  readonly objects: readonly { readonly oid: Oid; readonly type: 'blob' | 'tree' }[];
  /** no tree and no commit can hold a tag object: each gets a ref of its own, see `tagRef` */
  readonly tags: readonly Oid[];
}

type Place = Pick<Project, 'commonDir' | 'repository'>;

/**
 * Finds every object that may be reachable only through a session's branch and private git dir.
 * Ids in texts that name no object (ours or forgotten ones) are left out.
 * @throws FlightError `objects-missing` if the index or the branch names an object that is not
 *   here although this is no partial clone; GitError if the index cannot be read
 */
export async function collectPins(git: Git, project: Place, from: PinSources): Promise<Pins> {
  const { commonDir } = project;
  const digits = project.repository.objectFormat === 'sha256' ? 64 : 40;
  const [{ partial, staged, undone }, texts, reflog] = await Promise.all([
    indexed(git, commonDir, from),
    privateOids(git, commonDir, from.privateDir, digits),
    branchReflog(git, commonDir, from.branch, digits),
  ]);
  const needed = new Set<string>(staged);
  if (from.branchTip !== null) needed.add(from.branchTip);
  const wanted = new Set<string>([...needed, ...undone, ...texts, ...reflog]);
  // git has just read this commit, and compared its tree
  const read = from.clean?.commit;
  const known = read !== undefined && wanted.delete(read) ? [[read, 'commit'] as const] : [];
  const asked = await localObjectTypes(git, commonDir, wanted, partial ? 'partial' : 'whole');
  const types = new Map([...known, ...asked]);
  const found = new Set<string>(types.keys());
  const missing = [...needed].filter((id) => !found.has(id));
  if (missing.length > 0 && !partial) {
    throw new FlightError('objects-missing', { branch: from.branch, oids: missing });
  }
  const commits: Oid[] = [];
  const objects: { oid: Oid; type: 'blob' | 'tree' }[] = [];
  const tags: Oid[] = [];
  for (const [oid, type] of types) {
    if (type === 'commit') commits.push(oid);
    else if (type === 'tag') tags.push(oid);
    else objects.push({ oid, type });
  }
  return { commits, objects, tags };
}

/**
 * The objects that the index names. What the tree of the tip holds is held by the tip: the pin
 * grows with the changes only. (Not asked in a partial clone: it could go to the network.)
 */
async function indexed(
  git: Git,
  commonDir: AbsolutePath,
  { branchTip, privateDir, clean }: PinSources,
): Promise<{
  readonly partial: boolean;
  readonly staged: readonly string[];
  readonly undone: readonly string[];
}> {
  const partial = isPartialClone(await commandConfig(git, commonDir));
  if (clean !== undefined && clean.commit === branchTip) {
    return { partial, staged: [], undone: clean.undone };
  }
  if (privateDir === null) return { partial, staged: [], undone: [] };
  const { entries, undone } = await stagedIn(atPrivateDir(git, commonDir, privateDir), commonDir);
  const unasked = branchTip === null || partial;
  const inTip = unasked ? new Set<string>() : await treeOids(git, commonDir, branchTip);
  const staged = objectsOf(entries).filter((id) => !inTip.has(id));
  return { partial, staged, undone: objectsOf(undone) };
}

/** A gitlink names a commit of another repository. */
function objectsOf(entries: readonly IndexEntry[]): string[] {
  return entries.filter((e) => e.mode !== '160000' && !isNull(e.oid)).map((e) => e.oid);
}

/** Every full id in a text file of the private git dir; `modules/` are repositories of their own. */
async function privateOids(
  git: Git,
  commonDir: AbsolutePath,
  privateDir: AbsolutePath | null,
  digits: number,
): Promise<string[]> {
  if (privateDir === null) return [];
  const found = new Set<string>();
  for await (const file of filesBelow(privateDir)) {
    // a file may go between listing and reading (an index.lock); what is not there names nothing
    const bytes = await ifThere(readFile(file));
    if (bytes !== null) for (const id of oidsIn(bytes, digits)) found.add(id);
  }
  if ((await ifThere(readdir(below(privateDir, 'reftable')))) !== null) {
    const bound = atPrivateDir(git, commonDir, privateDir);
    for (const id of await reftableOids(bound, commonDir)) found.add(id);
  }
  return [...found];
}

async function* filesBelow(
  folder: AbsolutePath,
  skipped = 'modules',
): AsyncGenerator<AbsolutePath> {
  for (const entry of (await ifThere(readdir(folder, { withFileTypes: true }))) ?? []) {
    if (entry.isFile()) yield below(folder, entry.name);
    else if (entry.isDirectory() && entry.name !== skipped) {
      yield* filesBelow(below(folder, entry.name), '');
    }
  }
}

/** Old and new values; the file tells both, `log -g` only the new ones. */
async function branchReflog(
  git: Git,
  commonDir: AbsolutePath,
  branch: BranchName,
  digits: number,
): Promise<string[]> {
  const ref = branchRef(branch);
  const bytes = await ifThere(readFile(below(commonDir, 'logs', ref)));
  if (bytes !== null) return oidsIn(bytes, digits);
  const stacks = await ifThere(readdir(below(commonDir, 'reftable')));
  return stacks === null ? [] : reflogOids(git, commonDir, ref);
}

/** Pure: the full ids in `bytes`, none for a binary file. */
export function oidsIn(bytes: Buffer, digits: number): string[] {
  if (bytes.includes(0)) return [];
  const pattern = new RegExp(`(?<![0-9a-f])[0-9a-f]{${digits}}(?![0-9a-f])`, 'gu');
  const found = bytes.toString('latin1').match(pattern) ?? [];
  return [...new Set(found)].filter((id) => !isNull(id));
}

/** The ref that holds tag object `tag` for a trash entry. Beside the entries, not among them. */
export function tagRef(key: SessionKey, seq: number, tag: Oid): OwnRef {
  return ownRef('trash-tags', key, String(seq), tag);
}

/** Where the tag refs of one entry are. */
export function tagRefPrefix(key: SessionKey, seq: number): string {
  return `refs/flight-rules/trash-tags/${key}/${seq}/`;
}

/**
 * Writes the pin: entry and objects in its tree, commits as its parents. It is not behind a ref
 * yet. The identity is ours, so that a user without `user.email` loses nothing.
 */
export async function writePin(
  git: Git,
  project: Place,
  entry: TrashEntry,
  pins: Pins,
): Promise<Oid> {
  const { commonDir } = project;
  // git knows the empty blob without having it (`add -N`); a tree must name one that is there
  if (pins.objects.some(({ oid }) => isEmptyBlob(oid))) await writeBlob(git, commonDir, '');
  const text = `${JSON.stringify(entry, null, 1)}\n`;
  const description = await writeBlob(git, commonDir, text);
  const held: TreeEntry[] = pins.objects.map(({ oid, type }) =>
    type === 'tree'
      ? { mode: '040000', type, oid, name: oid }
      : { mode: '100644', type, oid, name: oid },
  );
  const tree = await writeTree(git, commonDir, [
    { mode: '100644', type: 'blob', oid: description, name: 'entry.json' },
    ...held,
  ]);
  const seconds = Math.floor(new Date(entry.removedAt).getTime() / 1000);
  const who = `flight-rules <flight-rules@localhost> ${seconds} +0000`;
  const lines = [
    `tree ${tree}`,
    ...pins.commits.map((commit) => `parent ${commit}`),
    `author ${who}`,
    `committer ${who}`,
    '',
    `flight-rules: trash ${entry.id}`,
    '',
  ];
  const pin = await writeCommitObject(git, commonDir, lines.join('\n'));
  // as the registry reads it
  git.known.set(`${pin}:entry.json`, Buffer.from(text));
  return pin;
}

function isEmptyBlob(id: string): boolean {
  return (
    id === 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' ||
    id === '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813'
  );
}
