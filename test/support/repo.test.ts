import { expect, test } from 'vitest';
import { makeRepo } from './repo.ts';

test('a session of the fixture is one as the records describe it', async () => {
  const repo = makeRepo();
  const session = repo.addSession('Auth');
  const tip = session.commit('a.txt', 'a\n');
  const facts = await repo.facts('Auth');
  expect(facts).toMatchObject({
    key: 'auth',
    name: 'Auth',
    branch: 'session/Auth',
    branchTip: tip,
    place: { kind: 'present', path: session.worktree, privateDir: session.privateDir },
  });
  expect((await repo.project()).sessionsDir).toBe(`${repo.root}-sessions`);
});
