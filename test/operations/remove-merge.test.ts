// remove --strategy merge: where it goes, in which shape, and everything that stops it.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remove } from '../../src/operations/remove.ts';
import { trustGrant } from '../../src/operations/trust.ts';
import { fingerprint, operate, type Answered, type Caller } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

function merge(repo: TestRepo, more: object = {}, caller: Partial<Caller> = {}): Promise<Answered> {
  const input = { name: 'auth', strategy: 'merge', ...more };
  return operate(remove, input, { directory: repo.root, ...caller });
}

/** The answer to a merge that fails; nothing has changed. */
async function stopped(
  repo: TestRepo,
  more: object = {},
  caller: Partial<Caller> = {},
): Promise<Answered> {
  const before = fingerprint(repo.root);
  const answered = await merge(repo, more, caller);
  expect(answered.exit).not.toBe(0);
  expect(fingerprint(repo.root)).toEqual(before);
  return answered;
}

test('a fast-forward where it can be, else as it was asked', async () => {
  for (const [shape, parents] of [
    [undefined, 1],
    ['squash', 1],
    ['rebase', 1],
  ] as const) {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('one.txt', '1\n');
    const tip = session.commit('two.txt', '2\n');
    if (shape === 'rebase' || shape === 'squash') repo.commit('base.txt', 'base\n');
    const answered = await merge(repo, shape === undefined ? {} : { shape });
    const oid = repo.git('rev-parse', 'main');
    expect(answered).toMatchObject({
      exit: 0,
      data: {
        branchDeleted: true,
        trash: { id: 'auth~1' },
        integrated: { into: 'main', oid, shape: shape ?? 'ff' },
      },
    });
    expect(oid === tip).toBe(shape === undefined);
    expect(repo.git('rev-list', '--parents', '-1', 'main').split(' ')).toHaveLength(parents + 1);
    expect(readFileSync(join(repo.root, 'two.txt'), 'utf8')).toBe('2\n');
    expect(repo.git('status', '--porcelain')).toBe('');
  }
});

test('the base has commits of its own: a merge commit, and ff is refused', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  repo.commit('base.txt', 'base\n');
  expect(await stopped(repo, { shape: 'ff' })).toMatchObject({ exit: 4, code: 'not-fast-forward' });
  expect(await merge(repo)).toMatchObject({ exit: 0, data: { integrated: { shape: 'merge' } } });
});

test('--into another branch, also one that is not checked out', async () => {
  const repo = makeRepo();
  const tip = repo.addSession('auth').commit('one.txt', '1\n');
  repo.git('branch', 'release');
  const main = repo.git('rev-parse', 'main');
  expect(await merge(repo, { into: 'release' })).toMatchObject({
    exit: 0,
    data: { integrated: { into: 'release', oid: tip } },
  });
  expect(repo.git('rev-parse', 'main')).toBe(main);
});

test('wherever the main checkout is: on another branch', async () => {
  const repo = makeRepo();
  const tip = repo.addSession('auth').commit('one.txt', '1\n');
  repo.git('switch', '-qc', 'elsewhere');
  expect(await merge(repo)).toMatchObject({ exit: 0 });
  expect(repo.git('rev-parse', 'main')).toBe(tip);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('unrelated uncommitted and ignored files there stay byte for byte', async () => {
  const repo = makeRepo();
  repo.commit('.gitignore', '.env\n');
  repo.commit('other.txt', 'other\n');
  repo.addSession('auth').commit('one.txt', '1\n');
  repo.write('other.txt', 'staged\n');
  repo.git('add', 'other.txt');
  repo.write('other.txt', 'edited\n');
  repo.write('new.txt', 'new\n');
  repo.write('.env', 'SECRET=1\n');
  expect(await merge(repo)).toMatchObject({ exit: 0 });
  expect(repo.git('status', '--porcelain')).toBe('MM other.txt\n?? new.txt');
  expect(repo.git('show', ':other.txt')).toBe('staged');
  expect(readFileSync(join(repo.root, 'other.txt'), 'utf8')).toBe('edited\n');
  expect(readFileSync(join(repo.root, '.env'), 'utf8')).toBe('SECRET=1\n');
});

test('files in the way are named: changed, untracked, ignored', async () => {
  for (const path of ['README.md', 'new.txt', '.env']) {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.write(path, 'of the session\n');
    session.git('add', '-f', path);
    session.git('commit', '-qm', 'work');
    writeFileSync(join(repo.commonDir, 'info', 'exclude'), '.env\n');
    repo.write(path, 'of the user\n');
    const answered = await stopped(repo);
    expect(answered).toMatchObject({ exit: 4, code: 'files-in-the-way' });
    expect(answered.message).toContain(path);
  }
});

test('an operation in progress in the base: rebased with HEAD detached, bisected, merging', async () => {
  const begin: Readonly<Record<string, (repo: TestRepo) => void>> = {
    rebase: (repo) => {
      repo.git('branch', 'onto', repo.commit('clash.txt', 'one\n'));
      repo.git('reset', '-q', '--hard', 'HEAD~1');
      repo.commit('clash.txt', 'two\n');
      expect(() => repo.git('rebase', '-q', 'onto')).toThrow('could not apply');
    },
    bisect: (repo) => {
      for (const n of [1, 2, 3, 4]) repo.commit('n.txt', `${n}\n`);
      repo.git('bisect', 'start', 'HEAD', 'HEAD~4');
    },
    merge: (repo) => {
      repo.git('branch', 'other', repo.commit('clash.txt', 'one\n'));
      repo.git('reset', '-q', '--hard', 'HEAD~1');
      repo.commit('clash.txt', 'two\n');
      expect(() => repo.git('merge', '-q', 'other')).toThrow('Command failed');
    },
  };
  for (const [operation, start] of Object.entries(begin)) {
    const repo = makeRepo();
    repo.addSession('auth').commit('one.txt', '1\n');
    start(repo);
    const answered = await stopped(repo);
    expect([operation, answered.exit, answered.code]).toEqual([operation, 4, 'base-busy']);
  }
});

test('a base that is checked out twice', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  repo.git('worktree', 'add', '-q', '--force', `${repo.root}-twice`, 'main');
  expect(await stopped(repo)).toMatchObject({ exit: 4, code: 'base-busy' });
});

test("a base that is another session's branch, or is gone", async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  repo.addSession('other');
  const answered = await stopped(repo, { into: 'session/other' });
  expect(answered.exit).toBe(4);
  expect(answered.message).toContain('other');
  expect(await stopped(repo, { into: 'gone' })).toMatchObject({ exit: 4, code: 'base-gone' });
});

