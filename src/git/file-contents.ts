/**
 * Between a file and its blob, with the user's filters: what git would store for a file, without
 * storing it, and what a blob looks like in a checkout.
 */
import { git, gitText, type Git } from './git.ts';
import { isOid, oid, type Oid } from './oid.ts';

/**
 * The blobs that regular files would become, by path; all of `paths` must be there. One process
 * (`hash-object --stdin-paths`), and one more for each path with a newline in it.
 */
export async function hashFiles(
  port: Git,
  worktree: string,
  paths: readonly string[],
): Promise<Map<string, Oid>> {
  const found = new Map<string, Oid>();
  const args = ['-c', 'core.safecrlf=false', 'hash-object'];
  const inLine = paths.filter((path) => !path.includes('\n'));
  if (inLine.length > 0) {
    // a quote at the start would be read as git's own quoting
    const stdin = inLine.map((path) => `${path.startsWith('"') ? './' : ''}${path}\n`).join('');
    const { stdout } = await git(port, worktree, [...args, '--stdin-paths'], { stdin });
    for (const [at, id] of stdout.toString('utf8').split('\n').entries()) {
      const path = inLine[at];
      if (path !== undefined && isOid(id)) found.set(path, id);
    }
  }
  for (const path of paths.filter((one) => one.includes('\n'))) {
    found.set(path, oid(await gitText(port, worktree, [...args, '--', path])));
  }
  return found;
}

/** What git would store for these bytes, without filters. One process. */
export async function hashBytes(port: Git, repository: string, bytes: string): Promise<Oid> {
  return oid(await gitText(port, repository, ['hash-object', '--stdin'], { stdin: bytes }));
}

/** The bytes a blob has in a checkout, filters applied. One process: `cat-file --filters`. */
export async function smudged(
  port: Git,
  worktree: string,
  path: string,
  blob: Oid,
): Promise<Buffer> {
  return (await git(port, worktree, ['cat-file', '--filters', `--path=${path}`, blob])).stdout;
}
