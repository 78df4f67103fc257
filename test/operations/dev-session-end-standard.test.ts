// `dev-session end` outside of a parallel session: it writes, refuses nothing, integrates nothing,
// and commits only if it is asked to.
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { devSessionEnd } from '../../src/operations/dev-session-end.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { gitIn, makeRepo, temporaryFolder, type TestRepo } from '../support/repo.ts';

const env = { TZ: 'UTC' };
const log = 'docs/session_logs/20261122_1522_session.md';

function end(
  repo: TestRepo,
  input: Readonly<Record<string, unknown>>,
  at: string = repo.root,
): Promise<Answered> {
  return operate(devSessionEnd, input, { directory: at, env });
}

const read = (repo: TestRepo, path: string): string => readFileSync(join(repo.root, path), 'utf8');

test('writes log, progress and learnings; lists what is not committed; again changes nothing', async () => {
  const repo = makeRepo();
  repo.write('work.txt', 'half done\n');
  repo.write('staged.txt', 'staged\n');
  repo.git('add', 'staged.txt');
  const head = repo.git('rev-parse', 'HEAD');
  const input = { summary: 'Found the bug.', learned: ['Read the log'], next: ['Fix it'] };
  const ended = await end(repo, input);
  expect([ended.exit, ended.message]).toEqual([0, '']);
  expect(ended.data).toEqual({
    log,
    progress: 'docs/progress.md',
    tasks: [],
    uncommitted: ['staged.txt', 'docs/critical-learnings.md', 'docs/progress.md', log, 'work.txt'],
  });
  expect(repo.git('rev-parse', 'HEAD')).toBe(head);
  expect(repo.git('diff', '--cached', '--name-only')).toBe('staged.txt');
  expect(read(repo, log)).toContain('## Summary\n\nFound the bug.\n');
  expect(read(repo, 'docs/progress.md')).toContain('## 2026-11-22 Session\n\nFound the bug.\n');
  const before = fingerprint(repo.root);
  for (const again of [input, {}]) {
    expect(await end(repo, again)).toMatchObject({ exit: 0, data: { log } });
    expect(fingerprint(repo.root)).toEqual(before);
  }
});

