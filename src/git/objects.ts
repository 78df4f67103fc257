/**
 * Objects: what our records and pins are made of.
 * `cat-file --batch` reads many in one process, and a missing one is an answer, not a failure.
 */
import { git, GitError, gitText, type Git } from './git.ts';
import { oid, type Oid } from './oid.ts';

const durableObjects = ['-c', 'core.fsync=all'];

/** gc removes folders it has emptied: one of them between git's making it and writing into it. */
const folderWentAway = /unable to (?:write|create)[^]*No such file or directory/u;

/** Stores an object, again up to three times while a gc is in the way. @returns its id */
async function store(
  port: Git,
  repository: string,
  args: readonly string[],
  stdin: string | Uint8Array,
): Promise<Oid> {
  for (let left = 3; ; left -= 1) {
    try {
      return oid(await gitText(port, repository, [...durableObjects, ...args], { stdin }));
    } catch (error) {
      const again = error instanceof GitError && folderWentAway.test(error.data.stderr);
      if (left === 0 || !again) throw error;
    }
  }
}

/** Stores `content` as a blob, on the disk when it returns. One process: `hash-object -w`. */
export async function writeBlob(
  port: Git,
  repository: string,
  content: string | Uint8Array,
): Promise<Oid> {
  return store(port, repository, ['hash-object', '-w', '--stdin'], content);
}

/** Stores a commit object written out by the caller. One process: `hash-object -t commit -w`. */
export async function writeCommitObject(
  port: Git,
  repository: string,
  content: string,
): Promise<Oid> {
  return store(port, repository, ['hash-object', '-t', 'commit', '-w', '--stdin'], content);
}

export interface TreeEntry {
  readonly mode: '100644' | '100755' | '120000' | '040000' | '160000';
  readonly type: 'blob' | 'tree' | 'commit';
  readonly oid: Oid;
  readonly name: string;
}

/** Stores a tree. All objects named must exist. One process: `mktree -z`. */
export async function writeTree(
  port: Git,
  repository: string,
  entries: readonly TreeEntry[],
): Promise<Oid> {
  const stdin = entries.map((e) => `${e.mode} ${e.type} ${e.oid}\t${e.name}\0`).join('');
  return store(port, repository, ['mktree', '-z'], stdin);
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
  if (names.length === 0) return [];
  const { stdout } = await git(port, repository, ['cat-file', '--batch'], {
    stdin: `${names.join('\n')}\n`,
  });
  const contents: (Buffer | null)[] = [];
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
    contents.push(match.groups['type'] === 'blob' ? stdout.subarray(at, at + size) : null);
    at += size + 1;
  }
  return contents;
}
