// Ending sessions, whatever state they are in: with a worktree, orphaned, kept or in review.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanup } from '../../src/operations/cleanup.ts';
import { create } from '../../src/operations/create.ts';
import { remove } from '../../src/operations/remove.ts';
import { restore } from '../../src/operations/restore.ts';
import { status } from '../../src/operations/status.ts';
import { fingerprint, forgetUnreachable, operate, type Answered } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

const url = 'https://github.com/acme/app/pull/7';

function end(repo: TestRepo, strategy: string, more: object = {}): Promise<Answered> {
  const input = { name: 'auth', strategy, yes: strategy === 'abandon', ...more };
  return operate(remove, input, { directory: repo.root });
}

const back = (repo: TestRepo, name = 'auth'): Promise<Answered> =>
  operate(restore, { names: [name] }, { directory: repo.root });

/** State of the record, branch and folder, in one line. */
async function stateOf(repo: TestRepo, name = 'auth'): Promise<string> {
  const answered = await operate(status, { all: true }, { directory: repo.root });
  const sessions = answered.data['sessions'] as { name: string; state: string; health: string }[];
  const session = sessions.find((one) => one.name === name);
  const branch =
    repo.git('for-each-ref', `refs/heads/session/${name}`) === '' ? 'no branch' : 'branch';
  const folder = existsSync(`${repo.root}-sessions/${name}`) ? 'folder' : 'no folder';
  return `${session?.state} ${session?.health} ${branch} ${folder}`;
}

test.each([
  ['keep', {}, 'kept ok branch no folder'],
  ['abandon', {}, 'ended ok no branch no folder'],
  ['merge', {}, 'ended ok no branch no folder'],
  ['pr', { prUrl: url }, 'in-review ok branch no folder'],
])('%s of a session at work, from each state it can be in', async (strategy, more, want) => {
  const repo = makeRepo();
  repo.git('config', 'core.excludesFile', repo.write('.git/excluded', '.env\n'));
  const all = ['active', 'orphaned', 'kept', 'in-review'].map((state) => {
    const session = repo.addSession(state);
    const work = session.commit(`${state}.txt`, 'work\n');
    session.write('.env', 'SECRET=1\n');
    return { state, session, work };
  });
  rmSync(`${repo.root}-sessions/orphaned`, { recursive: true });
  expect(await end(repo, 'keep', { name: 'kept' })).toMatchObject({ exit: 0 });
  expect(await end(repo, 'pr', { name: 'in-review', prUrl: url })).toMatchObject({ exit: 0 });
  for (const { state } of all) {
    const ended = await end(repo, strategy, { ...more, name: state });
    expect([state, ended.exit, ended.message]).toEqual([state, 0, '']);
    expect([state, await stateOf(repo, state)]).toEqual([state, want]);
  }
  forgetUnreachable(repo.root);
  for (const { state, session, work } of all) {
    const restored = await back(repo, state);
    expect([state, restored.exit, restored.message]).toEqual([state, 0, '']);
    expect([state, await stateOf(repo, state)]).toEqual([state, 'active ok branch folder']);
    expect(session.git('rev-parse', 'HEAD')).toBe(work);
    expect([state, existsSync(join(session.worktree, '.env'))]).toEqual([
      state,
      state !== 'orphaned',
    ]);
  }
});

test('keep of a kept one is nothing to do', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('work.txt', 'work\n');
  await end(repo, 'keep');
  const before = fingerprint(repo.root);
  expect(await end(repo, 'keep')).toMatchObject({
    exit: 0,
    data: { name: 'auth', strategy: 'keep', branchDeleted: false, trash: null },
  });
  expect(fingerprint(repo.root)).toEqual(before);
});

test('keep leaves the branch local and unpushed, and the record as long as the branch', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const work = session.commit('work.txt', 'work\n');
  expect(await end(repo, 'keep')).toMatchObject({
    exit: 0,
    data: { branchDeleted: false, trash: { id: 'auth~1' } },
  });
  expect(repo.git('rev-parse', 'session/auth')).toBe(work);
  const manifest = JSON.parse(readFileSync(`${repo.root}-sessions/.manifest.json`, 'utf8')) as {
    sessions: { id: string; status: string }[];
  };
  // the schema of old knows two states, and a kept one is at work no more
  expect(manifest.sessions.map(({ id }) => id)).not.toContain('other');
  repo.git('branch', '-D', 'session/auth');
  const cleaned = await operate(cleanup, { names: ['auth'], yes: true }, { directory: repo.root });
  expect(cleaned).toMatchObject({ exit: 0, data: { items: [{ name: 'auth', done: true }] } });
  expect(await stateOf(repo)).toBe('ended ok no branch no folder');
  expect(await back(repo)).toMatchObject({ exit: 4, code: 'restore-incomplete' });
  // the entry of the removal itself still holds the commits
  expect(await back(repo, 'auth~1')).toMatchObject({ exit: 0 });
  expect(session.git('rev-parse', 'HEAD')).toBe(work);
});

