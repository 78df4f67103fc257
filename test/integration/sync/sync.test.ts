// The base's new commits come into a session, and nothing it had is lost.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { commitIn, gitIn } from '../../support/repo.ts';
import {
  baseMovesOn,
  leftovers,
  numbered,
  pair,
  seen,
  sync,
  type Options,
  type Pair,
} from './fixture.ts';

const read = ({ session }: Pair, path: string): string =>
  readFileSync(join(session.worktree, path), 'utf8');

const cleanStatus = ({ session }: Pair): string => session.git('status', '--porcelain');

/** Refused, and nothing has changed. */
async function refused(it: Pair, code: string, options: Options = {}): Promise<{ data: unknown }> {
  const before = seen(it);
  const error: unknown = await sync(it, options).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code });
  expect(seen(it)).toEqual(before);
  expect(leftovers(it)).toEqual([]);
  return error as { data: unknown };
}

test('a session without commits of its own is fast-forwarded', async () => {
  const it = pair();
  baseMovesOn(it);
  const from = it.session.git('rev-parse', 'HEAD');
  const result = await sync(it);
  const to = it.repo.git('rev-parse', 'main');
  expect(result).toEqual({ kind: 'synced', from, to, shape: 'ff' });
  expect(seen(it)).toMatchObject({ tip: to, head: 'refs/heads/session/auth', status: '' });
  expect(read(it, 'a.txt')).toBe(numbered({ 3: 'three' }));
  expect(existsSync(join(it.session.worktree, 'gone.txt'))).toBe(false);
  expect(leftovers(it)).toEqual([]);
  expect(it.session.git('log', '-g', '-1', '--format=%gs', 'HEAD')).toBe(
    'merge main: Fast-forward',
  );
  expect(await sync(it)).toEqual({ kind: 'current' });
});

test('a merge commit: the session first, in git’s own words', async () => {
  const it = pair();
  const own = it.session.commit('a.txt', numbered({ 15: 'fifteen' }));
  baseMovesOn(it);
  const result = await sync(it);
  expect(result).toMatchObject({ kind: 'synced', from: own, shape: 'merge' });
  const { tip, status } = seen(it);
  expect(status).toBe('');
  expect(it.session.git('log', '-1', '--format=%P', tip)).toBe(
    `${own} ${it.repo.git('rev-parse', 'main')}`,
  );
  expect(it.session.git('log', '-1', '--format=%B', tip).trim()).toBe(
    "Merge branch 'main' into session/auth",
  );
  expect(read(it, 'a.txt')).toBe(numbered({ 3: 'three', 15: 'fifteen' }));
  expect(leftovers(it)).toEqual([]);
  expect(it.repo.git('fsck', '--no-dangling')).toBe('');
});

test('a rebase: the old commits are in the trash', async () => {
  const it = pair();
  const own = it.session.commit('own.txt', 'own\n');
  baseMovesOn(it);
  const result = await sync(it, { shape: 'rebase' });
  expect(result).toMatchObject({ kind: 'synced', from: own, shape: 'rebase', pinned: 'auth~1' });
  expect(cleanStatus(it)).toBe('');
  expect(it.session.git('rev-parse', 'HEAD^')).toBe(it.repo.git('rev-parse', 'main'));
  expect(it.session.git('log', '-1', '--format=%s')).toBe('change own.txt');
  expect(leftovers(it)).toEqual([]);
  it.repo.git('reflog', 'expire', '--expire=now', '--all');
  it.repo.git('gc', '--quiet', '--prune=now');
  expect(it.repo.git('rev-parse', 'refs/flight-rules/trash/auth/1^')).toBe(own);
});

test('a rebase with a merge commit in it is refused', async () => {
  const it = pair();
  it.session.git('switch', '-qc', 'side');
  it.session.commit('side.txt', 'side\n');
  it.session.git('switch', '-q', 'session/auth');
  it.session.commit('own.txt', 'own\n');
  it.session.git('merge', '-q', '--no-edit', 'side');
  baseMovesOn(it);
  const { data } = await refused(it, 'cannot-rebase', { shape: 'rebase' });
  expect(data).toMatchObject({ why: expect.stringContaining('merge commit') as string });
});

