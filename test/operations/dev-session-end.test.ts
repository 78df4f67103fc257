// `dev-session end` of a parallel session: what it asks, writes, commits and hands on.
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { devSessionEnd } from '../../src/operations/dev-session-end.ts';
import { remove } from '../../src/operations/remove.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

const log = 'docs/session_logs/20261122_1522_auth_session.md';
const summary = 'Cookies are gone.\n\nTokens are signed now.';

const env = { TZ: 'UTC' };

function end(repo: TestRepo, input: object): Promise<Answered> {
  return operate(devSessionEnd, { name: 'auth', ...input }, { directory: repo.root, env });
}

/** Everything but the draft, which a refusal may keep. */
const untouched = (repo: TestRepo): unknown =>
  fingerprint(repo.root).filter((line) => !line.includes('flight-rules/draft.json'));

const inTree = (repo: TestRepo, ref: string, path: string): string =>
  repo.git('show', `${ref}:${path}`);

test('merge: log, progress, learnings and a task, in one commit of their own', async () => {
  const repo = makeRepo();
  repo.commit(
    'docs/implementation/1.md',
    '## 1.1. Tokens\n\n**Status**: 🔵 Planned\n\n## 1.2. More\n\n**Status**: 🟡 In Progress\n',
  );
  const session = repo.addSession('auth');
  const work = session.commit('work.txt', 'work\n');
  const ended = await end(repo, {
    summary,
    next: ['Rotate the keys'],
    learned: ['Never trust a cookie'],
    tasks: ['1.1=complete'],
    strategy: 'merge',
  });
  expect([ended.exit, ended.message]).toEqual([0, '']);
  expect(ended.data).toMatchObject({
    log,
    progress: 'docs/progress.md',
    tasks: [
      { id: '1.1', title: 'Tokens', status: '✅ Complete', file: 'docs/implementation/1.md' },
      { id: '1.2', status: '🟡 In Progress' },
    ],
    integration: { name: 'auth', strategy: 'merge', branchDeleted: true },
  });
  const tip = repo.git('rev-parse', 'main');
  expect(ended.data['committed']).toBe(tip);
  expect(repo.git('rev-parse', 'main~1')).toBe(work);
  expect(repo.git('diff', '--name-only', 'main~1', 'main').split('\n')).toEqual([
    'docs/critical-learnings.md',
    'docs/implementation/1.md',
    'docs/progress.md',
    log,
  ]);
  const text = inTree(repo, 'main', log);
  expect(text).toContain('**Session:** auth\n**Branch:** session/auth\n');
  expect(text).toContain(`## Summary\n\n${summary}\n`);
  expect(text).toContain(`- ${work.slice(0, 10)} change work.txt\n`);
  expect(text).toContain('- `docs/implementation/1.md`\n- `work.txt`\n');
  expect(text).toContain('## Next steps\n\n- Rotate the keys');
  expect(inTree(repo, 'main', 'docs/progress.md')).toBe(
    `# Progress\n\n## 2026-11-22 auth\n\nCookies are gone.\n\nLog: [session_logs/20261122_1522_auth_session.md](session_logs/20261122_1522_auth_session.md)`,
  );
  expect(inTree(repo, 'main', 'docs/critical-learnings.md')).toContain('- Never trust a cookie');
  expect(repo.git('status', '--porcelain')).toBe('');
});