test('a log that is open is completed, with the commits since; the next session has its own', async () => {
  const repo = makeRepo();
  const open = 'docs/session_logs/20201122_1000_session.md';
  repo.write(open, '# Session log\n\n## Goals\n\n- Find it\n\n## Summary\n\n<!-- what -->\n');
  const work = repo.commit('work.txt', 'x\n');
  const ended = await end(repo, { summary: 'Found.' });
  expect(ended.data).toMatchObject({ log: open });
  expect(read(repo, open)).toContain(`- ${work.slice(0, 10)} change work.txt\n`);
  expect(read(repo, 'docs/progress.md')).toContain('## 2026-11-22 Find it\n');
  const next = await end(repo, { summary: 'Something else.' });
  expect(next.data).toMatchObject({ log });
  expect(read(repo, 'docs/progress.md').match(/^## /gmu)).toHaveLength(2);
});

test('--commit: everything that is not ignored, then log and progress by themselves', async () => {
  const repo = makeRepo();
  repo.write('.git/info/exclude', 'secret\n');
  repo.write('secret', 'x\n');
  repo.write('work.txt', 'done\n');
  repo.write('README.md', 'changed\n');
  const ended = await end(repo, { summary: 'Done.', commit: 'All of it' });
  expect(ended.data).toMatchObject({ uncommitted: [], committed: repo.git('rev-parse', 'HEAD') });
  expect(repo.git('log', '--format=%s', '-2').split('\n')).toEqual([
    'docs: session log',
    'All of it',
  ]);
  expect(repo.git('show', '--name-only', '--format=', 'HEAD~1').split('\n')).toEqual([
    'README.md',
    'work.txt',
  ]);
  expect(repo.git('status', '--porcelain')).toBe('');
});

test.each(['committed by hand', 'left, and a new log begun'])(
  'texts of a session whose commit failed do not meet those of the next one: %s',
  async (how) => {
    const repo = makeRepo();
    const first = 'docs/session_logs/20201122_1000_session.md';
    repo.commit(first, '# Session log\n\n## Goals\n\n- One\n');
    repo.write('work.txt', 'x\n');
    repo.commit('once.txt', 'x\n');
    repo.write('.git/hooks/pre-commit', '#!/bin/sh\ntest ! -e once && touch once\n');
    chmodSync(join(repo.root, '.git/hooks/pre-commit'), 0o755);
    repo.write('.git/info/exclude', 'once\n');
    // the first commit is made, that of the log is not
    const failed = await end(repo, { summary: 'Of one.', next: ['Then'], commit: 'One' });
    expect(failed).toMatchObject({ exit: 1, code: 'hook-failed' });
    expect(read(repo, first)).toContain('Of one.');
    repo.git('add', '--all');
    if (how.startsWith('committed')) repo.git('commit', '-qnm', 'by hand');
    else repo.write('docs/session_logs/20211122_1000_session.md', '## Goals\n\n- Two\n');
    const before = read(repo, first);
    const ended = await end(repo, { summary: 'Of two.' });
    expect(ended.exit).toBe(0);
    expect(read(repo, first)).toBe(before);
    const second = read(repo, String(ended.data['log']));
    expect(second).toContain('Of two.');
    expect(second).not.toContain('- Then');
  },
);

test.each([
  ['strategy', 'merge'],
  ['shape', 'ff'],
  ['title', 'x'],
  ['verify', 'true'],
  ['saveLog', true],
])('--%s is a usage error', async (flag, value) => {
  const repo = makeRepo();
  const before = fingerprint(repo.root);
  expect(await end(repo, { [flag]: value })).toMatchObject({ exit: 2, code: 'usage' });
  expect(fingerprint(repo.root)).toEqual(before);
});

test('in a stray it is written there; in a merge nothing is committed; a bare one has no place', async () => {
  const repo = makeRepo();
  repo.git('worktree', 'add', '-q', `${repo.root}-stray`);
  const stray = await end(repo, { summary: 'There.' }, `${repo.root}-stray`);
  expect(stray.data).toMatchObject({ log });
  expect(readFileSync(`${repo.root}-stray/${log}`, 'utf8')).toContain('There.');
  expect(repo.git('status', '--porcelain')).toBe('');
  repo.git('checkout', '-q', '-b', 'other');
  repo.commit('README.md', 'theirs\n');
  repo.git('checkout', '-q', 'main');
  repo.commit('README.md', 'ours\n');
  expect(() => repo.git('merge', 'other')).toThrow(/merge/u);
  const refused = await end(repo, { summary: 'x', commit: 'no' });
  expect(refused).toMatchObject({ exit: 4, code: 'operation-in-progress' });
  expect(await end(repo, { summary: 'x' })).toMatchObject({ exit: 0 });
  const bare = join(temporaryFolder(), 'bare.git');
  gitIn(repo.root, 'clone', '-q', '--bare', '.', bare);
  expect(await end(repo, { summary: 'x' }, bare)).toMatchObject({ exit: 4, code: 'no-checkout' });
});

test('unknown tasks and statuses are refused, and what docs hide is said', async () => {
  const repo = makeRepo();
  repo.commit('docs/implementation/a.md', '# A\n\n## 1.1. One\n\n**Status**: planned\n');
  const before = fingerprint(repo.root);
  const code = async (input: Readonly<Record<string, unknown>>): Promise<unknown> =>
    (await end(repo, input)).code;
  expect(await code({ tasks: ['1.2=complete'] })).toBe('no-such-task');
  expect(await code({ tasks: ['1.1=nearly'] })).toBe('usage');
  expect(await code({ tasks: ['complete'] })).toBe('usage');
  expect(await code({ next: [' '] })).toBe('usage');
  expect(await code({ commit: '' })).toBe('usage');
  expect(await code({ name: 'nobody' })).toBe('no-such-session');
  expect(fingerprint(repo.root)).toEqual(before);
  const ended = await end(repo, { summary: 'x', tasks: ['1.1=in-progress'] });
  expect(ended.data['tasks']).toEqual([
    { id: '1.1', title: 'One', status: 'in progress', file: 'docs/implementation/a.md' },
  ]);
});

test('called in the git dir it ends what the main checkout holds', async () => {
  const repo = makeRepo();
  const ended = await end(repo, { summary: 'Done.' }, join(repo.root, '.git'));
  expect(ended.data).toMatchObject({ log });
  expect(read(repo, log)).toContain('Done.');
});

test('a file that a sparse checkout leaves out is refused, never written anew', async () => {
  const repo = makeRepo();
  repo.commit('docs/progress.md', '# Progress\n\n## 2020-01-01 Old\n');
  repo.commit('src/a.txt', 'a\n');
  repo.git('sparse-checkout', 'set', 'src');
  const before = fingerprint(repo.root);
  const refused = await end(repo, { summary: 'Done.' });
  expect(refused).toMatchObject({ exit: 4, code: 'odd-file' });
  expect(refused.message).toContain('left out of this sparse checkout');
  expect(fingerprint(repo.root)).toEqual(before);
  repo.git('sparse-checkout', 'add', 'docs');
  expect(await end(repo, { summary: 'Done.', commit: 'x' })).toMatchObject({ exit: 0 });
  expect(read(repo, 'docs/progress.md')).toContain('2020-01-01 Old');
});

test('where a sparse checkout has no docs at all, they are made and committed', async () => {
  const repo = makeRepo();
  repo.commit('src/a.txt', 'a\n');
  repo.git('sparse-checkout', 'set', 'src');
  repo.write('src/a.txt', 'b\n');
  const ended = await end(repo, { summary: 'Done.', commit: 'x' });
  expect([ended.exit, ended.message]).toEqual([0, '']);
  expect(repo.git('show', `HEAD:${log}`)).toContain('Done.');
});

test('docs in a repository of their own are not written to', async () => {
  const repo = makeRepo();
  mkdirSync(join(repo.root, 'docs'));
  gitIn(join(repo.root, 'docs'), 'init', '-q');
  const before = fingerprint(repo.root);
  const refused = await end(repo, { summary: 'Done.' });
  expect(refused).toMatchObject({ exit: 4, code: 'odd-file' });
  expect(refused.message).toContain('another repository');
  expect(fingerprint(repo.root)).toEqual(before);
});