test.each(['merge', 'rebase'] as const)(
  'conflicts of a %s are named, nothing is touched',
  async (shape) => {
    const it = pair();
    it.session.commit('a.txt', numbered({ 3: 'drei' }));
    baseMovesOn(it);
    const before = seen(it);
    expect(await sync(it, { shape })).toEqual({ kind: 'conflicts', paths: ['a.txt'] });
    expect(seen(it)).toEqual(before);
    expect(leftovers(it)).toEqual([]);
  },
);

test('progress is united', async () => {
  const it = pair();
  it.session.commit('docs/progress.md', '# Progress\n\nmine\n');
  it.repo.commit('docs/progress.md', '# Progress\n\ntheirs\n');
  expect(await sync(it)).toMatchObject({ kind: 'synced', shape: 'merge' });
  const text = read(it, 'docs/progress.md');
  expect(text).toContain('mine');
  expect(text).toContain('theirs');
});

test.each<[string, (it: Pair) => void, string]>([
  ['an edit', ({ session }) => session.write('b.txt', 'edited\n'), 'uncommitted-work'],
  ['an untracked file', ({ session }) => session.write('fresh.txt', 'x\n'), 'uncommitted-work'],
  [
    'a hidden edit',
    ({ session }) => {
      session.git('update-index', '--assume-unchanged', 'a.txt');
      session.write('a.txt', 'hidden\n');
    },
    'uncommitted-work',
  ],
  ['another branch', ({ session }) => session.git('switch', '-qc', 'other'), 'head-elsewhere'],
  [
    'a cherry-pick',
    ({ session }) =>
      writeFileSync(
        join(session.privateDir, 'CHERRY_PICK_HEAD'),
        `${session.git('rev-parse', 'HEAD')}\n`,
      ),
    'operation-in-progress',
  ],
  [
    'a git at work',
    ({ session }) => writeFileSync(join(session.privateDir, 'index.lock'), ''),
    'operation-in-progress',
  ],
])('%s refuses', async (_, prepare, code) => {
  const it = pair();
  baseMovesOn(it);
  prepare(it);
  const before = seen(it);
  await expect(sync(it)).rejects.toMatchObject({ code });
  expect(seen(it)).toEqual(before);
});

test('an ignored file in the way is named, not overwritten', async () => {
  const it = pair();
  it.session.commit('own.txt', 'own\n');
  it.repo.write('ignored.txt', 'theirs\n');
  it.repo.git('add', '-f', 'ignored.txt');
  it.repo.git('commit', '-qm', 'what was ignored');
  it.session.write('ignored.txt', 'mine\n');
  for (const shape of ['merge', 'rebase'] as const) {
    const { data } = await refused(it, 'files-in-the-way', { shape });
    expect(data).toMatchObject({ paths: ['ignored.txt'] });
  }
  expect(it.repo.git('for-each-ref', 'refs/flight-rules/trash')).toBe('');
});

test('what is kept stays as it is; where the base has it, it is in the way', async () => {
  const it = pair();
  baseMovesOn(it);
  it.session.write('docs/log.md', 'mine\n');
  const keep = ['docs/log.md', 'a.txt'];
  expect(await sync(it, { keep })).toMatchObject({ kind: 'synced' });
  expect(read(it, 'docs/log.md')).toBe('mine\n');
  it.session.write('a.txt', 'mine\n');
  it.repo.commit('a.txt', 'theirs\n');
  const { data } = await refused(it, 'files-in-the-way', { keep });
  expect(data).toMatchObject({ paths: ['a.txt'] });
});

test('a branch that has moved since is said', async () => {
  const it = pair();
  baseMovesOn(it);
  const sessionTip = it.repo.git('rev-parse', 'main') as never;
  const { data } = await refused(it, 'plan-changed', { sessionTip });
  expect(data).toMatchObject({ name: 'auth' });
});