test('conflicts: exit 5, the files, nothing moved', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('README.md', 'of the session\n');
  repo.commit('README.md', 'of the base\n');
  for (const shape of [undefined, 'merge', 'squash', 'rebase']) {
    const answered = await stopped(repo, { shape });
    expect(answered).toMatchObject({
      exit: 5,
      code: 'conflicts',
      errorData: { paths: ['README.md'] },
    });
  }
});

test('nothing to merge: the session ends, the base stays', async () => {
  const repo = makeRepo();
  repo.addSession('auth');
  const main = repo.git('rev-parse', 'main');
  expect(await merge(repo)).toMatchObject({ exit: 0, data: { integrated: { oid: main } } });
  expect(repo.git('rev-parse', 'main')).toBe(main);
});

const hook = (repo: TestRepo, name: string, script: string): void => {
  const path = join(repo.commonDir, 'hooks', name);
  mkdirSync(join(repo.commonDir, 'hooks'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
};

test('a failing hook fails the merge, and nothing moved', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  repo.commit('base.txt', 'base\n');
  hook(repo, 'pre-merge-commit', 'echo "not like this" >&2; exit 1');
  const heads = repo.git('for-each-ref', 'refs/heads');
  const answered = await merge(repo);
  expect(answered).toMatchObject({ exit: 1, code: 'hook-failed' });
  expect(answered.message).toContain('not like this');
  expect(repo.git('for-each-ref', 'refs/heads')).toBe(heads);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('--verify that fails, and a good one', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  const answered = await merge(repo, { verify: 'echo broken; test -f one.txt && exit 3' });
  expect(answered).toMatchObject({ exit: 1, code: 'verify-failed' });
  expect(answered.message).toContain('broken');
  expect(repo.git('rev-parse', 'main')).toBe(repo.git('rev-parse', 'session/auth~1'));
  expect(await merge(repo, { verify: ' ' })).toMatchObject({ exit: 2, code: 'usage' });
  expect(await merge(repo, { verify: 'test -f one.txt' })).toMatchObject({ exit: 0 });
});

test("the repository's own verification: refused until it is trusted, then it decides", async () => {
  const repo = makeRepo();
  const settings = '{"parallel": {"verify": ["test ! -f bad.txt"]}}';
  mkdirSync(join(repo.root, '.flight-rules'));
  repo.commit('.flight-rules/config.json', settings);
  const session = repo.addSession('auth');
  session.commit('one.txt', '1\n');
  const state = join(repo.root, '..', 'state');
  const env = { XDG_STATE_HOME: state };
  const answered = await stopped(repo, {}, { env });
  expect(answered).toMatchObject({ exit: 4, code: 'untrusted' });
  expect(answered.message).toContain('test ! -f bad.txt');
  const person = { directory: repo.root, env, interactive: true };
  expect(await operate(trustGrant, { yes: true }, person)).toMatchObject({ exit: 0 });
  session.commit('bad.txt', 'bad\n');
  expect(await merge(repo, {}, { env })).toMatchObject({ exit: 1, code: 'verify-failed' });
  session.git('rm', '-q', 'bad.txt');
  session.git('commit', '-qm', 'good again');
  expect(await merge(repo, {}, { env })).toMatchObject({ exit: 0 });
});

test('a signature that cannot be made: exit 1, nothing moved', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  repo.commit('base.txt', 'base\n');
  repo.git('config', 'commit.gpgsign', 'true');
  repo.git('config', 'gpg.program', '/nonexistent/gpg');
  expect(await stopped(repo)).toMatchObject({ exit: 1, code: 'sign-failed' });
});

test('no identity: exit 4 before anything', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  repo.commit('base.txt', 'base\n');
  repo.git('config', 'user.useConfigOnly', 'true');
  const env = { GIT_CONFIG_GLOBAL: '/dev/null' };
  expect(await stopped(repo, {}, { env })).toMatchObject({ exit: 4, code: 'no-identity' });
});

test('what lands and cannot leave any more says so', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const tip = session.commit('one.txt', '1\n');
  // a verification that dirties the session while it runs: the merge is good, leaving is refused
  const dirty = join(session.worktree, 'late.txt');
  const answered = await merge(repo, { verify: `echo late > '${dirty}'` });
  expect(answered).toMatchObject({
    exit: 1,
    code: 'landed-not-removed',
    errorData: { into: 'main', oid: tip },
  });
  expect(repo.git('rev-parse', 'main')).toBe(tip);
  expect(session.git('status', '--porcelain')).toBe('?? late.txt');
});
