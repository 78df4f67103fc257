/** When something last happened in a session: last commit, the index, the files changed. */
import { lstatSync } from 'node:fs';
import { gitText, type Git } from '../git/git.ts';
import type { Oid } from '../git/oid.ts';
import type { Status } from '../git/status.ts';
import { isoSeconds } from '../kernel/clock.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';

/** So many changed files are looked at; the newest of them is what counts. */
const looked = 200;

/**
 * The newest of three times, ISO 8601, or `null` if none could be found out.
 * @param tipTime committer date of the tip, if it is known already; else one process (`log -1`)
 */
export async function lastActivity(
  git: Git,
  place: { readonly path: AbsolutePath; readonly privateDir: AbsolutePath },
  tip: Oid | null,
  status: Status | null,
  tipTime?: Date,
): Promise<string | null> {
  const committed = tipTime ?? (tip === null ? null : await commitTime(git, place.path, tip));
  const changed = status?.entries.slice(0, looked).map((e) => below(place.path, e.path)) ?? [];
  const times = [below(place.privateDir, 'index'), ...changed].map(changedAt);
  const newest = Math.max(committed?.getTime() ?? 0, ...times);
  return newest === 0 ? null : isoSeconds(new Date(newest));
}

/** In milliseconds; 0 if there is nothing, or nothing we may see. */
function changedAt(path: string): number {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0;
  }
}

async function commitTime(git: Git, repository: string, tip: Oid): Promise<Date | null> {
  const text = await gitText(git, repository, ['log', '-1', '--format=%ct', tip]).catch(() => '');
  return text === '' ? null : new Date(Number(text) * 1000);
}
