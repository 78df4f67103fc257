// What a write leaves that is killed right before its rename, and who takes it away.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { below } from '../../src/kernel/path.ts';
import { writeDurably } from '../../src/safety/disk.ts';
import { lock, repository, start } from './lock-support.ts';

const id = '55d989ad-2e13-41db-9987-19973840db16';

test('a holder that was killed while it wrote: the next one takes away what is not finished', async () => {
  const project = await repository();
  const { commonDir } = project;
  const holder = await start(project, ['hold']);
  await holder.next();
  const left = ['worktrees/a/flight-rules', 'worktrees/a', 'flight-rules/trash/b-1'].map(
    (folder) => {
      mkdirSync(join(commonDir, folder), { recursive: true });
      return join(commonDir, folder, `gitdir.${id}.flight-rules`);
    },
  );
  const prepared = join(commonDir, 'flight-rules/placeholder/c');
  mkdirSync(prepared, { recursive: true });
  const users = join(commonDir, 'worktrees/a/notes.flight-rules');
  for (const file of [...left, users, join(prepared, 'locked')]) writeFileSync(file, 'x\n');
  // somebody who lives may be at it: only of a holder that is gone it is known to be left over
  await expect(lock(project, async () => 'robbed', { waitMs: 300 })).rejects.toMatchObject({
    code: 'busy',
  });
  expect(left.filter((file) => existsSync(file))).toEqual(left);
  await holder.kill();
  await lock(project, async () => undefined);
  expect([...left, prepared].filter((file) => existsSync(file))).toEqual([]);
  expect(existsSync(users)).toBe(true);
});

test('writing a file again takes away what the killed write of it has left, and nothing else', async () => {
  const { root } = await repository();
  for (const name of [`.git-x.${id}.flight-rules`, `other.${id}.flight-rules`, '.git-x.mine']) {
    writeFileSync(join(root, name), 'x\n');
  }
  await writeDurably(below(root, '.git-x'), 'whole\n');
  expect(readdirSync(root).toSorted()).toEqual([
    '.git',
    '.git-x',
    '.git-x.mine',
    `other.${id}.flight-rules`,
  ]);
});
