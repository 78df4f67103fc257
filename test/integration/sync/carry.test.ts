// Uncommitted work comes along: staged, unstaged and untracked apart, as it was.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, writeIn } from '../../support/repo.ts';
import { baseMovesOn, leftovers, numbered, pair, seen, sync, type Pair } from './fixture.ts';
import { dirtyOfEveryKind } from './dirty.ts';

const read = ({ session }: Pair, path: string): string =>
  readFileSync(join(session.worktree, path), 'utf8');
const staged = ({ session }: Pair, path: string): string => session.git('show', `:${path}`);

test.each(['ff', 'merge', 'rebase'] as const)('every kind of work, by %s', async (shape) => {
  const it = pair();
  if (shape !== 'ff') it.session.commit('own.txt', 'own\n');
  dirtyOfEveryKind(it);
  baseMovesOn(it);
  const before = it.session.git('status', '--porcelain', '--untracked-files=all', '--ignored');
  const result = await sync(it, { carry: true, shape: shape === 'rebase' ? shape : 'merge' });
  expect(result).toMatchObject({ kind: 'synced', shape });
  const status = it.session.git('status', '--porcelain', '--untracked-files=all', '--ignored');
  expect(status).toBe(before);
  expect(read(it, 'a.txt')).toBe(numbered({ 3: 'three', 10: 'staged', 17: 'edited' }));
  expect(staged(it, 'a.txt')).toBe(numbered({ 3: 'three', 10: 'staged' }).trimEnd());
  expect(read(it, 'new/x.txt')).toBe('x\n');
  expect(existsSync(join(it.session.worktree, 'gone.txt'))).toBe(false);
  expect(readFileSync(join(it.session.worktree, 'binary'))).toEqual(Buffer.from([0, 255, 1, 2]));
  expect(readlinkSync(join(it.session.worktree, 'link'))).toBe('nowhere');
  expect(lstatSync(join(it.session.worktree, 'dir/c.txt')).mode & 0o100).toBe(0o100);
  expect(leftovers(it)).toEqual([]);
  // nobody but the files has what was not staged
  const all = it.repo.git('cat-file', '--batch-all-objects', '--batch-check=%(objectname)');
  expect(all).not.toContain(it.session.git('hash-object', 'fresh/untracked.txt'));
  expect(it.repo.git('fsck', '--no-dangling', '--unreachable', '--no-reflogs')).not.toContain(
    'missing',
  );
});

test('what would not fit is a conflict, and nothing has changed', async () => {
  const it = pair();
  it.session.write('a.txt', numbered({ 3: 'drei' }));
  it.session.write('new/x.txt', 'mine\n');
  baseMovesOn(it);
  const before = seen(it);
  expect(await sync(it, { carry: true })).toEqual({
    kind: 'conflicts',
    paths: ['a.txt', 'new/x.txt'],
  });
  expect(seen(it)).toEqual(before);
  expect(leftovers(it)).toEqual([]);
});

test('what the base has taken over already is no change any more', async () => {
  const it = pair();
  it.session.write('new/x.txt', 'x\n');
  it.session.write('a.txt', numbered({ 3: 'three' }));
  it.session.git('add', 'a.txt');
  baseMovesOn(it);
  expect(await sync(it, { carry: true })).toMatchObject({ kind: 'synced' });
  expect(it.session.git('status', '--porcelain')).toBe('');
});

test('files that nothing came in for are not written again', async () => {
  const it = pair();
  it.session.write('b.txt', 'edited\n');
  it.session.write('fresh.txt', 'fresh\n');
  const paths = ['b.txt', 'fresh.txt'].map((path) => join(it.session.worktree, path));
  for (const path of paths) utimesSync(path, 1_000, 1_000);
  baseMovesOn(it);
  await sync(it, { carry: true });
  expect(paths.map((path) => lstatSync(path).mtimeMs)).toEqual([1_000_000, 1_000_000]);
});

test('a file renamed by the base, edited here', async () => {
  const it = pair();
  it.session.write('a.txt', numbered({ 10: 'edited' }));
  it.repo.git('mv', 'a.txt', 'moved.txt');
  it.repo.git('commit', '-qm', 'moved');
  expect(await sync(it, { carry: true })).toMatchObject({ kind: 'synced' });
  expect(it.session.git('status', '--porcelain')).toBe(' M moved.txt');
  expect(read(it, 'moved.txt')).toBe(numbered({ 10: 'edited' }));
});

test('a new file stays where it is, though the base renamed its folder', async () => {
  const it = pair();
  it.session.write('dir/fresh.txt', 'fresh\n');
  it.repo.git('mv', 'dir', 'other');
  it.repo.git('commit', '-qm', 'moved');
  expect(await sync(it, { carry: true })).toMatchObject({ kind: 'synced' });
  expect(it.session.git('status', '--porcelain')).toBe('?? dir/');
  expect(read(it, 'dir/fresh.txt')).toBe('fresh\n');
});