test('hooks see the merged files, and may refuse', async () => {
  const it = pair();
  const hook = join(it.repo.commonDir, 'hooks', 'pre-merge-commit');
  it.session.commit('own.txt', 'own\n');
  baseMovesOn(it);
  it.repo.write(
    '.git/hooks/pre-merge-commit',
    '#!/bin/sh\ntest -e own.txt && test -e new/x.txt && exit 3\n',
  );
  chmodSync(hook, 0o755);
  await refused(it, 'hook-failed');
  it.repo.write('.git/hooks/pre-merge-commit', '#!/bin/sh\ntest -e own.txt && test -e new/x.txt\n');
  it.repo.write('.git/hooks/post-merge', '#!/bin/sh\ntouch ignored-hook\nexit 5\n');
  chmodSync(join(it.repo.commonDir, 'hooks', 'post-merge'), 0o755);
  const warnings: string[] = [];
  const result = await sync(it, { warn: ({ code }) => warnings.push(code) });
  expect(result).toMatchObject({ kind: 'synced', shape: 'merge' });
  expect(warnings).toEqual(['post-merge-failed']);
  expect(existsSync(join(it.session.worktree, 'ignored-hook'))).toBe(true);
  expect(leftovers(it)).toEqual([]);
  expect(it.session.git('rev-parse', 'HEAD^2')).toBe(it.repo.git('rev-parse', 'main'));
});

test('a base that moves on, or is rewound, while hooks run', async () => {
  const it = pair();
  it.session.commit('own.txt', 'own\n');
  const start = it.repo.git('rev-parse', 'main');
  baseMovesOn(it);
  it.repo.write('.git/hooks/commit-msg', '#!/bin/sh\n');
  chmodSync(join(it.repo.commonDir, 'hooks', 'commit-msg'), 0o755);
  const beforeLock = (nth: number): void => {
    if (nth !== 2) return;
    it.repo.git('reset', '-q', '--hard', start);
    it.repo.commit('instead.txt', 'instead\n');
  };
  expect(await sync(it, { beforeLock })).toMatchObject({ kind: 'synced', shape: 'merge' });
  expect(existsSync(join(it.session.worktree, 'new/x.txt'))).toBe(false);
  expect(read(it, 'instead.txt')).toBe('instead\n');
  it.repo.commit('more.txt', 'more\n');
  const commits = (nth: number): void => {
    if (nth === 2) it.session.commit('meanwhile.txt', 'meanwhile\n');
  };
  await expect(sync(it, { beforeLock: commits })).rejects.toMatchObject({ code: 'plan-changed' });
  expect(leftovers(it)).toEqual([]);
});

test('a submodule that the base moves on stays checked out where it was', async () => {
  const it = pair();
  const library = join(dirname(it.repo.root), 'library');
  mkdirSync(library);
  gitIn(library, 'init', '-q', '-b', 'main');
  const first = commitIn(library, 'lib.txt', 'one\n');
  const allowed = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet'];
  it.repo.git(...allowed, 'add', library, 'sub');
  it.repo.git('commit', '-qm', 'sub');
  await sync(it);
  it.session.git(...allowed, 'update', '--init');
  commitIn(join(it.repo.root, 'sub'), 'lib.txt', 'two\n');
  it.repo.git('commit', '-qam', 'sub moves on');
  it.session.write('fresh.txt', 'fresh\n');
  expect(await sync(it, { carry: true })).toMatchObject({ kind: 'synced', shape: 'ff' });
  expect(it.session.git('status', '--porcelain')).toBe(' M sub\n?? fresh.txt');
  expect(gitIn(join(it.session.worktree, 'sub'), 'rev-parse', 'HEAD')).toBe(first);
  await expect(sync(it, { carry: true })).resolves.toEqual({ kind: 'current' });
  it.repo.commit('more.txt', 'more\n');
  await expect(sync(it, { carry: true })).rejects.toMatchObject({ code: 'carry-impossible' });
});

test('histories that have nothing in common are an error, and nothing is touched', async () => {
  const it = pair();
  const tree = it.session.git('rev-parse', 'HEAD^{tree}');
  it.session.git('reset', '-q', '--hard', it.session.git('commit-tree', '-m', 'apart', tree));
  const before = seen(it);
  await expect(sync(it)).rejects.toMatchObject({ code: 'git-failed' });
  await expect(sync(it, { shape: 'rebase' })).rejects.toMatchObject({ code: 'cannot-rebase' });
  expect(seen(it)).toEqual(before);
  expect(leftovers(it)).toEqual([]);
});
