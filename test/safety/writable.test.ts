import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { below, type AbsolutePath } from '../../src/kernel/path.ts';
import { ensureWritable, explainWriteFailure } from '../../src/safety/writable.ts';
import { lock, repository } from './lock-support.ts';

/** Nothing below `folder` can be written until the test ends. Modes mean nothing to root. */
function readOnly(folder: AbsolutePath): void {
  if (process.getuid?.() === 0) {
    execFileSync('mount', ['--bind', folder, folder]);
    onTestFinished(() => void execFileSync('umount', [folder]));
    execFileSync('mount', ['-o', 'remount,ro,bind', folder]);
    return;
  }
  const folders = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const one of [folder, ...folders]) chmodSync(one, 0o555);
  onTestFinished(() => {
    for (const one of [folder, ...folders]) chmodSync(one, 0o755);
  });
}

test('a repository that cannot be written is not busy', async () => {
  const project = await repository();
  readOnly(project.commonDir);
  const refused = lock(project, async () => 'locked', { command: ['parallel', 'create', 'x'] });
  await expect(refused).rejects.toMatchObject({
    code: 'not-writable',
    data: { folders: [project.commonDir], command: ['parallel', 'create', 'x'] },
  });
});

test('nor is one in which only the refs cannot be written', async () => {
  const project = await repository();
  readOnly(below(project.commonDir, 'refs'));
  await expect(lock(project, async () => 'locked')).rejects.toMatchObject({
    code: 'not-writable',
    data: { folders: [below(project.commonDir, 'refs')] },
  });
});

test('all folders that cannot be written are named at once, those yet to be made too', async () => {
  const project = await repository();
  const sessions = below(project.root, 'sessions');
  mkdirSync(sessions);
  readOnly(sessions);
  readOnly(below(project.commonDir, 'refs'));
  const folders = [below(sessions, 'a', 'b'), below(project.root, 'other', 'c')];
  await expect(ensureWritable(project, folders, ['parallel', 'x'])).rejects.toMatchObject({
    code: 'not-writable',
    data: {
      folders: [below(project.commonDir, 'refs'), below(sessions, 'a', 'b')],
      command: ['parallel', 'x'],
    },
  });
  await expect(ensureWritable(project, [], [])).rejects.toMatchObject({ code: 'not-writable' });
});

test('a repository that can be written is', async () => {
  const project = await repository();
  await ensureWritable(project, [project.sessionsDir, project.root], []);
  expect(readdirSync(project.root)).toEqual(['.git']);
});

test('a full disk is named as such, and any other error stays what it is', async () => {
  const project = await repository();
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
  expect(await explainWriteFailure(full, project, [])).toMatchObject({ code: 'disk-failed' });
  const denied = Object.assign(new Error('EROFS'), { code: 'EROFS' });
  expect(await explainWriteFailure(denied, project, [])).toMatchObject({ code: 'not-writable' });
  const other = new Error('other');
  expect(await explainWriteFailure(other, project, [])).toBe(other);
});
