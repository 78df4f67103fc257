/**
 * Which session of this queue another one has met. For a conflict that costs one merge for each
 * that has landed; for red files a few verifications, halving what is left each time.
 */
import type { BranchName, Oid } from '../../git/oid.ts';
import { oid } from '../../git/oid.ts';
import { mergeTree } from '../../git/merge-tree.ts';
import type { Project } from '../../sessions/project.ts';
import type { QueueEntry } from '../../sessions/queue.ts';
import { trusted } from '../../kernel/brand.ts';
import type { CommandSession } from '../../trust/commands.ts';
import type { Judge } from './judge.ts';
import type { Contents } from './store.ts';

/** Those of the queue that came home before, into the same base, oldest first. */
export function earlier({ entries }: Contents, entry: QueueEntry): readonly Home[] {
  return entries.flatMap((one) =>
    one.base === entry.base && one.key !== entry.key && one.oid !== undefined
      ? [{ name: one.name, tip: oid(one.tip), after: oid(one.oid) }]
      : [],
  );
}

export interface Home {
  readonly name: string;
  /** of the session */
  readonly tip: Oid;
  /** of the base with it */
  readonly after: Oid;
}

/** Onto what a session of the queue was to go. */
export interface Line {
  /** where the base stood before the first of `homes` */
  readonly first: Oid;
  /** oldest first */
  readonly homes: readonly Home[];
  /** where the base is now; elsewhere than after the last of `homes`: others have moved it */
  readonly now: Oid | null;
}

/** The first of `homes` whose own work conflicts with it; `null`: none, or the base did before. */
export async function metInConflict(
  { git, root }: Project,
  entry: QueueEntry,
  { first, homes }: Line,
): Promise<string | null> {
  const clashes = async (tip: Oid): Promise<boolean> =>
    (await mergeTree(git, root, oid(entry.tip), tip)).kind === 'conflicts';
  if (homes.length === 0 || (await clashes(first))) return null;
  for (const { name, tip } of homes) {
    if (await clashes(tip)) return name;
  }
  return null;
}

/**
 * The first of `homes` with which it is red, if it was green without any of them.
 * @returns `null` if it is red alone, or with what others brought, or that cannot be told
 */
export async function metInRed(
  judge: Judge,
  entry: QueueEntry,
  session: CommandSession,
  { first, homes, now }: Line,
): Promise<string | null> {
  const last = homes.at(-1);
  if (last === undefined) return null;
  const merging = {
    ...session,
    branch: trusted<BranchName>(session.branch),
    tip: oid(entry.tip),
    into: trusted<BranchName>(entry.base),
  };
  if ((await judge.redOn(first, merging)) !== false) return null;
  if (now !== last.after && (await judge.redOn(last.after, merging)) !== true) return null;
  let [green, red] = [-1, homes.length - 1];
  while (red - green > 1) {
    const middle = Math.floor((green + red) / 2);
    const is = await judge.redOn(homes[middle]?.after ?? first, merging);
    if (is === null) return null;
    if (is) red = middle;
    else green = middle;
  }
  return homes[red]?.name ?? null;
}