describe('the question of the strategy', () => {
  test('all four; the texts are kept, and the command of the choice carries them', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('work.txt', 'work\n');
    session.write('more.txt', 'more\n');
    const before = untouched(repo);
    const asked = await end(repo, { summary, next: ['Rest'], commit: 'It is "done"' });
    expect(asked).toMatchObject({ exit: 6, data: { log, tasks: [] } });
    expect(asked.decision?.choices.map(({ value, available }) => [value, available])).toEqual([
      ['pr', false],
      ['merge', true],
      ['keep', true],
      ['abandon', true],
    ]);
    expect(asked.decision?.facts).toMatchObject({ ahead: 1, conflicts: [] });
    expect(asked.decision?.choices[1]?.effect).toContain('3 commits');
    expect(asked.decision?.choices[1]?.args).toEqual([
      'dev-session',
      'end',
      'auth',
      '--strategy',
      'merge',
      '--commit',
      'It is "done"',
    ]);
    expect(untouched(repo)).toEqual(before);
    expect(session.git('status', '--porcelain')).toBe('?? more.txt');
    const ended = await end(repo, { strategy: 'merge', commit: 'It is "done"' });
    expect([ended.exit, ended.message]).toEqual([0, '']);
    expect(inTree(repo, 'main', log)).toContain(summary);
    expect(repo.git('log', '--format=%s', 'main').split('\n')).toEqual([
      'docs: session log of auth',
      'It is "done"',
      'change work.txt',
      'change README.md',
    ]);
    expect(repo.git('show', '--name-only', '--format=', 'main~1')).toBe('more.txt');
  });

  test('a newer text replaces the draft, an absent one keeps it', async () => {
    const repo = makeRepo();
    repo.addSession('auth').commit('work.txt', 'work\n');
    await end(repo, { summary: 'Old words', next: ['Stay'] });
    await end(repo, { summary: 'New words' });
    await end(repo, { strategy: 'merge' });
    const text = inTree(repo, 'main', log);
    expect(text).toContain('New words');
    expect(text).not.toContain('Old words');
    expect(text).toContain('- Stay');
  });

  test('uncommitted work comes first, with the call that commits it', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('work.txt', 'work\n');
    session.write('docs/progress.md', '# Progress\n');
    session.write('scratch.txt', 'x\n');
    for (const strategy of [undefined, 'merge', 'keep']) {
      const refused = await end(repo, { strategy });
      expect([strategy, refused.code]).toEqual([strategy, 'uncommitted-work']);
      expect(refused.errorData).toMatchObject({
        paths: ['scratch.txt'],
        commit: [
          'dev-session',
          'end',
          'auth',
          ...(strategy === undefined ? [] : ['--strategy', strategy]),
          '--commit',
          'Work of auth',
        ],
      });
    }
  });
});

describe('a log the user wrote into', () => {
  const own =
    '# My log\r\n\r\n**Session:** auth\r\n\r\n## Goals\r\n\r\n- one\r\n\r\n## Plan\r\n\r\nThink *first*.  \r\n\r\n## Summary\r\n\r\nMine.\r\n\r\n## Notes\r\n\r\n<!-- keep -->\r\n';

  test('is completed: every other byte stays, CRLF too, and again changes nothing', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('work.txt', 'work\n');
    session.write(log, own);
    const hostile = '## Summary\n\nforged `$(rm -rf /)`\n\n```\nopen fence\n## Notes';
    const kept = await end(repo, { summary: hostile, strategy: 'keep' });
    expect([kept.exit, kept.message]).toEqual([0, '']);
    const text = inTree(repo, 'session/auth', log);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(text).toContain('Mine.\r\n\r\n### Summary\r\n\r\nforged `$(rm -rf /)`');
    expect(text).toContain('\r\n## Notes\r\n\r\n<!-- keep -->\r\n');
    expect(text.startsWith(own.slice(0, own.indexOf('Mine.')))).toBe(true);
    expect(text.match(/^## Summary/gmu)).toHaveLength(1);
  });
});

describe('progress', () => {
  test('two sessions that both appended merge cleanly', async () => {
    const repo = makeRepo();
    repo.commit('docs/progress.md', '# Progress\n\n## 2026-01-01 first\n\nBegun.\n');
    for (const name of ['auth', 'other']) repo.addSession(name).commit(`${name}.txt`, 'x\n');
    for (const name of ['auth', 'other']) {
      const ended = await end(repo, {
        name,
        summary: `Did ${name}.`,
        learned: [`Of ${name}`],
        strategy: 'merge',
      });
      expect([name, ended.exit, ended.message]).toEqual([name, 0, '']);
    }
    const text = inTree(repo, 'main', 'docs/progress.md');
    expect(text.match(/^## .*$/gmu)).toEqual([
      '## 2026-01-01 first',
      '## 2026-11-22 auth',
      '## 2026-11-22 other',
    ]);
    expect(text.match(/^Did .*$/gmu)).toEqual(['Did auth.', 'Did other.']);
  });
});

test('conflicts are found before anything is written', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('README.md', 'theirs\n');
  repo.commit('README.md', 'ours\n');
  const before = untouched(repo);
  const refused = await end(repo, { summary, strategy: 'merge' });
  expect(refused).toMatchObject({
    exit: 5,
    code: 'conflicts',
    errorData: { paths: ['README.md'], end: ['dev-session', 'end'] },
  });
  const { decision } = await end(repo, { summary });
  expect(decision?.choices.find(({ value }) => value === 'merge')).toMatchObject({
    available: false,
    unavailableWhy:
      'It conflicts in README.md. parallel sync auth --leave-conflicts brings main in, to resolve it.',
  });
  expect(session.git('status', '--porcelain')).toBe('');
  expect(untouched(repo)).toEqual(before);
});

