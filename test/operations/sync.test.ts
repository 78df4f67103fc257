// sync: which sessions, what is refused or left alone, what it answers.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remove } from '../../src/operations/remove.ts';
import { sync } from '../../src/operations/sync.ts';
import { fingerprint, operate, type Answered, type Caller } from '../support/operate.ts';
import { gitIn, makeRepo, temporaryFolder, type TestRepo } from '../support/repo.ts';

type Input = Readonly<Record<string, unknown>>;

function run(repo: TestRepo, input: Input, caller: Partial<Caller> = {}): Promise<Answered> {
  return operate(sync, input, { directory: repo.root, ...caller });
}

/** The answer to what is refused or conflicts; nothing has changed. */
async function unchanged(repo: TestRepo, input: Input): Promise<Answered> {
  const before = fingerprint(repo.root);
  const answered = await run(repo, input);
  expect(answered.exit).not.toBe(0);
  expect(fingerprint(repo.root)).toEqual(before);
  return answered;
}

function items({ data, errorData }: Answered): Record<string, unknown>[] {
  return (data['sessions'] ?? errorData['sessions']) as Record<string, unknown>[];
}

test('by name, from inside, and when there is nothing to bring in', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const from = session.commit('one.txt', '1\n');
  const main = repo.commit('base.txt', 'base\n');
  session.write('notes/log.md', 'untouched\n');
  session.git('add', '.');
  session.git('commit', '-qm', 'notes');
  const before = session.git('rev-parse', 'HEAD');
  expect(before).not.toBe(from);
  const answered = await run(repo, {}, { directory: join(session.worktree, 'notes') });
  const to = session.git('rev-parse', 'HEAD');
  expect(answered).toMatchObject({
    exit: 0,
    data: { sessions: [{ name: 'auth', result: 'synced', from: before, to, shape: 'merge' }] },
  });
  expect(session.git('rev-list', '--parents', '-1', 'HEAD')).toBe(`${to} ${before} ${main}`);
  expect(await run(repo, { names: ['AUTH'] })).toMatchObject({
    exit: 0,
    data: { sessions: [{ name: 'auth', result: 'current', base: 'main' }] },
  });
});

test('a rebase of one that has been pushed: by name with a warning, of all it is left alone', async () => {
  const repo = makeRepo();
  repo.git('init', '-q', '--bare', `${repo.root}-remote`);
  repo.git('remote', 'add', 'origin', `${repo.root}-remote`);
  const session = repo.addSession('auth');
  session.commit('one.txt', '1\n');
  session.git('push', '-q', 'origin', 'session/auth');
  // pushed once, and gone on since
  session.commit('two.txt', '2\n');
  const other = repo.addSession('fresh');
  other.commit('three.txt', '3\n');
  repo.commit('base.txt', 'base\n');
  const all = await run(repo, { all: true, rebase: true });
  expect(all).toMatchObject({ exit: 1, code: 'sync-incomplete' });
  expect(items(all)).toMatchObject([
    { name: 'auth', result: 'skipped', error: { code: 'pushed-not-rebased' } },
    { name: 'fresh', result: 'synced', shape: 'rebase' },
  ]);
  const one = await run(repo, { names: ['auth'], rebase: true });
  expect(one).toMatchObject({ exit: 0, data: { sessions: [{ pinned: 'auth~1' }] } });
  expect(one.warnings).toMatchObject([{ code: 'pushed-rebase' }]);
});

test('uncommitted work is named, or taken along; the log is neither', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('one.txt', '1\n');
  repo.commit('base.txt', 'base\n');
  const log = 'docs/session_logs/20261122_1522_auth_session.md';
  session.write(log, '# log\n');
  recordLog(repo, log);
  for (let n = 0; n < 12; n += 1) session.write(`new/${n}.txt`, 'new\n');
  const refused = await unchanged(repo, { names: ['auth'] });
  expect(refused).toMatchObject({
    exit: 4,
    code: 'uncommitted-work',
    errorData: { count: 12, carry: ['parallel', 'sync', 'auth', '--carry'] },
  });
  expect(refused.message).toContain('and 2 more');
  expect(refused.message).not.toContain(log);
  const carried = await run(repo, { names: ['auth'], carry: true });
  expect(carried).toMatchObject({ exit: 0, data: { sessions: [{ result: 'synced' }] } });
  expect(readFileSync(join(session.worktree, 'new/11.txt'), 'utf8')).toBe('new\n');
  expect(readFileSync(join(session.worktree, log), 'utf8')).toBe('# log\n');
  expect(existsSync(join(session.worktree, 'base.txt'))).toBe(true);
});

