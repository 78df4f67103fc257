import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { adminDir } from '../../src/sessions/project.ts';
import { expire } from '../../src/safety/expire.ts';
import { listTrash } from '../../src/safety/trash.ts';
import { abandon, held, keep, registryOf, trashRepo, write } from '../support/trash-fixture.ts';

test('expire deletes exactly one entry, once nobody else refers to its folders', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { '.env': 'x\n' });
  const kept = await keep(repo, 'auth');
  const ended = await abandon(repo, 'auth');
  const folders = [ended.entry.worktree?.path ?? '', ended.entry.privateDir?.path ?? ''];
  const options = { now: new Date('2026-11-30T00:00:00Z'), keepDays: 7, sizes: 'count' } as const;
  const listed = await listTrash(repo.project, await registryOf(repo), options);
  expect(listed.map((item) => [item.hasWorktree, item.expired])).toEqual([
    [true, true],
    [true, true],
  ]);
  expect(listed[0]?.bytes).toBeGreaterThan(0);
  await expire(repo.project, held(repo), kept);
  expect(folders.map((folder) => existsSync(folder))).toEqual([true, true]);
  await expire(repo.project, held(repo), ended);
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  expect(existsSync(adminDir(repo.project, 'auth'))).toBe(false);
  expect((await registryOf(repo)).trash).toEqual([]);
});

test('expire leaves what is not what was put there', async () => {
  const repo = await trashRepo();
  await repo.session('auth');
  const stored = await abandon(repo, 'auth');
  const folder = stored.entry.worktree?.path ?? '';
  renameSync(folder, `${folder}-moved`);
  write(folder, { 'mine.txt': 'mine\n' });
  const refused = await expire(repo.project, held(repo), stored).catch((error: unknown) => error);
  expect(isFlightError(refused, 'restore-incomplete')).toBe(true);
  expect(existsSync(join(folder, 'mine.txt'))).toBe(true);
  expect((await registryOf(repo)).trash).toHaveLength(1);
});

test('what has the name of a half deleted one is proven, too', async () => {
  const repo = await trashRepo();
  await repo.session('auth');
  const stored = await abandon(repo, 'auth');
  const folder = stored.entry.worktree?.path ?? '';
  renameSync(folder, `${folder}-moved`);
  write(`${folder}.expiring`, { 'mine.txt': 'mine\n' });
  for (const back of [false, true]) {
    // beside the right one it is not deleted either, and the pins stay as long as a folder does
    if (back) renameSync(`${folder}-moved`, folder);
    const refused = await expire(repo.project, held(repo), stored).catch((error: unknown) => error);
    expect(isFlightError(refused, 'restore-incomplete')).toBe(true);
    expect(existsSync(join(`${folder}.expiring`, 'mine.txt'))).toBe(true);
    expect((await registryOf(repo)).trash).toHaveLength(1);
  }
  renameSync(`${folder}.expiring`, `${folder}-mine`);
  renameSync(folder, `${folder}.expiring`);
  await expire(repo.project, held(repo), stored);
  expect(existsSync(`${folder}.expiring`)).toBe(false);
  expect((await registryOf(repo)).trash).toEqual([]);
});