test('files in the way, and a base that is busy, are found before anything is written', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.write('new.txt', 'theirs\n');
  repo.write('new.txt', 'ours\n');
  const before = untouched(repo);
  const refused = await end(repo, { summary, strategy: 'merge', commit: 'Work' });
  expect([refused.code, refused.exit]).toEqual(['files-in-the-way', 4]);
  expect(untouched(repo)).toEqual(before);
  expect(session.git('status', '--porcelain')).toBe('?? new.txt');
});

test('what fails later is exit 1, and names the commit of the log; the same call goes on', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const work = session.commit('work.txt', 'work\n');
  const verify = 'test -f /nowhere/at/all';
  const failed = await end(repo, { summary, strategy: 'merge', verify });
  expect([failed.exit, failed.code]).toEqual([1, 'written-not-integrated']);
  const tip = session.git('rev-parse', 'HEAD');
  expect(failed.errorData).toMatchObject({ committed: tip, because: 'verify-failed', log });
  expect(session.git('rev-parse', 'HEAD~1')).toBe(work);
  expect(repo.git('rev-parse', 'main')).not.toBe(tip);
  const again = await end(repo, { strategy: 'merge' });
  expect([again.exit, again.message]).toEqual([0, '']);
  expect(again.data['committed']).toBeUndefined();
  expect(repo.git('rev-parse', 'main')).toBe(tip);
});

describe('hooks and the index', () => {
  test('only its own files are in its commit; hooks of the main checkout run', async () => {
    const repo = makeRepo();
    repo.write('.githooks/pre-commit', '#!/bin/sh\ngit diff --cached --name-only >> ../../seen\n');
    repo.git('config', 'core.hooksPath', '.githooks');
    const session = repo.addSession('auth');
    session.git('-c', 'core.hooksPath=/dev/null', 'commit', '-q', '--allow-empty', '-m', 'x');
    expect((await end(repo, { summary, strategy: 'keep' })).exit).toBe(0);
    const files = repo.git('show', '--name-only', '--format=', 'session/auth').split('\n');
    expect(files).toEqual(['docs/progress.md', log]);
  });

  test('a hook that fails: exit 1, nothing has come home', async () => {
    const repo = makeRepo();
    const hook = repo.write('.git/hooks/commit-msg', '#!/bin/sh\necho no >&2\nexit 1\n');
    const session = repo.addSession('auth');
    session.git('-c', 'core.hooksPath=/dev/null', 'commit', '-q', '--allow-empty', '-m', 'x');
    (await import('node:fs')).chmodSync(hook, 0o755);
    const failed = await end(repo, { summary, strategy: 'merge' });
    expect([failed.exit, failed.code]).toEqual([1, 'written-not-integrated']);
    expect(failed.errorData).toMatchObject({ because: 'hook-failed', committed: null });
    rmSync(hook);
    const again = await end(repo, { strategy: 'merge' });
    expect([again.exit, again.message]).toEqual([0, '']);
    expect(inTree(repo, 'main', log)).toContain(summary);
  });

  test('no identity: refused before anything', async () => {
    const repo = makeRepo();
    repo.addSession('auth').commit('work.txt', 'x\n');
    const before = untouched(repo);
    const nobody = {
      GIT_AUTHOR_NAME: '',
      GIT_AUTHOR_EMAIL: '',
      GIT_COMMITTER_NAME: '',
      GIT_COMMITTER_EMAIL: '',
    };
    const refused = await operate(
      devSessionEnd,
      { name: 'auth', summary, strategy: 'keep' },
      { directory: repo.root, env: { ...nobody, GIT_CONFIG_GLOBAL: '/dev/null' } },
    );
    expect([refused.code, refused.exit]).toEqual(['no-identity', 4]);
    expect(untouched(repo)).toEqual(before);
  });
});

