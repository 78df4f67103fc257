// Uncommitted work of every kind in a session, some of it where the base will bring something.
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { numbered, type Pair } from './fixture.ts';

export function dirtyOfEveryKind({ session }: Pair): void {
  const { git, write, worktree } = session;
  write('a.txt', numbered({ 10: 'staged' }));
  write('mixed.txt', numbered({ 17: 'edited\r' }));
  write('staged.txt', 'staged\n');
  git('add', 'a.txt', 'staged.txt');
  write('a.txt', numbered({ 10: 'staged', 17: 'edited' }));
  write('staged.txt', 'edited again\n');
  git('rm', '-q', '--cached', 'b.txt');
  chmodSync(join(worktree, 'dir/c.txt'), 0o755);
  symlinkSync('nowhere', join(worktree, 'link'));
  writeFileSync(join(worktree, 'binary'), Buffer.from([0, 255, 1, 2]));
  git('add', 'binary');
  write('meant.txt', 'to be added\n');
  git('add', '-N', 'meant.txt');
  rmSync(join(worktree, 'README.md'));
  write('fresh/untracked.txt', 'untracked\n');
  write('ignored/cache', 'hours of work\n');
  write('.env', 'SECRET=1\n');
}
