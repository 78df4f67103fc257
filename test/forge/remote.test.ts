import { beforeEach, expect, test } from 'vitest';
import { findRemote } from '../../src/forge/remote.ts';
import { branchOf, type BranchName } from '../../src/git/oid.ts';
import { isFlightError } from '../../src/kernel/errors.ts';
import { smallRepository, type SmallRepository } from '../support/small-repository.ts';

let repository: SmallRepository;
beforeEach(async () => {
  repository = await smallRepository();
});

const main = branchOf('refs/heads/main') as BranchName;
const find = () => findRemote(repository.port, repository.root, { name: 'auth', base: main });

test('a repository without a remote has none to push to', async () => {
  const error: unknown = await find().catch((cause: unknown) => cause);
  expect(isFlightError(error, 'no-remote') && error.data).toEqual({
    name: 'auth',
    why: 'the repository has none',
  });
});

test('several without an answer are named, not guessed', async () => {
  await repository.git('remote', 'add', 'a', '/nowhere/a');
  await repository.git('remote', 'add', 'b', '/nowhere/b');
  const error: unknown = await find().catch((cause: unknown) => cause);
  expect(isFlightError(error, 'no-remote') && error.data.why).toContain('a, b');
});

test('the address is the one that a push uses', async () => {
  await repository.git('remote', 'add', 'origin', 'short:o/r');
  await repository.git('config', 'url.ssh://git@github.com/.pushInsteadOf', 'short:');
  await repository.git('config', 'branch.main.remote', 'origin');
  await repository.git('config', 'branch.main.merge', 'refs/heads/trunk');
  expect(await find()).toEqual({
    name: 'origin',
    url: 'ssh://git@github.com/o/r',
    address: { host: 'github.com', owner: 'o' },
    base: 'trunk',
    several: false,
  });
});
