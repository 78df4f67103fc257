import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { adminDir } from '../../src/sessions/project.ts';
import { bringBack } from '../../src/safety/bring-back.ts';
import { expire } from '../../src/safety/expire.ts';
import { listTrash } from '../../src/safety/trash.ts';
import {
  abandon,
  fingerprint,
  held,
  keep,
  registryOf,
  trashRepo,
  write,
} from '../support/trash-fixture.ts';

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

test('an entry behind a ref that is not its own is shown as broken, and never emptied', async () => {
  const repo = await trashRepo();
  await repo.session('auth');
  const stored = await abandon(repo, 'auth');
  const alias = 'refs/flight-rules/trash/other/1';
  repo.git(['update-ref', alias, stored.pin]);
  const { trash, brokenTrash } = await registryOf(repo);
  expect(trash.map(({ ref }) => ref)).toEqual([stored.ref]);
  expect(brokenTrash).toEqual([alias]);
  const refused = expire(repo.project, held(repo), { ...stored, ref: alias });
  await expect(refused).rejects.toMatchObject({ code: 'plan-changed' });
  await expire(repo.project, held(repo), stored);
  expect(repo.git(['for-each-ref', '--format=%(refname)', 'refs/flight-rules/trash/']).trim()).toBe(
    alias,
  );
});

test.each(['worktree', 'privateDir'] as const)(
  'expire deletes nothing under its name for what is deleted that is not proven (%s)',
  async (which) => {
    const repo = await trashRepo();
    const path = await repo.session('auth');
    write(path, { 'own.txt': 'own\n' });
    const stored = await abandon(repo, 'auth');
    const waits = stored.entry[which]?.path ?? '';
    const aside = `${waits}.expiring`;
    write(aside, { 'mine.txt': 'mine\n' });
    const refused = async (): Promise<void> => {
      const error = await expire(repo.project, held(repo), stored).catch((e: unknown) => e);
      expect(isFlightError(error, 'restore-incomplete')).toBe(true);
      expect(existsSync(join(aside, 'mine.txt'))).toBe(true);
      expect((await registryOf(repo)).trash).toHaveLength(1);
    };
    await refused();
    expect(existsSync(waits)).toBe(true);
    renameSync(waits, `${waits}-away`);
    await refused();
    // a cut-off expire goes on, also where only an empty folder is left
    rmSync(aside, { recursive: true });
    renameSync(`${waits}-away`, aside);
    if (which === 'privateDir') {
      rmSync(stored.entry.worktree?.path ?? '', { recursive: true });
      rmSync(aside, { recursive: true });
      mkdirSync(join(aside, 'flight-rules'), { recursive: true });
    }
    await expire(repo.project, held(repo), stored);
    expect(existsSync(aside)).toBe(false);
    expect((await registryOf(repo)).trash).toEqual([]);
  },
);

test('emptying that was cut off before anything was deleted: restore brings back all of it', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { 'a.txt': 'edited\n', '.env': 'x\n' });
  const before = fingerprint(repo, path);
  const stored = await abandon(repo, 'auth');
  const waits = stored.entry.worktree?.path ?? '';
  // killed between the two renames that come before any deletion
  renameSync(waits, `${waits}.expiring`);
  const back = await bringBack(repo.project, held(repo), stored);
  expect(back.warnings).toEqual([]);
  expect(fingerprint(repo, path)).toEqual(before);
  expect(existsSync(`${waits}.expiring`)).toBe(false);
  // what came back is not the entry's any more
  await expire(repo.project, held(repo), stored);
  expect(fingerprint(repo, path)).toEqual(before);
});

test('emptying that was cut off later: restore brings back the branch, and the rest still goes', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { 'a.txt': 'edited\n' });
  const stored = await abandon(repo, 'auth');
  const asides = [stored.entry.worktree?.path ?? '', stored.entry.privateDir?.path ?? ''];
  for (const waits of asides) renameSync(waits, `${waits}.expiring`);
  rmSync(join(`${asides[0] ?? ''}.expiring`, 'a.txt'));
  const back = await bringBack(repo.project, held(repo), stored);
  expect(back.warnings.map(({ code }) => code)).toEqual(['worktree-lost']);
  expect(repo.git(['status', '--porcelain'], path)).toBe('');
  await expire(repo.project, held(repo), stored);
  expect(asides.map((waits) => existsSync(`${waits}.expiring`))).toEqual([false, false]);
  expect((await registryOf(repo)).trash).toEqual([]);
  expect(repo.git(['status', '--porcelain'], path)).toBe('');
});