test('restored twice: the second time there is nothing to bring back', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('work.txt', 'work\n');
  await end(repo, 'keep');
  expect(await back(repo)).toMatchObject({ exit: 0 });
  const before = fingerprint(repo.root);
  const again = await back(repo);
  expect(again).toMatchObject({ exit: 4, code: 'restore-taken' });
  expect(await back(repo, 'auth~1')).toMatchObject({ exit: 4, code: 'restore-taken' });
  expect(fingerprint(repo.root)).toEqual(before);
});

test('kept, restored, kept again and abandoned: every removal is kept apart', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const first = session.commit('work.txt', 'one\n');
  await end(repo, 'keep');
  await back(repo);
  const second = session.commit('work.txt', 'two\n');
  await end(repo, 'abandon');
  await operate(create, { name: 'auth' }, { directory: repo.root });
  const third = session.commit('work.txt', 'three\n');
  await end(repo, 'abandon');
  forgetUnreachable(repo.root);
  const list = await operate(restore, { list: true }, { directory: repo.root });
  expect((list.data['entries'] as { id: string }[]).map(({ id }) => id)).toEqual([
    'auth~3',
    'auth~2',
    'auth~1',
  ]);
  expect(await back(repo)).toMatchObject({ exit: 0, data: { from: { id: 'auth~3' } } });
  expect(session.git('rev-parse', 'HEAD')).toBe(third);
  const as = { names: ['auth~2'], as: 'older' };
  expect(await operate(restore, as, { directory: repo.root })).toMatchObject({ exit: 0 });
  expect(repo.git('rev-parse', 'session/older')).toBe(second);
  const oldest = { names: ['auth~1'], as: 'oldest' };
  expect(await operate(restore, oldest, { directory: repo.root })).toMatchObject({ exit: 0 });
  expect(repo.git('rev-parse', 'session/oldest')).toBe(first);
});

test('a kept branch that moved on: files come back over its present tip, or clash', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('work.txt', 'work\n');
  repo.git('config', 'core.excludesFile', repo.write('.git/excluded', '.env\nlocal.txt\n'));
  session.write('.env', 'SECRET=1\n');
  await end(repo, 'keep');
  repo.git('worktree', 'add', '-q', `${repo.root}-other`, 'session/auth');
  const other = `${repo.root}-other`;
  const tip = (await import('../support/repo.ts')).commitIn(other, 'more.txt', 'more\n');
  repo.git('worktree', 'remove', other);
  expect(await back(repo)).toMatchObject({ exit: 0 });
  expect(session.git('rev-parse', 'HEAD')).toBe(tip);
  expect(session.git('status', '--porcelain')).toBe('');
  expect(readFileSync(join(session.worktree, 'more.txt'), 'utf8')).toBe('more\n');
  expect(readFileSync(join(session.worktree, '.env'), 'utf8')).toBe('SECRET=1\n');
});

test('a session of v0.15.8 that only the manifest knows is ended like any other', async () => {
  const { mkdirSync, writeFileSync } = await import('node:fs');
  for (const strategy of ['keep', 'merge', 'abandon']) {
    const repo = makeRepo();
    const worktree = `${repo.root}-sessions/auth`;
    repo.git('worktree', 'add', '-q', '-b', 'session/auth', worktree);
    mkdirSync(`${repo.root}-sessions`, { recursive: true });
    writeFileSync(
      `${repo.root}-sessions/.manifest.json`,
      JSON.stringify({
        version: 1,
        project: 'project',
        sessions: [
          { id: 'auth', branch: 'session/auth', worktree, goals: ['x'], status: 'active' },
        ],
      }),
    );
    const ended = await end(repo, strategy);
    expect([strategy, ended.exit, ended.message]).toEqual([strategy, 0, '']);
    expect(await back(repo)).toMatchObject({ exit: 0 });
    expect(existsSync(worktree)).toBe(true);
  }
});

test('removed from inside: where to go on, and the warning', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('sub/work.txt', 'work\n');
  const inside = join(session.worktree, 'sub');
  // the name may be left out
  const ended = await operate(remove, { strategy: 'keep' }, { directory: inside });
  expect(ended).toMatchObject({ exit: 0, data: { name: 'auth', cwdAfter: repo.root } });
  expect(ended.warnings.map(({ code }) => code)).toContain('cwd-gone');
});
