/**
 * The attributes that a merge in a session's own worktree would see. `merge-tree` reads
 * `.gitattributes` from a work tree, so each set of such files gets a folder in the simulation's
 * room: merges whose side "ours" has the same set share it. Only those on the way to a path that
 * was changed can count.
 *
 * Processes: none, the files are read where git would read them; of sessions without a worktree
 * one `cat-file --batch`; where files that sessions append to are changed, those of
 * `git/union.ts` per set.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Git } from '../../git/git.ts';
import { readBlobs } from '../../git/objects.ts';
import type { Oid } from '../../git/oid.ts';
import type { Simulation } from '../../git/simulation.ts';
import { unionSettings } from '../../git/union.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';

/** The files of one commit, by the folder they lie in; none where there is none. */
export type AttributeFiles = ReadonlyMap<string, Buffer>;

/** A state whose attributes count, and where they may lie. */
export interface Attributed {
  readonly commit: Oid;
  /** `null`: it has none, its tree tells */
  readonly worktree: AbsolutePath | null;
  /** the root counts always */
  readonly folders: ReadonlySet<string>;
}

export async function attributeFilesOf(
  port: Git,
  cwd: string,
  states: readonly Attributed[],
): Promise<ReadonlyMap<Oid, AttributeFiles>> {
  const stored = states.filter(({ worktree }) => worktree === null);
  const asked = stored.flatMap(({ commit, folders }) =>
    ['', ...folders]
      // a line break cannot be asked for
      .filter((folder) => !folder.includes('\n'))
      .map((folder) => ({ commit, folder })),
  );
  const names = asked.map(({ commit, folder }) => `${commit}:${inFolder(folder)}`);
  const found = new Map<Oid, Map<string, Buffer>>();
  for (const [at, bytes] of (await readBlobs(port, cwd, names)).entries()) {
    const { commit, folder } = asked[at] ?? {};
    if (bytes === null || commit === undefined || folder === undefined) continue;
    const known = found.get(commit) ?? new Map<string, Buffer>();
    found.set(commit, known.set(folder, bytes));
  }
  for (const { commit, worktree, folders } of states) {
    if (worktree !== null) found.set(commit, onDisk(worktree, folders));
  }
  return found;
}

function onDisk(worktree: AbsolutePath, folders: ReadonlySet<string>): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const folder of ['', ...folders]) {
    const bytes = plainFile(below(worktree, inFolder(folder)));
    if (bytes !== null) found.set(folder, bytes);
  }
  return found;
}

/** As git reads it: not through a link. */
function plainFile(file: AbsolutePath): Buffer | null {
  try {
    return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true
      ? readFileSync(file)
      : null;
  } catch {
    return null;
  }
}

function inFolder(folder: string): string {
  return folder === '' ? '.gitattributes' : `${folder}/.gitattributes`;
}

/** Equal for equal files. */
export function nameOfSet(files: AttributeFiles | undefined): string {
  const hash = createHash('sha256');
  for (const [folder, bytes] of [...(files ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([folder, bytes.length])).update(bytes);
  }
  return hash.digest('hex');
}

/** Lays `files` out in a folder of the room, to be the work tree of merges. */
export function layOut(
  simulation: Simulation,
  name: string,
  files: AttributeFiles | undefined,
): AbsolutePath {
  const tree = below(simulation.cwd, '..', `tree-${name}`);
  mkdirSync(tree);
  for (const [folder, bytes] of files ?? []) {
    const file = below(tree, inFolder(folder));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return tree;
}

/** Arguments that make files which sessions append to merge by union, where nobody has decided. */
export async function unionFor(
  simulation: Simulation,
  name: string,
  ours: Oid,
): Promise<readonly string[]> {
  const room = below(simulation.cwd, '..', `union-${name}`);
  mkdirSync(room);
  return unionSettings(simulation.git, simulation.cwd, ours, room);
}
