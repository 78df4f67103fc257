/**
 * Objects: what our records and pins are made of.
 * `cat-file --batch` reads many in one process, and a missing one is an answer, not a failure.
 */
import type { AbsolutePath } from '../kernel/path.ts';
import { commandConfig } from './config.ts';
import { git, GitError, gitText, type Git } from './git.ts';
import { looseStore, writeLoose, type ObjectKind } from './loose-objects.ts';
import { oid, type Oid } from './oid.ts';

const durableObjects = ['-c', 'core.fsync=all'];

/** gc removes folders it has emptied: one of them between git's making it and writing into it. */
const folderWentAway = /unable to (?:write|create)[^]*No such file or directory/u;

/**
 * Stores an object, on the disk when it returns. No process, where it can be written as it is
 * (`loose-objects.ts`); else `hash-object -w`, again up to three times while a gc is in the way.
 */
async function store(
  port: Git,
  repository: string,
  kind: ObjectKind,
  content: string | Uint8Array,
): Promise<Oid> {
  const written = await withoutProcess(port, repository, kind, content);
  if (written !== null) return written;
  // read as it is: what we have made is right, and a pin may have a thousand parents
  const args = [...durableObjects, 'hash-object', '-t', kind, '-w', '--stdin'];
  for (let left = 3; ; left -= 1) {
    try {
      return oid(await gitText(port, repository, args, { stdin: content }));
    } catch (error) {
      const again = error instanceof GitError && folderWentAway.test(error.data.stderr);
      if (left === 0 || !again) throw error;
    }
  }
}

/** @returns `null` if git is to do it, and to say what is wrong */
async function withoutProcess(
  port: Git,
  repository: string,
  kind: ObjectKind,
  content: string | Uint8Array,
): Promise<Oid | null> {
  // bound to other object directories
  if (port.env['GIT_OBJECT_DIRECTORY'] !== undefined || port.env['GIT_DIR'] !== undefined) {
    return null;
  }
  try {
    const place = looseStore(repository, await commandConfig(port, repository));
    return place === null ? null : await writeLoose(place, kind, content);
  } catch {
    port.signal?.throwIfAborted();
    return null;
  }
}

/** Stores `content` as a blob, on the disk when it returns. */
export async function writeBlob(
  port: Git,
  repository: AbsolutePath,
  content: string | Uint8Array,
): Promise<Oid> {
  return store(port, repository, 'blob', content);
}

/** Stores a commit object written out by the caller. */
export async function writeCommitObject(
  port: Git,
  repository: AbsolutePath,
  content: string,
): Promise<Oid> {
  return store(port, repository, 'commit', content);
}

export interface TreeEntry {
  readonly mode: '100644' | '100755' | '120000' | '040000' | '160000';
  readonly type: 'blob' | 'tree' | 'commit';
  readonly oid: Oid;
  readonly name: string;
}

/** Stores a tree. All objects named must exist. */
export async function writeTree(
  port: Git,
  repository: AbsolutePath,
  entries: readonly TreeEntry[],
): Promise<Oid> {
  return store(port, repository, 'tree', formatTree(entries));
}

/** Pure: a tree as it is stored, in git's order, which takes folders for names with a slash. */
function formatTree(entries: readonly TreeEntry[]): Buffer {
  const parts = entries
    .map(({ mode, type, oid: id, name }) => ({
      place: Buffer.from(type === 'tree' ? `${name}/` : name),
      bytes: Buffer.concat([
        Buffer.from(`${mode.replace(/^0/u, '')} ${name}\0`),
        Buffer.from(id, 'hex'),
      ]),
    }))
    .toSorted((a, b) => Buffer.compare(a.place, b.place));
  return Buffer.concat(parts.map(({ bytes }) => bytes));
}

/** Pure: when a commit was committed, by its bytes; `null` if they do not tell. */
export function committedAt({ type, bytes }: GitObject): Date | null {
  if (type !== 'commit') return null;
  const end = bytes.indexOf('\n\n');
  const header = bytes.subarray(0, end < 0 ? bytes.length : end).toString('latin1');
  const seconds = /^committer .*> (?<seconds>\d+) [+-]\d+$/mu.exec(header)?.groups?.['seconds'];
  return seconds === undefined ? null : new Date(Number(seconds) * 1000);
}

/**
 * The contents of blobs, in the order asked; `null` for one that is missing or no blob.
 * `names` are object ids or `<oid>:<path>` without newlines. One process: `cat-file --batch`.
 */
export async function readBlobs(
  port: Git,
  repository: string,
  names: readonly string[],
): Promise<(Buffer | null)[]> {
  const objects = await readObjects(port, repository, names);
  return objects.map((object) => (object?.type === 'blob' ? object.bytes : null));
}

export interface GitObject {
  /** `blob`, `commit`, `tree`, `tag` */
  readonly type: string;
  readonly bytes: Buffer;
}

/** As `readBlobs`, of objects of any type. */
export async function readObjects(
  port: Git,
  repository: string,
  names: readonly string[],
): Promise<(GitObject | null)[]> {
  if (names.length === 0) return [];
  const { stdout } = await git(port, repository, ['cat-file', '--batch'], {
    stdin: `${names.join('\n')}\n`,
  });
  const contents: (GitObject | null)[] = [];
  let at = 0;
  for (const _ of names) {
    const end = stdout.indexOf(0x0a, at);
    const head = stdout.subarray(at, end).toString('utf8');
    at = end + 1;
    const match = /^[0-9a-f]+ (?<type>\w+) (?<size>\d+)$/u.exec(head);
    if (match?.groups === undefined) {
      contents.push(null);
      continue;
    }
    const size = Number(match.groups['size']);
    contents.push({ type: match.groups['type'] ?? '', bytes: stdout.subarray(at, at + size) });
    at += size + 1;
  }
  return contents;
}
