// What a rebase replaced is in the trash, and comes back under another name.
import { expect, test } from 'vitest';
import { restore } from '../../src/operations/restore.ts';
import { status } from '../../src/operations/status.ts';
import { sync } from '../../src/operations/sync.ts';
import { forgetUnreachable, operate } from '../support/operate.ts';
import { makeRepo } from '../support/repo.ts';

test('the commits of before a rebase come back as a session of their own', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const before = session.commit('own.txt', 'own\n');
  repo.commit('theirs.txt', 'theirs\n');
  const where = { directory: repo.root };
  const synced = await operate(sync, { names: ['auth'], rebase: true }, where);
  expect(synced.data['sessions']).toMatchObject([{ result: 'synced', pinned: 'auth~1' }]);
  forgetUnreachable(repo.root);
  // the session is there, and nothing has ended
  const now = await operate(status, { all: true }, where);
  expect(now.data['sessions']).toMatchObject([{ name: 'auth', state: 'active', health: 'ok' }]);
  const taken = await operate(restore, { names: ['auth~1'] }, where);
  expect(taken).toMatchObject({ exit: 4, code: 'restore-taken' });
  const back = await operate(restore, { names: ['auth~1'], as: 'old' }, where);
  expect([back.message, back.warnings]).toEqual(['', []]);
  expect(repo.git('rev-parse', 'session/old')).toBe(before);
  expect(repo.git('rev-parse', 'session/auth^')).toBe(repo.git('rev-parse', 'main'));
});
