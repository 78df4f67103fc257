import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRef } from '../../src/git/refs.ts';
import { lockRef } from '../../src/sessions/registry.ts';
import { repository, start } from './lock-support.ts';

test('sixty-four processes take the lock three times each, and no update is lost', async () => {
  const project = await repository();
  const file = join(project.commonDir, 'count');
  writeFileSync(file, '0');
  const children = await Promise.all(
    Array.from({ length: 64 }, () => start(project, ['count', '3', file])),
  );
  const heard = await Promise.all(children.map((child) => child.next()));
  expect(heard).toEqual(children.map(() => 'counted'));
  expect(readFileSync(file, 'utf8')).toBe('192');
  expect(await readRef(project.git, project.commonDir, lockRef)).toBeNull();
});