describe('what stands where it writes', () => {
  test.each([
    ['docs is a link', (at: string) => symlinkSync('/tmp', join(at, 'docs'))],
    [
      'progress is a folder',
      (at: string) => mkdirSync(join(at, 'docs/progress.md'), { recursive: true }),
    ],
    [
      'progress is a link',
      (at: string) => {
        mkdirSync(join(at, 'docs'));
        symlinkSync('/etc/hosts', join(at, 'docs/progress.md'));
      },
    ],
  ])('%s: refused', async (_, make) => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    make(session.worktree);
    const before = untouched(repo);
    const refused = await end(repo, { summary, strategy: 'keep' });
    expect([refused.code, refused.exit]).toEqual(['odd-file', 4]);
    expect(untouched(repo)).toEqual(before);
  });
});

describe('the summary', () => {
  const given = (summaryFile: string): Promise<Answered> => {
    const repo = makeRepo();
    repo.addSession('auth');
    return end(repo, { summaryFile });
  };

  test('from a file; missing, too long, no text: usage', async () => {
    const repo = makeRepo();
    const big = repo.write('.git/big', 'x'.repeat(10_000_000));
    const bad = repo.write('.git/bad', '');
    writeFileSync(bad, Buffer.from([0x41, 0xff, 0xfe]));
    const good = repo.write('.git/good', '  words  \n');
    const said = async (file: string): Promise<string> => {
      const { exit, message } = await given(file);
      return `${exit} ${message}`;
    };
    expect(await said('/nowhere')).toContain('2 --summary-file: /nowhere cannot be read: there is');
    expect(await said(big)).toContain('is longer than');
    expect(await said(bad)).toContain('is no text in UTF-8');
    expect(await said(repo.root)).toContain('it is no file');
    expect(await said('-')).toContain('The summary is empty');
    expect(await said(good)).toMatch(/^6 /u);
  });
});

test('--save-log: a copy in the main checkout for keep and abandon, over nothing', async () => {
  const repo = makeRepo();
  repo.write(log, 'somebody else\n');
  repo.addSession('auth').commit('work.txt', 'x\n');
  const abandoned = await end(repo, { summary, strategy: 'abandon', yes: true, saveLog: true });
  expect([abandoned.exit, abandoned.message]).toEqual([0, '']);
  const copy = join(repo.root, log.replace('.md', '-2.md'));
  expect(abandoned.data['saved']).toBe(copy);
  expect(readFileSync(copy, 'utf8')).toContain(summary);
  expect(readFileSync(join(repo.root, log), 'utf8')).toBe('somebody else\n');
});

test('remove refuses an uncommitted log with the hint to end the session', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('work.txt', 'x\n');
  await end(repo, { summary: 'One', strategy: 'keep' });
  const { restore } = await import('../../src/operations/restore.ts');
  await operate(restore, { names: ['auth'] }, { directory: repo.root });
  session.write(log, `${readFileSync(join(session.worktree, log), 'utf8')}\nmore\n`);
  const refused = await operate(
    remove,
    { name: 'auth', strategy: 'keep' },
    { directory: repo.root },
  );
  expect(refused).toMatchObject({ code: 'uncommitted-work', errorData: { log } });
});

describe('a session without a folder', () => {
  test('kept: ended by its branch; with texts: restore it first', async () => {
    const repo = makeRepo();
    repo.addSession('auth').commit('work.txt', 'x\n');
    await end(repo, { summary, strategy: 'keep' });
    expect(await end(repo, { summary: 'More' })).toMatchObject({ exit: 4, code: 'no-worktree' });
    const merged = await end(repo, { strategy: 'merge' });
    expect(merged).toMatchObject({ exit: 0, data: { log: null, integration: { name: 'auth' } } });
    expect(existsSync(join(repo.root, 'work.txt'))).toBe(true);
  });
});

test('ended from inside: where to go on', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('work.txt', 'x\n');
  const input = { summary, strategy: 'merge' };
  const ended = await operate(devSessionEnd, input, { directory: session.worktree, env });
  expect(ended.data).toMatchObject({ integration: { cwdAfter: repo.root } });
});
