// A restore that is taken back leaves the trash as it was.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bringBack } from '../../src/safety/bring-back.ts';
import { abandon, held, trashRepo, write } from '../support/trash-fixture.ts';

test('a restore whose git is killed while it fills the folder is taken back, and works the next time', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { 'a.txt': 'staged\n' });
  repo.git(['add', '.'], path);
  const stored = await abandon(repo, 'auth');
  rmSync(stored.entry.worktree?.path ?? '', { recursive: true });
  // a filter that kills the git that runs it
  const filter = join(repo.root, '../filter.sh');
  writeFileSync(filter, '#!/bin/sh\nkill -9 $PPID\n', { mode: 0o755 });
  repo.git(['config', 'filter.deadly.smudge', filter]);
  write(repo.root, { '.git/info/attributes': 'a.txt filter=deadly\n' });
  await expect(bringBack(repo.project, held(repo), stored)).rejects.toMatchObject({
    code: 'git-failed',
  });
  repo.git(['config', '--remove-section', 'filter.deadly']);
  expect(readdirSync(join(repo.project.sessionsDir, '.trash'))).toEqual([]);
  const privateDir = stored.entry.privateDir?.path ?? '';
  expect(readdirSync(privateDir)).not.toContain('index.lock');
  await bringBack(repo.project, held(repo), stored);
  expect(repo.git(['status', '--porcelain'], path)).toBe('M  a.txt\n');
});

test('a lock file of git that waits in the trash is left alone when a restore is taken back', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  const stored = await abandon(repo, 'auth');
  rmSync(stored.entry.worktree?.path ?? '', { recursive: true });
  const lock = join(stored.entry.privateDir?.path ?? '', 'index.lock');
  writeFileSync(lock, '');
  await expect(bringBack(repo.project, held(repo), stored)).rejects.toMatchObject({
    code: 'git-failed',
  });
  expect(existsSync(lock)).toBe(true);
  rmSync(lock);
  await bringBack(repo.project, held(repo), stored);
  expect(repo.git(['status', '--porcelain'], path)).toBe('');
});
