// `parallel create`, sentence by sentence.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { anyText, ask, must } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, writeIn, type TestRepo } from '../support/repo.ts';

/** Runs it, and it must refuse with `code` and exit 4 and leave everything as it is. */
async function refuses(repo: TestRepo, code: string, ...args: string[]): Promise<string> {
  const before = fingerprint(repo.root, `${repo.root}-sessions`);
  const reply = await ask(repo.root, ['parallel', 'create', ...args]);
  expect(reply.exit).toBe(4);
  expect(reply.at('error.code')).toBe(code);
  expect(fingerprint(repo.root, `${repo.root}-sessions`)).toEqual(before);
  return reply.stdout;
}

describe('1. the name', () => {
  test('a bad one: exit 2 with the rule and a suggestion', async () => {
    const repo = makeRepo();
    const before = fingerprint(repo.root);
    for (const [name, rule, suggestion] of [
      ['a b', 'only ASCII letters', 'a-b'],
      ['..', 'must start with', undefined],
      ['a..b', '".."', 'a.b'],
      ['x.', 'end with "."', 'x'],
      ['x.lock', '".lock"', 'x'],
      ['nul', 'reserved', 'session-nul'],
      ['COM1.txt', 'reserved', 'session-COM1.txt'],
      ['x'.repeat(101), 'longer than 100', 'x'.repeat(100)],
      ['ünïcode', 'must start with', 'unicode'],
      ['', 'empty', undefined],
    ] as const) {
      const reply = await ask(repo.root, ['parallel', 'create', '--', name]);
      expect(reply.exit).toBe(2);
      expect(reply.at('error.code')).toBe('bad-name');
      expect(reply.text('error.message')).toContain(rule);
      expect(reply.at('error.data.suggestion')).toBe(suggestion);
    }
    expect(fingerprint(repo.root)).toEqual(before);
  });

  test('one that differs only in case, or a branch or folder in the way: exit 4 naming it', async () => {
    const repo = makeRepo();
    await must(repo.root, ['parallel', 'create', 'Auth']);
    expect(await refuses(repo, 'name-taken', 'auth')).toContain('session Auth');
    repo.git('branch', 'session/deep/er');
    expect(await refuses(repo, 'name-taken', 'deep')).toContain('session/deep/er');
    repo.git('branch', 'session/Case');
    expect(await refuses(repo, 'name-taken', 'case')).toContain('session/Case');
    mkdirSync(join(`${repo.root}-sessions`, 'folder'));
    expect(await refuses(repo, 'name-taken', 'folder')).toContain('folder');
    const other = makeRepo();
    other.git('branch', 'session');
    expect(await refuses(other, 'name-taken', 'one')).toContain('branch session');
  });

  test('a branch without a session: adopt if it has a worktree, else another name', async () => {
    const repo = makeRepo();
    repo.git('branch', 'session/loose');
    expect(await refuses(repo, 'branch-without-session', 'loose')).toContain('loose-2');
    const path = join(repo.root, '..', 'wt');
    repo.git('worktree', 'add', '-q', '-b', 'session/there', path);
    const said = await refuses(repo, 'branch-without-session', 'there');
    expect(said).toContain('"adopt"');
    await must(repo.root, ['parallel', 'adopt', path, '--name', 'there']);
  });
});

describe('2. the base', () => {
  test('--base, else parallel.base, else the branch of the main checkout; always recorded', async () => {
    const repo = makeRepo();
    repo.git('branch', 'release');
    const tip = repo.commit('a.txt', 'a\n');
    const base = async (...args: string[]): Promise<unknown> =>
      (await must(repo.root, ['parallel', 'create', ...args])).at('data.session.base');
    expect(await base('one')).toEqual({ name: 'main', oid: tip });
    const release = repo.git('rev-parse', 'release');
    expect(await base('two', '--base', 'release')).toEqual({ name: 'release', oid: release });
    writeIn(repo.root, '.flight-rules/config.json', '{ "parallel": { "base": "release" } }');
    expect(await base('three', '--dirty', 'leave')).toEqual({ name: 'release', oid: release });
    expect(await base('four', '--base', 'main')).toEqual({ name: 'main', oid: tip });
    const status = await must(repo.root, ['parallel', 'status', 'two']);
    expect(status.at('data.session.baseOid')).toBe(release);
  });
});

