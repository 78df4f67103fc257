/**
 * Did the main checkout become dirty while sessions were at work? Then an agent may have left its
 * worktree. Nothing is remembered for it: a path that differs now counts if it was changed after
 * the oldest session at work began. No process; one `lstat` for each path that differs.
 *
 * What is no sign: changes that are older (they were there, or were carried), what we write there
 * ourselves, and worktrees that lie inside the checkout.
 */
import { lstat, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { below, isWithin, type AbsolutePath } from '../../kernel/path.ts';
import { pooled } from '../../kernel/pooled.ts';
import { readRegularText } from '../../kernel/regular-file.ts';
import type { StatusEntry } from '../../git/status.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { MainStatus } from '../shapes/status.ts';

type BecameDirty = NonNullable<MainStatus['becameDirty']>;

/** A file or folder that differs; when it was changed, in seconds. */
interface Changed {
  readonly path: string;
  readonly seconds: number;
  /** gone: its folder was changed then, maybe for another reason */
  readonly gone: boolean;
}

/** Shown of them. */
const named = 5;

/** More are not looked at: a checkout with so many changes is known to be dirty. */
const examined = 2_000;

/** What dev-session and init write in a main checkout, relative. */
const ours = [
  'docs/session_logs',
  'docs/progress.md',
  'docs/critical-learnings.md',
  '.flight-rules',
] as const;

const ledgerFile = '.flight-rules/installed.json';

/**
 * @param entries of the main checkout's status
 * @returns `null` if there is no sign of it, or no session at work
 */
export async function becameDirty(
  project: Pick<Project, 'mainCheckout' | 'sessionsDir'>,
  facts: Pick<Observation, 'sessions' | 'worktrees'>,
  entries: readonly StatusEntry[],
): Promise<BecameDirty | null> {
  const main = project.mainCheckout;
  const began = oldestStart(facts);
  if (main === null || began === null || entries.length === 0) return null;
  const inside = [project.sessionsDir, ...facts.worktrees.map(({ path }) => path)].filter(
    (path) => path !== main && isWithin(path, main),
  );
  const paths = await pathsToLookAt(main, entries, inside);
  const looked = await pooled(paths.slice(0, examined), 32, (path) => changeOf(main, path));
  // a start is recorded in whole seconds: what was changed in that second may have been before
  const since = looked.flatMap((one) => (one !== null && one.seconds > began.seconds ? [one] : []));
  const found = await withoutInstalled(main, since);
  if (found.length === 0) return null;
  const gone = found.filter((one) => one.gone).length;
  return {
    since: began.at,
    count: found.length,
    paths: found.slice(0, named).map(({ path }) => path),
    ...(gone === 0 ? {} : { deleted: gone }),
  };
}

/** What is said of it beside the picture: the sentence of the warning. */
export function becameDirtyMessage(
  { count, paths, deleted = 0 }: BecameDirty,
  show: (path: string) => string,
): string {
  const more = count > paths.length ? ` and ${count - paths.length} more` : '';
  const unsure = deleted === 0 ? '' : ` (${deleted} deleted, perhaps earlier)`;
  return `The main checkout became dirty while sessions were at work: ${paths.map(show).join(', ')}${more}${unsure}. An agent may have left its worktree; nothing was done about it.`;
}

function oldestStart({
  sessions,
}: Pick<Observation, 'sessions'>): { readonly at: string; readonly seconds: number } | null {
  const starts = sessions.flatMap(({ record, place }) => {
    if (record?.state !== 'active' || place.kind !== 'present') return [];
    const seconds = Math.floor(Date.parse(record.startedAt) / 1000);
    return Number.isNaN(seconds) ? [] : [{ at: record.startedAt, seconds }];
  });
  return starts.toSorted((a, b) => a.seconds - b.seconds)[0] ?? null;
}

/** Without what is ours and what holds worktrees; a new folder around ours is looked into. */
async function pathsToLookAt(
  main: AbsolutePath,
  entries: readonly StatusEntry[],
  inside: readonly string[],
): Promise<readonly string[]> {
  const all = await Promise.all(
    entries.map(async ({ path, kind }): Promise<readonly string[]> => {
      const whole = below(main, path.replace(/\/$/u, ''));
      if (inside.some((tree) => isWithin(tree, whole) || isWithin(whole, tree))) return [];
      if (ours.some((own) => isWithin(whole, below(main, own)))) return [];
      const around = kind === 'untracked' && ours.some((own) => isWithin(below(main, own), whole));
      if (!around) return [path];
      const names = await readdir(whole).catch(() => []);
      return names
        .map((name) => `${path.replace(/\/$/u, '')}/${name}`)
        .filter((child) => !ours.some((own) => isWithin(below(main, own), below(main, child))));
    }),
  );
  return all.flat();
}

/** `null` if it cannot be told. */
async function changeOf(main: AbsolutePath, path: string): Promise<Changed | null> {
  const whole = below(main, path);
  const own = await modified(whole);
  if (own !== null) return { path, seconds: own, gone: false };
  for (let folder = dirname(whole); isWithin(folder, main); folder = dirname(folder)) {
    const seconds = await modified(folder);
    if (seconds !== null) return { path, seconds, gone: true };
  }
  return null;
}

/** When its content was changed. Not its owner, mode or links: a backup changes these. */
async function modified(path: string): Promise<number | null> {
  try {
    return Math.floor((await lstat(path)).mtimeMs / 1000);
  } catch {
    return null;
  }
}

/** Without what `init` wrote and nobody has touched since: not newer than its own record of it. */
async function withoutInstalled(
  main: AbsolutePath,
  changed: readonly Changed[],
): Promise<readonly Changed[]> {
  if (changed.length === 0) return changed;
  const written = await modified(below(main, ledgerFile));
  if (written === null) return changed;
  const text = await readRegularText(below(main, ledgerFile)).catch(() => null);
  if (text === null) return changed;
  const { parseLedger } = await import('../../agents/ledger.ts');
  const installed = (() => {
    try {
      return (parseLedger(text, ledgerFile)?.files ?? []).map(({ path }) => below(main, path));
    } catch {
      return [];
    }
  })();
  return changed.filter(
    ({ path, seconds }) =>
      seconds > written || !installed.some((file) => isWithin(file, below(main, path))),
  );
}
