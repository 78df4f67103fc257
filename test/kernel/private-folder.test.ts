import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolder } from '../../src/kernel/private-folder.ts';

test('made with all that lacks above it, for the user alone; there already, it stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'private-'));
  const path = join(folder, 'a', 'b', 'c');
  makePrivateFolder(path);
  makePrivateFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
});

test('where it cannot be, the system says why, and it ends', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'private-')), 'file');
  writeFileSync(file, '');
  expect(() => makePrivateFolder(join(file, 'a', 'b'))).toThrow('ENOTDIR');
  const nowhere = existsSync('/proc/self') ? '/proc/nobody/a/b' : join(file, 'a');
  expect(() => makePrivateFolder(nowhere)).toThrow(/ENOENT|ENOTDIR/u);
});