describe('3. uncommitted changes of the main checkout', () => {
  async function dirty(): Promise<TestRepo> {
    const repo = makeRepo();
    for (const name of ['both.txt', 'edited.txt', 'gone.txt', 'staged.txt'])
      repo.commit(name, '1\n');
    repo.write('both.txt', '2\n');
    repo.write('staged.txt', '2\n');
    repo.git('add', 'both.txt', 'staged.txt');
    repo.write('both.txt', '3\n');
    repo.write('edited.txt', '2\n');
    repo.git('rm', '-q', 'gone.txt');
    repo.write('new/file.txt', 'n\n');
    return repo;
  }

  test('a decision; carried apart as they are, main stays, no stash', async () => {
    const repo = await dirty();
    const before = fingerprint(repo.root);
    const reply = await ask(repo.root, ['parallel', 'create', 'one', '--goal', `it's "x"`]);
    expect(reply.exit).toBe(6);
    expect(reply.at('decision')).toMatchObject({
      id: 'dirty',
      session: 'one',
      facts: { staged: 3, modified: 2, untracked: 1, base: 'main' },
      choices: [
        { value: 'carry', available: true },
        { value: 'leave', available: true },
      ],
      ifDeclined: 'Nothing was created.',
    });
    const argv = reply.at('decision.choices.0.argv') as string[];
    expect(argv).toEqual(expect.arrayContaining(['-C', repo.root, '--goal', `it's "x"`, '--json']));
    const plain = repo.git('status', '--porcelain');
    await must(
      '/',
      argv.slice(argv.indexOf('-C')).filter((word) => word !== '--json'),
    );
    const one = `${repo.root}-sessions/one`;
    expect(gitIn(one, 'status', '--porcelain')).toBe(plain);
    expect(gitIn(one, 'show', ':both.txt')).toBe('2');
    expect(readFileSync(join(one, 'both.txt'), 'utf8')).toBe('3\n');
    expect(repo.git('status', '--porcelain')).toBe(plain);
    expect(repo.git('stash', 'list')).toBe('');
    const after = fingerprint(repo.root);
    const outside = (paths: object): string[] =>
      Object.keys(paths).filter((p) => !p.includes('/.git'));
    expect(outside(after)).toEqual(outside(before));
    const status = await must(repo.root, ['parallel', 'status', 'one']);
    expect(status.at('data.session.carried')).toContain('both.txt');
  });

  test('left where they are; untracked files alone are a warning', async () => {
    const repo = await dirty();
    await must(repo.root, ['parallel', 'create', 'one', '--dirty', 'leave']);
    expect(gitIn(`${repo.root}-sessions/one`, 'status', '--porcelain')).toBe('');
    const other = makeRepo();
    other.write('new.txt', 'n\n');
    const made = await must(other.root, ['parallel', 'create', 'one']);
    expect(made.at('warnings')).toMatchObject([{ code: 'untracked-in-main' }]);
    expect(made.stdout).toContain('new.txt');
    expect(existsSync(`${other.root}-sessions/one/new.txt`)).toBe(false);
  });

  test('what is hidden from plain git status is no question', async () => {
    const repo = makeRepo();
    repo.git('update-index', '--assume-unchanged', 'README.md');
    repo.write('README.md', 'hidden\n');
    const made = await must(repo.root, ['parallel', 'create', 'one']);
    expect(made.at('warnings')).toEqual([]);
  });

  test('carry that cannot be: unavailable with the reason, and a refusal', async () => {
    const repo = makeRepo();
    repo.git('checkout', '-q', '-b', 'other');
    repo.commit('README.md', 'theirs\n');
    repo.git('checkout', '-q', 'main');
    repo.commit('README.md', 'ours\n');
    expect(() => repo.git('merge', '-q', 'other')).toThrow(/failed/u);
    const reply = await ask(repo.root, ['parallel', 'create', 'one']);
    expect(reply.at('decision.choices')).toMatchObject([
      { value: 'carry', available: false, unavailableWhy: anyText },
      { value: 'leave', available: true },
    ]);
    await refuses(repo, 'carry-impossible', 'one', '--dirty', 'carry');
  });
});

