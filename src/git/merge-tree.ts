/**
 * Merging without a checkout. One process: `merge-tree --write-tree -z` (git 2.38), and once more
 * where only a union of lines is wanted (`union.ts`).
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import { git, splitNul, type Git } from './git.ts';
import { oid, type Oid } from './oid.ts';
import { isAppendedTo, unionSettings } from './union.ts';

export interface Conflict {
  readonly path: string;
  /** git's words for what clashed there, e.g. `CONFLICT (contents)` */
  readonly kinds: readonly string[];
}

export type MergeResult =
  | {
      readonly kind: 'clean';
      readonly tree: Oid;
      /** only by a union of lines: a line that one side took away may be there */
      readonly united?: true;
    }
  | { readonly kind: 'conflicts'; readonly conflicts: readonly Conflict[] };

/**
 * Merges two commits; writes the objects of the result (see `simulation` for not doing so). Files
 * that sessions only append to are merged by union.
 * @throws GitError also for unrelated histories
 */
export async function mergeTree(
  port: Git,
  cwd: string,
  ours: Oid,
  theirs: Oid,
): Promise<MergeResult> {
  const plain = await mergeWith(port, cwd, [], ours, theirs);
  if (plain.kind === 'clean' || !plain.conflicts.some(({ path }) => isAppendedTo(path))) {
    return plain;
  }
  const room = await makeRoom();
  if (room === null) return plain;
  try {
    const settings = await unionSettings(port, cwd, ours, room);
    if (settings.length === 0) return plain;
    const merged = await mergeWith(port, cwd, settings, ours, theirs);
    return merged.kind === 'clean' ? { ...merged, united: true } : merged;
  } finally {
    await rm(room, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A temporary folder of our own; `null` where there can be none. */
async function makeRoom(): Promise<AbsolutePath | null> {
  try {
    return absolute(await realpath(await mkdtemp(join(tmpdir(), 'flight-rules-'))));
  } catch {
    return null;
  }
}

async function mergeWith(
  port: Git,
  cwd: string,
  settings: readonly string[],
  ours: Oid,
  theirs: Oid,
): Promise<MergeResult> {
  const args = [
    ...settings,
    '--no-replace-objects',
    'merge-tree',
    '--write-tree',
    '-z',
    '--messages',
  ];
  const { exit, stdout } = await git(port, cwd, [...args, ours, theirs], { answers: [0, 1] });
  return parseMergeTree(exit, splitNul(stdout));
}

/** Pure: the fields of one merge, without its state. */
function parseMergeTree(exit: number, fields: readonly string[]): MergeResult {
  const told = parseMerge(fields, 0);
  if (exit === 0) return { kind: 'clean', tree: told.tree };
  return { kind: 'conflicts', conflicts: told.conflicts };
}

/**
 * Pure: what one merge says from field `from` on: tree id, `<mode> <oid> <stage>\t<path>` records,
 * an empty field, messages of `<count> <path>… <type> <text>`.
 * @returns `next`: the field after the last message
 */
export function parseMerge(
  fields: readonly string[],
  from: number,
): { readonly tree: Oid; readonly conflicts: readonly Conflict[]; readonly next: number } {
  const tree = oid(fields[from] ?? '');
  const kinds = new Map<string, Set<string>>();
  let at = from + 1;
  for (; at < fields.length && fields[at] !== ''; at += 1) {
    const field = fields[at] ?? '';
    kinds.set(field.slice(field.indexOf('\t') + 1), new Set());
  }
  at += 1;
  while (at < fields.length && fields[at] !== '') {
    const count = Number(fields[at]);
    if (!Number.isInteger(count)) break;
    const paths = fields.slice(at + 1, at + 1 + count);
    const type = fields[at + 1 + count] ?? '';
    at += count + 3;
    if (!type.startsWith('CONFLICT')) continue;
    // a conflict may have no stages of its own (a directory rename that is split)
    for (const path of paths.slice(0, 1)) if (!kinds.has(path)) kinds.set(path, new Set());
    for (const path of paths) kinds.get(path)?.add(type);
  }
  const conflicts = [...kinds].map(([path, found]) => ({ path, kinds: [...found] }));
  return { tree, conflicts, next: at };
}