function recordLog(repo: TestRepo, log: string): void {
  const ref = 'refs/flight-rules/sessions/auth';
  const record = JSON.parse(repo.git('cat-file', 'blob', ref)) as object;
  const file = repo.write('.git/record', JSON.stringify({ ...record, log }));
  repo.git('update-ref', ref, repo.git('hash-object', '-w', file));
}

test('all: each has its own answer, and the exit code is that of the worst', async () => {
  const repo = makeRepo();
  repo.addSession('a-clean').commit('one.txt', '1\n');
  repo.addSession('b-clash').commit('README.md', 'session\n');
  repo.addSession('c-dirty').write('new.txt', 'new\n');
  const gone = repo.addSession('d-gone');
  gone.commit('four.txt', '4\n');
  const kept = repo.addSession('e-kept');
  kept.commit('five.txt', '5\n');
  const keep = { name: 'e-kept', strategy: 'keep' };
  expect(await operate(remove, keep, { directory: repo.root })).toMatchObject({ exit: 0 });
  repo.commit('README.md', 'main\n');
  rmSync(gone.worktree, { recursive: true });
  const answered = await run(repo, { all: true });
  expect(answered).toMatchObject({
    exit: 5,
    code: 'sync-conflicts',
    errorData: {
      conflicted: [{ name: 'b-clash', base: 'main', paths: ['README.md'] }],
      done: ['a-clean'],
      skipped: [{ name: 'c-dirty' }, { name: 'd-gone', help: ['parallel', 'restore', 'd-gone'] }],
    },
  });
  expect(items(answered)).toMatchObject([
    { name: 'a-clean', result: 'synced' },
    { name: 'b-clash', result: 'conflicts', paths: ['README.md'] },
    { name: 'c-dirty', result: 'skipped', error: { code: 'uncommitted-work' } },
    { name: 'd-gone', result: 'skipped', error: { code: 'no-worktree' } },
  ]);
  // of what does not conflict the rest is 1
  expect(await run(repo, { names: ['a-clean', 'c-dirty'] })).toMatchObject({ exit: 1 });
  expect(await run(repo, { names: ['a-clean', 'a-clean'] })).toMatchObject({
    exit: 0,
    data: { sessions: [{ name: 'a-clean', result: 'current' }] },
  });
});

test('conflicts leave the session exactly as it was, uncommitted work too', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('README.md', 'session\n');
  repo.commit('README.md', 'main\n');
  expect(await unchanged(repo, { names: ['auth'] })).toMatchObject({
    exit: 5,
    code: 'sync-conflicts',
    errorData: { sessions: [{ name: 'auth', result: 'conflicts', paths: ['README.md'] }] },
  });
  await unchanged(repo, { names: ['auth'], rebase: true });
  session.write('new.txt', 'new\n');
  expect(await unchanged(repo, { names: ['auth'], carry: true })).toMatchObject({
    code: 'sync-conflicts',
    errorData: {
      conflicted: [{ name: 'auth', dirtyWorktree: session.worktree }],
      sessions: [{ result: 'conflicts', uncommitted: 1 }],
    },
  });
  // it would end in the same again
  expect(await unchanged(repo, { names: ['auth'], leaveConflicts: true })).toMatchObject({
    code: 'uncommitted-work',
    errorData: { carry: null },
  });
  const both = { names: ['auth'], carry: true, leaveConflicts: true };
  expect(await unchanged(repo, both)).toMatchObject({ exit: 4, code: 'uncommitted-work' });
});