describe('4. tracking', () => {
  test('nothing is tracked, fetched or pushed, and no configuration is written', async () => {
    const origin = makeRepo();
    const clone = join(origin.root, '..', 'clone');
    origin.git('clone', '-q', origin.root, clone);
    origin.commit('later.txt', 'l\n');
    const config = readFileSync(join(clone, '.git', 'config'), 'utf8');
    const refs = gitIn(origin.root, 'for-each-ref');
    await must(clone, ['parallel', 'create', 'one']);
    expect(readFileSync(join(clone, '.git', 'config'), 'utf8')).toBe(config);
    expect(gitIn(origin.root, 'for-each-ref')).toBe(refs);
    expect(existsSync(join(clone, '.git', 'FETCH_HEAD'))).toBe(false);
    expect(() => gitIn(clone, 'rev-parse', 'session/one@{upstream}')).toThrow(/no upstream/u);
  });
});

describe('5. environment files', () => {
  test('regular files only, never through a link, never over a tracked file, mode kept', async () => {
    const repo = makeRepo();
    repo.commit('.env', 'tracked\n');
    repo.write('.gitignore', '.env*\n');
    repo.git('add', '-f', '.gitignore');
    repo.git('commit', '-q', '-m', 'ignore');
    repo.write('.env.local', 'local\n');
    chmodSync(join(repo.root, '.env.local'), 0o600);
    symlinkSync('/etc/hostname', join(repo.root, '.env.development.local'));
    repo.write('.env.production', 'not asked for\n');
    writeFileSync(join(repo.root, '.env'), 'edited\n');
    const made = await must(repo.root, ['parallel', 'create', 'one', '--dirty', 'leave']);
    const one = `${repo.root}-sessions/one`;
    expect(made.at('data.copied')).toEqual(['.env.local']);
    expect(readFileSync(join(one, '.env'), 'utf8')).toBe('tracked\n');
    expect(statSync(join(one, '.env.local')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(one, '.env.development.local'))).toBe(false);
    expect(existsSync(join(one, '.env.production'))).toBe(false);
    const status = await must(repo.root, ['parallel', 'status', 'one']);
    expect(status.at('data.session.copied')).toEqual(['.env.local']);
  });
});

describe('6. a session of that name', () => {
  test('healthy: joined, unless goals or base differ', async () => {
    const repo = makeRepo();
    repo.git('branch', 'release');
    const args = ['one', '--goal', 'a', '--goal', 'b'];
    const first = await must(repo.root, ['parallel', 'create', ...args]);
    const one = first.text('data.session.worktree');
    commitIn(one, 'a.txt', 'a\n');
    writeIn(one, 'b.txt', 'b\n');
    for (const again of [args, ['one'], ['one', '--base', 'main'], ['one', '--agent', 'codex']]) {
      const reply = await must(repo.root, ['parallel', 'create', ...again]);
      expect(reply.at('data')).toMatchObject({
        created: false,
        session: first.at('data.session'),
        existing: { ahead: 1, changes: 1, lastActivityAt: anyText },
      });
      expect(reply.at('warnings')).toMatchObject([{ code: 'session-existed' }]);
    }
    await refuses(repo, 'session-differs', 'one', '--goal', 'a');
    await refuses(repo, 'session-differs', 'one', '--base', 'release');
  });

  test('orphaned, in review or kept: exit 4, restore', async () => {
    const repo = makeRepo();
    for (const name of ['orphan', 'kept', 'locked'])
      await must(repo.root, ['parallel', 'create', name]);
    rmSync(`${repo.root}-sessions/orphan`, { recursive: true });
    await must(repo.root, ['parallel', 'remove', 'kept', '--strategy', 'keep']);
    for (const name of ['orphan', 'kept']) {
      const said = await refuses(repo, 'session-not-open', name);
      expect(said).toContain(`"restore","${name}"`);
    }
    // a lock by the user is no need
    repo.git('worktree', 'lock', `${repo.root}-sessions/locked`);
    const joined = await must(repo.root, ['parallel', 'create', 'locked']);
    expect(joined.at('data.created')).toBe(false);
  });

  test('while sessionsDir is missing: exit 4, since it may be a disk that is not mounted', async () => {
    const repo = makeRepo();
    await must(repo.root, ['parallel', 'create', 'one']);
    rmSync(`${repo.root}-sessions`, { recursive: true });
    expect(await refuses(repo, 'sessions-dir-missing', 'two')).toContain('one');
  });
});
