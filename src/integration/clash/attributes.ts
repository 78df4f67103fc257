/**
 * The attributes that a merge in a session's own worktree would see. `merge-tree` reads
 * `.gitattributes` from a work tree, so each set of such files gets a folder in the simulation's
 * room: merges whose side "ours" has the same set share it. Only those on the way to a path that
 * was changed can count.
 *
 * Processes: one `cat-file --batch`; where files that sessions append to are changed, those of
 * `git/union.ts` per set.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Git } from '../../git/git.ts';
import { readBlobs } from '../../git/objects.ts';
import type { Oid } from '../../git/oid.ts';
import type { Simulation } from '../../git/simulation.ts';
import { unionSettings } from '../../git/union.ts';
import { below, type AbsolutePath } from '../../kernel/path.ts';

/** The files of one commit, by the folder they lie in; none where there is none. */
export type AttributeFiles = ReadonlyMap<string, Buffer>;

/** @param folders of each commit those whose files may count; the root always does */
export async function attributeFilesOf(
  port: Git,
  cwd: string,
  folders: ReadonlyMap<Oid, ReadonlySet<string>>,
): Promise<ReadonlyMap<Oid, AttributeFiles>> {
  const asked = [...folders].flatMap(([commit, some]) =>
    ['', ...some]
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
  return found;
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
