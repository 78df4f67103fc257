// None is lost: each kind of work, synced with and without --carry, by merge and by rebase. Either
// it is refused, naming what stands in the way and changing nothing, or afterwards every byte, every
// staged blob and every object is where it was. Nothing is in neither column.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sync } from '../../src/operations/sync.ts';
import { filesBelow, fingerprint, operate } from '../support/operate.ts';
import { gitIn, type TestRepo, type TestSession } from '../support/repo.ts';
import { kinds, lossRepo, type Made } from './kinds.ts';

interface Looked {
  readonly head: string;
  readonly status: string;
  readonly index: readonly string[];
  readonly files: readonly string[];
}

function look(session: TestSession): Looked {
  return {
    head: session.git('rev-parse', '--symbolic-full-name', 'HEAD'),
    status: session.git(
      'status',
      '--porcelain',
      '--untracked-files=all',
      '--ignore-submodules=none',
    ),
    index: session.git('ls-files', '-s', '-v').split('\n'),
    files: filesBelow(session.worktree).filter((line) => !line.startsWith('.git ')),
  };
}

const refusals = {
  'dirty tracked': 'uncommitted-work',
  'staged, then edited again': 'uncommitted-work',
  'untracked, hidden by configuration': 'uncommitted-work',
  'ignored .env': 'synced',
  'skip-worktree': 'uncommitted-work',
  'assume-unchanged': 'uncommitted-work',
  'submodule commits, hidden by configuration': 'uncommitted-work',
  'nested worktree': 'synced',
  'nested clone': 'synced',
  'detached HEAD': 'head-elsewhere',
  'amended commits': 'synced',
  'stopped rebase with autostash': 'operation-in-progress',
  bisect: 'operation-in-progress',
  'half-resolved merge': 'operation-in-progress',
};

const carried = {
  ...refusals,
  'dirty tracked': 'synced',
  'staged, then edited again': 'synced',
  'untracked, hidden by configuration': 'synced',
  'skip-worktree': 'carry-impossible',
  'assume-unchanged': 'carry-impossible',
  'submodule commits, hidden by configuration': 'carry-impossible',
};

const onlyCarried = [
  'dirty tracked',
  'staged, then edited again',
  'untracked, hidden by configuration',
];

interface Work {
  readonly kind: string;
  readonly session: TestSession;
  readonly made: Made;
}

/** What a session had and has no more, and what the base brought and is not there. */
function missingAfter(before: Looked, after: Looked, brought: string): string[] {
  const lines = ({ head, status, index, files }: Looked): string[] => [
    ...[head, status].map((text) => JSON.stringify(text)),
    ...index,
    ...files,
  ];
  const now = lines(after);
  return [
    ...lines(before).filter((line) => !now.includes(line)),
    ...(now.some((line) => line.startsWith(`${brought} `)) ? [] : [brought]),
  ];
}

function differences(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...before.filter((line) => !after.includes(line)),
    ...after.filter((line) => !before.includes(line)),
  ];
}

/** Syncs every session with a base that has moved on; what became of each. */
async function syncAll(
  repo: TestRepo,
  all: readonly Work[],
  how: object,
): Promise<Record<string, string>> {
  const moved = `moved-${repo.git('rev-list', '--count', 'main')}.txt`;
  repo.commit(moved, 'the base has moved on\n');
  const table: Record<string, string> = {};
  for (const { kind, session, made } of all) {
    const before = look(session);
    const print = fingerprint(repo.root);
    const ended = await operate(sync, { names: [session.name], ...how }, { directory: repo.root });
    table[kind] = ended.code ?? 'synced';
    const wrong =
      ended.code === null
        ? missingAfter(before, look(session), moved)
        : differences(print, fingerprint(repo.root));
    expect([kind, wrong]).toEqual([kind, []]);
    for (const one of made.objects ?? []) session.git('cat-file', '-e', one);
    const modules = join(session.privateDir, 'modules', 'sub');
    for (const one of made.submodule ?? []) {
      gitIn(session.worktree, `--git-dir=${modules}`, 'cat-file', '-e', one);
    }
  }
  expect(repo.git('fsck', '--connectivity-only', '--no-dangling')).toBe('');
  return table;
}

test('each kind of work, synced, carried, rebased', { timeout: 120_000 }, async () => {
  const repo = lossRepo();
  const all = kinds.map((kind) => {
    const session = repo.addSession(kind.name.replace(/[^a-z]+/gu, '-'));
    return { kind: kind.name, session, made: kind.make(session, repo) };
  });
  expect(await syncAll(repo, all, {})).toEqual(refusals);
  // those with a merge commit by now cannot be rebased
  const rebase = all.filter(({ kind }) => onlyCarried.includes(kind));
  expect(await syncAll(repo, rebase, { carry: true, rebase: true })).toEqual(synced(rebase));
  expect(await syncAll(repo, all, { carry: true })).toEqual(carried);
});

function synced(all: readonly Work[]): Record<string, string> {
  return Object.fromEntries(all.map(({ kind }) => [kind, 'synced']));
}
