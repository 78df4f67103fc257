// parallel land: what lands, what comes back and why, and that the base is good at every commit.
import { expect, test } from 'vitest';
import { land } from '../../src/operations/land.ts';
import { readLine } from '../support/landing-line.ts';
import { operate, type Answered, type Caller } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

/** Red as soon as both are there. */
const verify = 'test ! -e left.txt || test ! -e right.txt';

function run(repo: TestRepo, input: object, caller: Partial<Caller> = {}): Promise<Answered> {
  return operate(land, { ...input }, { directory: repo.root, ...caller });
}

const clashing = ['three', 'six'];
const files: Readonly<Record<string, string>> = { four: 'left.txt', eight: 'right.txt' };
const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function tenSessions(): TestRepo {
  const repo = makeRepo();
  for (const name of names) {
    const session = repo.addSession(name);
    const path = clashing.includes(name) ? 'shared.txt' : (files[name] ?? `${name}.txt`);
    session.commit(path, `${name}\n`);
  }
  return repo;
}

test('of ten, two clash and two are red together: eight land, and main is good at every commit', async () => {
  const repo = tenSessions();
  const first = repo.git('rev-parse', 'main');
  const six = repo.git('rev-parse', 'session/six');
  const answered = await run(repo, { names, verify });
  expect(answered).toMatchObject({
    exit: 5,
    code: 'land-conflicts',
    errorData: {
      landed: names.filter((name) => name !== 'six' && name !== 'eight').map((name) => ({ name })),
      sentBack: [
        { name: 'six', reason: 'conflicts', with: 'three', paths: ['shared.txt'] },
        { name: 'eight', reason: 'red', with: 'four', exit: 1 },
      ],
      remaining: [],
    },
  });
  expect(readLine(repo.root, first, verify)).toEqual({ moves: 8, red: [] });
  expect(repo.git('rev-parse', 'session/six')).toBe(six);
  expect(repo.git('for-each-ref', 'refs/flight-rules/queue')).toBe('');
  expect(repo.git('worktree', 'list').split('\n')).toHaveLength(3);
  const { record } = await repo.facts('eight');
  expect(record?.sentBack).toMatchObject({
    reason: 'red',
    with: 'four',
    tip: repo.git('rev-parse', 'session/eight'),
  });
});
