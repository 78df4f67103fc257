// Giving up a merge in a session: what stands there is pinned, then all is as it was.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goBack, pinResolution } from '../../src/integration/sync/give-up.ts';
import { hasMarks, lookForUnresolved } from '../../src/integration/sync/unresolved.ts';
import { at, held, trashRepo, write } from '../support/trash-fixture.ts';

const marked = '<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> main\n';

test('marks of a conflict, and a file that only speaks of them', () => {
  const bytes = (text: string): Buffer => Buffer.from(text);
  expect(hasMarks(bytes(marked), [bytes('one\n'), null, bytes('two\n')])).toBe(true);
  expect(hasMarks(bytes(marked), [bytes(marked)])).toBe(false);
  expect(hasMarks(bytes('a\n=======\nb\n'), [])).toBe(false);
  expect(hasMarks(bytes('<<<<<<< HEAD\n'), [bytes(marked)])).toBe(false);
});

test('what stands there is held by the trash; files of nobody stay', async () => {
  const repo = await trashRepo();
  const worktree = await repo.session('auth');
  const git = (...args: readonly string[]): string => repo.git(args, worktree).trim();
  write(worktree, { 'x.txt': 'session\n' });
  git('add', '.');
  git('commit', '-qm', 'session');
  write(repo.root, { 'x.txt': 'main\n', 'new/file.txt': 'new\n' });
  repo.git(['add', '.']);
  repo.git(['commit', '-qm', 'main']);
  const [from, baseTip] = [git('rev-parse', 'HEAD'), git('rev-parse', 'main')];
  expect(() => git('merge', '-q', 'main')).toThrow(/merge/u);
  expect(await lookForUnresolved(repo.project.git, worktree, 'merge')).toMatchObject({
    paths: ['x.txt'],
  });
  write(worktree, { 'x.txt': 'half resolved\n', 'mine.txt': 'mine\n' });

  const { key, record, place } = await repo.facts('auth');
  if (record === null || place.kind !== 'present') throw new TypeError('it is there');
  const here = { key, record, worktree, privateDir: place.privateDir };
  const syncing = { shape: 'merge' as const, from, base: 'main', baseTip, since: '' };
  const id = await pinResolution(repo.project, held(repo), here, syncing, { at, changes: [] });
  await goBack(repo.project.git, repo.project, here, syncing);
  expect(id).toBe('auth~1');
  expect(git('status', '--porcelain')).toBe('?? mine.txt');
  expect(existsSync(join(worktree, 'new'))).toBe(false);
  expect(readFileSync(join(worktree, 'x.txt'), 'utf8')).toBe('session\n');
  const entry = repo.git(['cat-file', 'blob', 'refs/flight-rules/trash/auth/1:entry.json']);
  const { branchTip, strategy } = JSON.parse(entry) as { branchTip: string; strategy: string };
  expect(strategy).toBe('sync');
  expect(git('show', `${branchTip}:x.txt`)).toBe('half resolved');
  expect(git('rev-parse', `${branchTip}^1`, `${branchTip}^2`).split('\n')).toEqual([from, baseTip]);
});