test('bytes that git would not give back stay as they are', async () => {
  const it = pair();
  baseMovesOn(it);
  it.repo.git('config', 'core.autocrlf', 'true');
  it.repo.git('config', 'core.safecrlf', 'true');
  it.session.write('lines.txt', 'one\r\ntwo\n');
  it.session.write('b.txt', 'b\nmine\r\n');
  expect(await sync(it, { carry: true })).toMatchObject({ kind: 'synced' });
  expect([read(it, 'lines.txt'), read(it, 'b.txt')]).toEqual(['one\r\ntwo\n', 'b\nmine\r\n']);
});

test('an ignored file in the way refuses, and all is as it was', async () => {
  const it = pair();
  it.session.write('ignored.txt', 'mine\n');
  dirtyOfEveryKind(it);
  it.repo.write('ignored.txt', 'theirs\n');
  it.repo.git('add', '-f', 'ignored.txt');
  it.repo.git('commit', '-qm', 'what was ignored');
  const before = seen(it);
  await expect(sync(it, { carry: true })).rejects.toMatchObject({
    code: 'files-in-the-way',
    data: { paths: ['ignored.txt'] },
  });
  expect(seen(it)).toEqual(before);
  expect(leftovers(it)).toEqual([]);
});

test.each<[string, (it: Pair) => void]>([
  [
    'a hidden edit',
    ({ session }) => {
      session.git('update-index', '--skip-worktree', 'a.txt');
      session.write('a.txt', 'hidden\n');
    },
  ],
  [
    'a nested repository',
    ({ session }) => {
      mkdirSync(join(session.worktree, 'nested'));
      gitIn(join(session.worktree, 'nested'), 'init', '-q');
      writeIn(session.worktree, 'nested/x', 'x\n');
      gitIn(join(session.worktree, 'nested'), 'add', '.');
      gitIn(join(session.worktree, 'nested'), 'commit', '-qm', 'x');
    },
  ],
])('%s cannot be carried', async (_, prepare) => {
  const it = pair();
  baseMovesOn(it);
  prepare(it);
  const before = seen(it);
  await expect(sync(it, { carry: true })).rejects.toMatchObject({ code: 'carry-impossible' });
  expect(seen(it)).toEqual(before);
  expect(leftovers(it)).toEqual([]);
});

test('a sparse checkout stays sparse', async () => {
  const it = pair();
  it.session.git('sparse-checkout', 'set', '--no-cone', '/dir/', '/b.txt');
  it.session.write('b.txt', 'edited\n');
  baseMovesOn(it);
  expect(await sync(it, { carry: true })).toMatchObject({ kind: 'synced' });
  expect(existsSync(join(it.session.worktree, 'a.txt'))).toBe(false);
  expect(existsSync(join(it.session.worktree, 'new'))).toBe(false);
  expect(it.session.git('status', '--porcelain')).toBe(' M b.txt');
  it.session.git('checkout', '-q', 'b.txt');
  it.repo.commit('a.txt', 'again\n');
  expect(await sync(it)).toMatchObject({ kind: 'synced' });
  expect(it.session.git('status', '--porcelain')).toBe('');
  expect(existsSync(join(it.session.worktree, 'a.txt'))).toBe(false);
});

test('a split index', async () => {
  const it = pair();
  it.session.git('update-index', '--split-index');
  it.session.write('b.txt', 'edited\n');
  it.session.git('add', 'b.txt');
  baseMovesOn(it);
  expect(await sync(it, { carry: true })).toMatchObject({ kind: 'synced' });
  expect(it.session.git('status', '--porcelain')).toBe('M  b.txt');
  it.session.git('commit', '-qm', 'b');
  it.session.git('update-index', '--split-index');
  it.repo.commit('a.txt', 'again\n');
  expect(await sync(it)).toMatchObject({ kind: 'synced', shape: 'merge' });
  expect(it.session.git('status', '--porcelain')).toBe('');
});

test('a file in the place of a folder, and a folder in the place of a file', async () => {
  const it = pair();
  rmSync(join(it.session.worktree, 'b.txt'));
  it.session.write('b.txt/inner', 'inner\n');
  rmSync(join(it.session.worktree, 'dir'), { recursive: true });
  symlinkSync('a.txt', join(it.session.worktree, 'dir'));
  chmodSync(it.session.write('run', '#!/bin/sh\n'), 0o700);
  writeFileSync(join(it.session.worktree, 'empty'), '');
  const before = it.session.git('status', '--porcelain', '--untracked-files=all');
  baseMovesOn(it);
  expect(await sync(it, { carry: true })).toMatchObject({ kind: 'synced' });
  expect(it.session.git('status', '--porcelain', '--untracked-files=all')).toBe(before);
  expect(read(it, 'b.txt/inner')).toBe('inner\n');
  expect(lstatSync(join(it.session.worktree, 'run')).mode & 0o777).toBe(0o700);
});
