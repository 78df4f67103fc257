// cleanup --expired: the one act that cannot be undone, and all it must leave.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanup } from '../../src/operations/cleanup.ts';
import { remove } from '../../src/operations/remove.ts';
import { restore } from '../../src/operations/restore.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

const clean = (repo: TestRepo, input: object, beforeLock?: () => void): Promise<Answered> =>
  operate(
    cleanup,
    { ...input },
    { directory: repo.root, ...(beforeLock === undefined ? {} : { beforeLock }) },
  );

/** Asks; nothing has changed. */
async function asked(repo: TestRepo, input: object): Promise<Answered> {
  const before = fingerprint(repo.root);
  const answered = await clean(repo, input);
  expect(fingerprint(repo.root)).toEqual(before);
  return answered;
}

test('expired: only the ids given or all older than keepDays; the only act without a way back', async () => {
  const repo = makeRepo();
  for (const name of ['auth', 'billing']) {
    const session = repo.addSession(name);
    session.commit(`${name}.txt`, 'work\n');
    session.write('node_modules/.keep', 'x\n');
    session.git('add', '-f', '.');
    session.git('commit', '-qm', 'more');
    const now = new Date(name === 'auth' ? '2026-11-01T00:00:00Z' : '2026-11-22T00:00:00Z');
    const input = { name, strategy: 'abandon', yes: true };
    await operate(remove, input, { directory: repo.root, now });
  }
  expect(await asked(repo, { expired: true, landed: true })).toMatchObject({ exit: 2 });
  expect(await asked(repo, { expired: true, names: ['auth'] })).toMatchObject({ exit: 2 });
  expect(await asked(repo, { expired: true, names: ['none~9'] })).toMatchObject({ exit: 3 });
  // a session name never selects trash, and trash never goes by itself
  expect(await asked(repo, { names: ['auth'], yes: true })).toMatchObject({ exit: 3 });
  expect(await asked(repo, { yes: true, landed: true })).toMatchObject({ data: { items: [] } });
  const question = await asked(repo, { expired: true });
  expect(question).toMatchObject({
    exit: 6,
    data: { items: [{ id: 'auth~1', onlyHere: 2, commits: [{ subject: 'more' }, {}] }] },
  });
  expect(question.decision?.choices[0]).toMatchObject({
    args: ['parallel', 'cleanup', '--expired', 'auth~1', '--yes'],
    undo: expect.stringContaining('cannot be undone') as string,
  });
  expect(await clean(repo, { expired: true, yes: true })).toMatchObject({ exit: 0 });
  const entries = (await operate(restore, { list: true }, { directory: repo.root })).data[
    'entries'
  ];
  expect(entries).toMatchObject([{ id: 'billing~1', hasWorktree: true }]);
  expect(existsSync(join(`${repo.root}-sessions`, '.trash', 'auth-1'))).toBe(false);
  expect(await operate(restore, { names: ['auth'] }, { directory: repo.root })).toMatchObject({
    exit: 3,
  });
});

test('expired: a folder that two entries share stays as long as one of them', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('a.txt', 'a\n');
  const at = { directory: repo.root };
  await operate(remove, { name: 'auth', strategy: 'keep' }, at);
  await operate(remove, { name: 'auth', strategy: 'abandon', yes: true }, at);
  const one = await clean(repo, { expired: true, names: ['auth~1'], yes: true });
  expect(one).toMatchObject({ exit: 0, data: { items: [{ id: 'auth~1', onlyHere: 0 }] } });
  expect(await operate(restore, { names: ['auth'] }, at)).toMatchObject({ exit: 0 });
  expect(session.git('status', '--porcelain')).toBe('');
});

test('expired: a commit whose other branch goes meanwhile is another question', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('a.txt', 'a\n');
  const at = { directory: repo.root };
  repo.git('branch', 'holds', 'session/auth');
  await operate(remove, { name: 'auth', strategy: 'abandon', yes: true }, at);
  const input = { expired: true, names: ['auth~1'], yes: true };
  const answered = await clean(repo, input, () => void repo.git('branch', '-D', 'holds'));
  expect(answered).toMatchObject({ exit: 6, data: { items: [{ id: 'auth~1', onlyHere: 1 }] } });
  expect(repo.git('for-each-ref', 'refs/flight-rules/trash')).not.toBe('');
});