test('what is not there, put away, locked or elsewhere is refused, with the way on', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('one.txt', '1\n');
  repo.commit('base.txt', 'base\n');
  const auth = { names: ['auth'] };
  repo.git('worktree', 'lock', '--reason', 'mine', session.worktree);
  expect(await unchanged(repo, auth)).toMatchObject({ exit: 4, code: 'locked' });
  repo.git('worktree', 'unlock', session.worktree);
  session.git('switch', '-qc', 'elsewhere');
  expect(await unchanged(repo, auth)).toMatchObject({ exit: 4, code: 'head-elsewhere' });
  session.git('switch', '-q', 'session/auth');
  repo.git('switch', '-qc', 'other');
  repo.git('branch', '-m', 'main', 'trunk');
  expect(await unchanged(repo, auth)).toMatchObject({ exit: 4, code: 'base-gone' });
  repo.git('branch', '-m', 'trunk', 'main');
  await operate(remove, { name: 'auth', strategy: 'keep' }, { directory: repo.root });
  expect(await unchanged(repo, auth)).toMatchObject({ exit: 4, code: 'no-worktree' });
});

test('a base that is being rebased is not settled', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('one.txt', '1\n');
  repo.git('switch', '-q', '-c', 'upstream');
  repo.commit('README.md', 'upstream\n');
  repo.git('switch', '-q', 'main');
  repo.commit('README.md', 'main\n');
  expect(() => repo.git('rebase', '-q', 'upstream')).toThrow(/rebase|conflict/u);
  const refused = await unchanged(repo, { names: ['auth'] });
  expect(refused).toMatchObject({ exit: 4, code: 'base-unsettled' });
  repo.git('rebase', '--abort');
  expect(await run(repo, { names: ['auth'] })).toMatchObject({ exit: 0 });
});

test('hostile names are only names', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  for (const name of ['../auth', '--all', '', 'auth/../auth', 'a\u0000b', 'x'.repeat(200), '*']) {
    const { exit } = await unchanged(repo, { names: [name] });
    expect([2, 3]).toContain(exit);
  }
});

test('unrelated histories, octopus and criss-cross', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('one.txt', '1\n');
  // criss-cross: each has merged the other's first commit
  const one = session.git('rev-parse', 'HEAD');
  const two = repo.commit('two.txt', '2\n');
  session.git('merge', '-q', '--no-edit', two);
  repo.git('merge', '-q', '--no-edit', one);
  repo.commit('three.txt', '3\n');
  // and an octopus
  for (const name of ['x', 'y']) {
    repo.git('switch', '-q', '-c', name, 'main~1');
    repo.commit(`${name}.txt`, name);
  }
  repo.git('switch', '-q', 'main');
  repo.git('merge', '-q', '--no-edit', 'x', 'y');
  expect(await run(repo, { names: ['auth'] })).toMatchObject({ exit: 0 });
  expect(session.git('status', '--porcelain')).toBe('');
  repo.git('switch', '-q', '--orphan', 'unrelated');
  repo.commit('other.txt', 'other\n');
  repo.git('branch', '-f', 'main', 'unrelated');
  const answered = await unchanged(repo, { names: ['auth'] });
  expect([1, 4]).toContain(answered.exit);
  expect(answered.message).toMatch(/unrelated/u);
});

test('a shallow clone: what is there is enough, or the answer is an error', async () => {
  const repo = makeRepo();
  for (let n = 0; n < 3; n += 1) repo.commit('count.txt', `${n}\n`);
  const folder = join(temporaryFolder(), 'project');
  gitIn(repo.root, 'clone', '-q', '--depth=2', `file://${repo.root}`, folder);
  gitIn(folder, 'worktree', 'add', '-q', '-b', 'session/auth', `${folder}-sessions/auth`);
  const adopt = (await import('../../src/operations/adopt.ts')).adopt;
  const path = `${folder}-sessions/auth`;
  expect(await operate(adopt, { path }, { directory: folder })).toMatchObject({ exit: 0 });
  gitIn(folder, 'commit', '-q', '--allow-empty', '-m', 'more');
  const answered = await operate(sync, { names: ['auth'] }, { directory: folder });
  expect(answered).toMatchObject({ exit: 0, data: { sessions: [{ result: 'synced' }] } });
});
