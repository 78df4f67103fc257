import { expect, test } from 'vitest';
import { makeRepo } from '../support/repo.ts';
import { holderToken, killedHolder, stoppedHolder } from './holder.ts';
import { atOnce, call, disagreements, failures, records } from './support.ts';

test("a dead holder's lock is taken by exactly one of eight", async () => {
  const repo = makeRepo();
  await killedHolder(repo, 'create.refs:after', 'parallel', 'create', 'dead');
  const calls = Array.from({ length: 8 }, (_, n) => ['parallel', 'create', `s${n}`]);
  const all = await atOnce(repo, calls);
  expect(failures(all)).toEqual([]);
  const recovered = all.filter(({ answer }) =>
    answer.warnings?.some(({ code }) => code === 'recovered'),
  );
  expect(recovered).toHaveLength(1);
  expect(records(repo)).toHaveLength(8);
  expect(disagreements(repo)).toEqual([]);
});

test('a stopped holder gives way to --break-lock with its token, and what it began is rolled back', async () => {
  const repo = makeRepo();
  const kill = await stoppedHolder(repo, 'create.refs:after', 'parallel', 'create', 'stopped');
  const token = holderToken(repo);
  const two = await call(repo, '--break-lock', token, 'parallel', 'create', 'two');
  expect(failures([two])).toEqual([]);
  // it lives: what it has begun is still its own
  expect(records(repo).map(({ name }) => name)).toEqual(['stopped', 'two']);
  await kill();
  expect(failures([await call(repo, 'parallel', 'cleanup', '--yes')])).toEqual([]);
  expect(records(repo).map(({ name }) => name)).toEqual(['two']);
  expect(disagreements(repo)).toEqual([]);
});
