/**
 * Objects: what our records and pins are made of.
 * `cat-file --batch` reads many in one process, and a missing one is an answer, not a failure.
 */
import { git, gitText, type Git } from './git.ts';
import { oid, type Oid } from './oid.ts';

const durableObjects = ['-c', 'core.fsync=all'];

/** Stores `content` as a blob, on the disk when it returns. One process: `hash-object -w`. */
export async function writeBlob(
  port: Git,
  repository: string,
  content: string | Uint8Array,
): Promise<Oid> {
  return oid(
    await gitText(port, repository, [...durableObjects, 'hash-object', '-w', '--stdin'], {
      stdin: content,
    }),
  );
}

/** Stores a commit object written out by the caller. One process: `hash-object -t commit -w`. */
export async function writeCommitObject(
  port: Git,
  repository: string,
  content: string,
): Promise<Oid> {
  const args = [...durableObjects, 'hash-object', '-t', 'commit', '-w', '--stdin'];
  return oid(await gitText(port, repository, args, { stdin: content }));
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
  return oid(await gitText(port, repository, [...durableObjects, 'mktree', '-z'], { stdin }));
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
