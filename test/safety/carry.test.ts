import { expect, test } from 'vitest';
import { oid } from '../../src/git/oid.ts';
import { readStatus } from '../../src/git/status.ts';
import { carry, planCarry } from '../../src/safety/carry.ts';
import { trashRepo, write } from '../support/trash-fixture.ts';

test.each(['sha1', 'sha256'] as const)('%s: a removal alone is carried', async (format) => {
  const repo = await trashRepo({ format });
  const session = await repo.session('auth');
  const { git } = repo.project;
  const base = oid(repo.git(['rev-parse', 'main']).trimEnd());
  repo.git(['rm', '-q', 'a.txt']);
  const plan = await planCarry(git, repo.root, await readStatus(git, repo.root), base);
  await carry(git, repo.root, session, plan);
  expect(repo.git(['status', '--porcelain'], session)).toBe('D  a.txt\n');
});

test('a name that git would quote and one of two lines are hashed as they are', async () => {
  const repo = await trashRepo();
  const session = await repo.session('auth');
  const { git } = repo.project;
  const base = oid(repo.git(['rev-parse', 'main']).trimEnd());
  write(repo.root, { '"quoted': 'one\n', 'two\nlines': 'two\n' });
  const plan = await planCarry(git, repo.root, await readStatus(git, repo.root), base);
  const carried = await carry(git, repo.root, session, plan);
  const ids = carried.map((one) => [one.path, one.oid]);
  expect(Object.fromEntries(ids)).toEqual({
    '"quoted': '5626abf0f72e58d7a153368ba57db4c673c0e171',
    'two\nlines': 'f719efd430d52bcfc8566a43b2eb655688d38871',
  });
});
