/** What changed between the two of many pairs of commits. One process: `diff-tree --stdin`. */
import { side, type Change } from './diff.ts';
import { git, splitNul, type Git } from './git.ts';
import type { Oid } from './oid.ts';

export interface DiffAsked {
  readonly from: Oid;
  /** a commit; need not descend from `from` */
  readonly to: Oid;
}

const args = [
  '--no-replace-objects',
  'diff-tree',
  '-r',
  '-z',
  '--raw',
  '--no-renames',
  '--ignore-submodules=none',
  '--full-index',
  '--no-abbrev',
  '--always',
  '--stdin',
];

/**
 * The paths that differ, renames as a path that went and one that came; in the order asked.
 * @throws GitError if one of the commits, or a tree of it, is missing
 */
export async function changesBetween(
  port: Git,
  cwd: string,
  asked: readonly DiffAsked[],
): Promise<readonly (readonly Change[])[]> {
  if (asked.length === 0) return [];
  // a commit and the parents it is taken to have
  const stdin = asked.map(({ from, to }) => `${to} ${from}\n`).join('');
  const { stdout } = await git(port, cwd, args, { stdin });
  return parse(splitNul(stdout));
}

/** Pure: per pair the id of the commit, then `:<modes> <ids> <letter>` and path of each change. */
function parse(fields: readonly string[]): Change[][] {
  const all: Change[][] = [];
  let at = 0;
  while (at < fields.length) {
    const field = fields[at] ?? '';
    if (!field.startsWith(':')) {
      all.push([]);
      at += 1;
      continue;
    }
    const [before, after, from, to] = field.slice(1).split(' ');
    const path = fields[at + 1] ?? '';
    all.at(-1)?.push({ path, before: side(before, from), after: side(after, to) });
    at += 2;
  }
  return all;
}
