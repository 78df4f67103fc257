/**
 * What `git status` says, in one shape. The user's configuration is overridden: a project that
 * hides untracked files must not make its untracked work look clean.
 */
import { trusted } from '../kernel/brand.ts';
import { gitFields, type Git } from './git.ts';
import { gitMany } from './many.ts';
import type { Oid } from './oid.ts';

export interface StatusEntry {
  /** `tracked` (1, 2), `unmerged` (u), `untracked` (?), `ignored` (!) */
  readonly kind: 'tracked' | 'unmerged' | 'untracked' | 'ignored';
  readonly path: string;
  /** two letters: index and worktree, `.` for unchanged; empty for untracked and ignored */
  readonly xy: string;
  /** porcelain v2's submodule field, `N...` for a plain file */
  readonly submodule: string;
  /** modes and ids in HEAD and index (tracked entries only) */
  readonly modeHead?: string;
  readonly modeIndex?: string;
  readonly modeWorktree?: string;
  readonly oidHead?: Oid;
  readonly oidIndex?: Oid;
}

export interface Status {
  /** `null` before the first commit */
  readonly head: Oid | null;
  /** short name, `null` if detached */
  readonly branch: string | null;
  /** only with `upstream` or a real one */
  readonly upstream: string | null;
  readonly ahead: number | null;
  readonly behind: number | null;
  readonly entries: readonly StatusEntry[];
}

/** How many files. One that is staged and edited again is in both, as people count. */
export interface ChangeCounts {
  readonly staged: number;
  readonly modified: number;
  readonly untracked: number;
  readonly conflicted: number;
}

/** Pure. Ignored files do not count. */
export function countChanges({ entries }: Pick<Status, 'entries'>): ChangeCounts {
  const tracked = entries.filter((entry) => entry.kind === 'tracked');
  return {
    staged: tracked.filter((entry) => entry.xy[0] !== '.').length,
    modified: tracked.filter((entry) => entry.xy[1] !== '.').length,
    untracked: entries.filter((entry) => entry.kind === 'untracked').length,
    conflicted: entries.filter((entry) => entry.kind === 'unmerged').length,
  };
}

export interface StatusOptions {
  /** also ignored files, collapsed to the directory or file that matches (`!` entries) */
  readonly ignored?: boolean;
  /** submodules: `all` looks into them (default), `none-ignored` as git's default; `skip` does not look */
  readonly submodules?: 'all' | 'skip';
  /** plain `git status` as the user has it, untracked collapsed (for "is main dirty?") */
  readonly untracked?: 'all' | 'normal' | 'no';
  /** compares with this local branch: gives `ahead` and `behind` without a further process */
  readonly compareWith?: { readonly branch: string; readonly base: string };
}

/** Settings that would change what status answers. Also used by other reading verbs. */
const plainConfig: readonly string[] = [
  'core.fsmonitor=false',
  'core.quotePath=false',
  'status.renames=false',
  'status.relativePaths=false',
  'color.ui=false',
].flatMap((setting) => ['-c', setting]);

/** One process: `git status --porcelain=v2 -z --branch` in `worktree`. Writes nothing. */
export async function readStatus(
  port: Git,
  worktree: string,
  options: StatusOptions = {},
): Promise<Status> {
  return parseStatus(await gitFields(port, worktree, statusArguments(options)));
}

/**
 * As `readStatus`, of many worktrees: a promise for each, `null` for one that is to be asked by
 * itself. Processes: see `many.ts`; one `status` per worktree.
 */
export function readStatuses(
  port: Git,
  worktrees: readonly {
    readonly path: string;
    readonly compareWith: NonNullable<StatusOptions['compareWith']>;
  }[],
): readonly Promise<Status | null>[] {
  const calls = worktrees.map(({ path, compareWith }) => ({
    cwd: path,
    // worktrees side by side keep the cores busy; threads for one of them would only cost
    args: ['-c', 'core.preloadIndex=false', ...statusArguments({ compareWith })],
  }));
  return gitMany(port, calls).map(async (asked) => {
    const fields = await asked;
    return fields === null ? null : parseStatus(fields);
  });
}

function statusArguments(options: StatusOptions): readonly string[] {
  const compare = options.compareWith;
  return [
    ...plainConfig,
    ...(compare === undefined
      ? []
      : [
          '-c',
          `branch.${compare.branch}.remote=.`,
          '-c',
          `branch.${compare.branch}.merge=refs/heads/${compare.base}`,
        ]),
    'status',
    '--porcelain=v2',
    '-z',
    '--branch',
    '--no-renames',
    `--untracked-files=${options.untracked ?? 'all'}`,
    options.submodules === 'skip' ? '--ignore-submodules=all' : '--ignore-submodules=none',
    ...(options.ignored === true ? ['--ignored=matching'] : []),
  ];
}

/** Pure: the fields of `status --porcelain=v2 -z --branch --no-renames`. */
function parseStatus(fields: readonly string[]): Status {
  let head: Oid | null = null;
  let branch: string | null = null;
  let upstream: string | null = null;
  let ahead: number | null = null;
  let behind: number | null = null;
  const entries: StatusEntry[] = [];
  for (const field of fields) {
    if (field.startsWith('# branch.oid ')) {
      const value = field.slice('# branch.oid '.length);
      head = value === '(initial)' ? null : trusted(value);
    } else if (field.startsWith('# branch.head ')) {
      const value = field.slice('# branch.head '.length);
      branch = value === '(detached)' ? null : value;
    } else if (field.startsWith('# branch.upstream ')) {
      upstream = field.slice('# branch.upstream '.length);
    } else if (field.startsWith('# branch.ab ')) {
      const match = /\+(?<ahead>\d+) -(?<behind>\d+)/u.exec(field);
      ahead = Number(match?.groups?.['ahead'] ?? Number.NaN);
      behind = Number(match?.groups?.['behind'] ?? Number.NaN);
    } else {
      const entry = parseEntry(field);
      if (entry !== null) entries.push(entry);
    }
  }
  return { head, branch, upstream, ahead, behind, entries };
}

function parseEntry(field: string): StatusEntry | null {
  const kind = field[0];
  if (kind === '?' || kind === '!') {
    return {
      kind: kind === '?' ? 'untracked' : 'ignored',
      path: field.slice(2),
      xy: '',
      submodule: 'N...',
    };
  }
  if (kind === '1') {
    // 1 XY sub mH mI mW hH hI path
    const parts = splitFirst(field, 8);
    return {
      kind: 'tracked',
      xy: parts[1] ?? '',
      submodule: parts[2] ?? 'N...',
      modeHead: parts[3] ?? '',
      modeIndex: parts[4] ?? '',
      modeWorktree: parts[5] ?? '',
      oidHead: trusted(parts[6] ?? ''),
      oidIndex: trusted(parts[7] ?? ''),
      path: parts[8] ?? '',
    };
  }
  if (kind === 'u') {
    // u XY sub m1 m2 m3 mW h1 h2 h3 path
    const parts = splitFirst(field, 10);
    return {
      kind: 'unmerged',
      xy: parts[1] ?? '',
      submodule: parts[2] ?? 'N...',
      path: parts[10] ?? '',
    };
  }
  return null;
}

/** Splits at the first `times` spaces; the rest, spaces and all, is the last part. */
function splitFirst(text: string, times: number): string[] {
  const parts: string[] = [];
  let at = 0;
  for (let i = 0; i < times; i += 1) {
    const space = text.indexOf(' ', at);
    if (space < 0) break;
    parts.push(text.slice(at, space));
    at = space + 1;
  }
  parts.push(text.slice(at));
  return parts;
}
