/**
 * Files that sessions only append to are merged by union: both sides' lines stay. git is told by
 * an attributes file of lowest precedence, so that a rule of the project or of the user for such
 * a file wins; what the user's own attributes file says of others is kept. Nothing is written to
 * the repository.
 *
 * Processes, only where such a file would conflict: `cat-file --batch` (the project's rules as the
 * one side has them), `check-attr` (who has said something), `config` (the user's file).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { gitFields, gitText, type Git } from './git.ts';
import { readBlobs } from './objects.ts';
import type { Oid } from './oid.ts';

/** What `dev-session end` appends to. */
export const appendedTo: readonly string[] = ['docs/progress.md', 'docs/critical-learnings.md'];

export function isAppendedTo(path: string): boolean {
  return appendedTo.includes(path);
}

/**
 * Has `to` all lines that `from` has of those files, in their order? A union of lines hides what
 * was taken away. One process: `cat-file --batch`.
 */
export async function onlyAdds(port: Git, cwd: string, from: Oid, to: Oid): Promise<boolean> {
  const names = [from, to].flatMap((commit) => appendedTo.map((path) => `${commit}:${path}`));
  const blobs = await readBlobs(port, cwd, names);
  return appendedTo.every((_, at) => holdsLines(blobs[at], blobs[appendedTo.length + at]));
}

function holdsLines(before: Buffer | null | undefined, after: Buffer | null | undefined): boolean {
  const left = (before?.toString('latin1') ?? '').split('\n').toReversed();
  for (const line of (after?.toString('latin1') ?? '').split('\n')) {
    if (left.at(-1) === line) left.pop();
  }
  return left.length === 0;
}

/**
 * Arguments before `merge` or `merge-tree` that make it so; none where others have decided.
 * @param ours the side whose `.gitattributes` count
 * @param room a folder of the caller, for a file that git reads meanwhile
 */
export async function unionSettings(
  port: Git,
  cwd: string,
  ours: Oid,
  room: AbsolutePath,
): Promise<string[]> {
  const free = await undecidedPaths(port, cwd, ours, room);
  if (free.length === 0) return [];
  const file = below(room, 'attributes');
  const lines = free.map((path) => `${path} merge=union\n`).join('');
  // a later line wins
  await writeFile(file, Buffer.concat([Buffer.from(lines), await userAttributes(port, cwd)]));
  return ['-c', `core.attributesFile=${file}`];
}

/** Those of which nobody has said how they are merged, or that it is by union. */
async function undecidedPaths(
  port: Git,
  cwd: string,
  ours: Oid,
  room: AbsolutePath,
): Promise<string[]> {
  const tree = below(room, 'rules');
  const files = ['.gitattributes', 'docs/.gitattributes'];
  const rules = await readBlobs(
    port,
    cwd,
    files.map((file) => `${ours}:${file}`),
  );
  await mkdir(below(tree, 'docs'), { recursive: true });
  for (const [at, file] of files.entries()) {
    const bytes = rules[at];
    if (bytes !== undefined && bytes !== null) await writeFile(below(tree, file), bytes);
  }
  // path, attribute, value
  const args = [`--work-tree=${tree}`, 'check-attr', '-z', 'merge', '--', ...appendedTo];
  const env = { GIT_INDEX_FILE: below(room, 'no-index'), GIT_WORK_TREE: tree };
  const fields = await gitFields(port, cwd, args, { env });
  return appendedTo.filter((_, at) =>
    ['unspecified', 'union'].includes(fields[at * 3 + 2] ?? 'unknown'),
  );
}

async function userAttributes(port: Git, cwd: string): Promise<Buffer> {
  const args = ['config', '--type=path', '--get', 'core.attributesFile'];
  const configured = await gitText(port, cwd, args, { answers: [0, 1] });
  const file = userAttributesFile(port, cwd, configured === '' ? null : configured);
  return readFile(file).catch(() => Buffer.alloc(0));
}

/**
 * Where the user's own attributes are.
 * @param cwd where git runs: what is configured is relative to it
 * @param configured `core.attributesFile`, if it is set
 */
export function userAttributesFile(
  port: Git,
  cwd: string,
  configured: string | null,
): AbsolutePath {
  if (configured === null) {
    const home = port.env['XDG_CONFIG_HOME'] || below(absolute(homeOf(port)), '.config');
    return below(absolute(home), 'git', 'attributes');
  }
  const path = configured.replace(/^~(?=\/)/u, () => homeOf(port));
  return absolute(path, absolute(cwd));
}

function homeOf(port: Git): string {
  return port.env['HOME'] || homedir();
}
