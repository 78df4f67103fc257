// parallel land --pr: each verified upon those published before it; no base moves.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { land } from '../../src/operations/land.ts';
import { fakeForge, type FakeAnswer } from '../support/fake-forge.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { gitIn, makeRepo, temporaryFolder, type TestRepo } from '../support/repo.ts';

const url = 'https://github.com/acme/app/pull/7';
const good = {
  'auth status': {},
  'pr list': { stdout: '[]' },
  'pr create': { stdout: `${url}\n` },
};

interface Setting {
  readonly repo: TestRepo;
  readonly run: (input: object) => Promise<Answered>;
}

async function setting(answers: Readonly<Record<string, FakeAnswer>> = good): Promise<Setting> {
  const repo = makeRepo();
  const folder = temporaryFolder();
  const remote = join(folder, 'remote.git');
  gitIn(folder, 'init', '-q', '--bare', '-b', 'main', remote);
  repo.git('remote', 'add', 'origin', remote);
  const { bin } = await fakeForge(folder, 'gh', answers);
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  return {
    repo,
    run: (input) => operate(land, { ...input }, { directory: repo.root, env }),
  };
}

test('published in order; what clashes or is red with one published before comes back', async () => {
  const { repo, run } = await setting();
  const main = repo.git('rev-parse', 'main');
  const paths = { one: 'left.txt', two: 'left.txt', three: 'right.txt', four: 'four.txt' };
  for (const [name, path] of Object.entries(paths)) repo.addSession(name).commit(path, name);
  const verify = 'test ! -e left.txt || test ! -e right.txt';
  expect(await run({ names: Object.keys(paths), verify, pr: true })).toMatchObject({
    exit: 5,
    errorData: {
      landed: [],
      published: [
        { name: 'one', url },
        { name: 'four', url },
      ],
      sentBack: [
        { name: 'two', reason: 'conflicts', with: 'one' },
        { name: 'three', reason: 'red', with: 'one' },
      ],
      remaining: [],
    },
  });
  expect(repo.git('rev-parse', 'main')).toBe(main);
  expect((await repo.facts('one')).record).toMatchObject({ state: 'in-review' });
  expect((await repo.facts('three')).record).toMatchObject({ state: 'active' });
  expect(repo.git('for-each-ref', 'refs/flight-rules/queue')).toBe('');
});

test('a forge that is not there is told before anything is verified', async () => {
  const { repo, run } = await setting({ 'auth status': { exit: 1, stderr: 'not logged in' } });
  repo.addSession('one').commit('one.txt', 'one\n');
  const before = fingerprint(repo.root);
  const verify = `touch '${repo.root}/verified'`;
  expect(await run({ names: ['one'], verify, pr: true })).toMatchObject({
    exit: 4,
    code: 'no-forge',
  });
  expect(fingerprint(repo.root)).toEqual(before);
});

test('a push that fails sends it back, with the session as it was', async () => {
  const { repo, run } = await setting();
  repo.git('remote', 'set-url', 'origin', join(repo.root, 'nowhere'));
  const tip = repo.addSession('one').commit('one.txt', 'one\n');
  expect(await run({ names: ['one'], pr: true })).toMatchObject({
    exit: 1,
    errorData: { sentBack: [{ name: 'one', reason: 'failed', code: 'push-failed' }] },
  });
  expect((await repo.facts('one')).branchTip).toBe(tip);
});
