// remove --strategy pr: with a forge program that is a stand-in, and a bare repository as remote.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remove } from '../../src/operations/remove.ts';
import { status } from '../../src/operations/status.ts';
import { fakeForge, type FakeAnswer } from '../support/fake-forge.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import {
  gitIn,
  makeRepo,
  temporaryFolder,
  type TestRepo,
  type TestSession,
} from '../support/repo.ts';

const url = 'https://github.com/acme/app/pull/7';
const good = {
  'auth status': {},
  'pr list': { stdout: '[]' },
  'pr create': { stdout: `${url}\n` },
};

interface Setting {
  readonly repo: TestRepo;
  readonly session: TestSession;
  readonly remote: string;
  readonly calls: Awaited<ReturnType<typeof fakeForge>>['calls'];
  readonly pr: (more?: object) => Promise<Answered>;
  /** the session is there, at work and as it was */
  readonly stays: () => Promise<void>;
}

async function setting(
  answers: Readonly<Record<string, FakeAnswer>> | null = good,
): Promise<Setting> {
  const repo = makeRepo();
  const folder = temporaryFolder();
  const remote = join(folder, 'remote.git');
  gitIn(folder, 'init', '-q', '--bare', '-b', 'main', remote);
  repo.git('remote', 'add', 'origin', remote);
  repo.git('push', '-q', '-u', 'origin', 'main');
  const session = repo.addSession('auth');
  const tip = session.commit('one.txt', '1\n');
  const { bin, calls } = await fakeForge(folder, 'gh', answers ?? {});
  const git = gitIn(folder, '--exec-path');
  // without gh only what git needs is on PATH
  const path = answers === null ? git : `${bin}:${process.env['PATH'] ?? ''}`;
  const env = { PATH: path };
  return {
    repo,
    session,
    remote,
    calls,
    pr: (more = {}) =>
      operate(remove, { name: 'auth', strategy: 'pr', ...more }, { directory: repo.root, env }),
    stays: async () => {
      expect(existsSync(session.worktree)).toBe(true);
      expect(session.git('rev-parse', 'HEAD')).toBe(tip);
      const now = await operate(status, { name: 'auth' }, { directory: repo.root });
      expect(now.data['session']).toMatchObject({ state: 'active', health: 'ok' });
    },
  };
}

test('pushed, opened, recorded; the folder goes, branch and record stay', async () => {
  const { repo, session, remote, pr } = await setting();
  const tip = repo.git('rev-parse', 'session/auth');
  expect(await pr()).toMatchObject({
    exit: 0,
    data: {
      strategy: 'pr',
      pullRequest: { url, number: 7 },
      branchDeleted: false,
      trash: { id: 'auth~1' },
    },
  });
  expect(gitIn(remote, 'rev-parse', 'session/auth')).toBe(tip);
  expect(existsSync(session.worktree)).toBe(false);
  const now = await operate(status, { name: 'auth' }, { directory: repo.root });
  expect(now.data['session']).toMatchObject({ state: 'in-review', pullRequest: { url } });
});

test('title and body: given, else the first goal, else the name', async () => {
  const { repo, pr, calls } = await setting();
  const body = join(repo.root, '..', 'body.md');
  writeFileSync(body, 'why it is right\n');
  expect(await pr({ title: 'Sign in', bodyFile: body, draft: true })).toMatchObject({ exit: 0 });
  const created = (await calls()).find(({ argv }) => argv[1] === 'create');
  expect(created?.argv).toContain('--title=Sign in');
  expect(created?.argv).toContain('--draft');
  expect(created?.stdin).toBe('why it is right\n');
  const plain = await setting();
  await plain.pr();
  const second = (await plain.calls()).find(({ argv }) => argv[1] === 'create');
  expect(second?.argv).toContain('--title=auth');
  expect(second?.argv).not.toContain('--draft');
  const text = await setting();
  await text.pr({ body: 'said in the call', bodyFile: body });
  const third = (await text.calls()).find(({ argv }) => argv[1] === 'create');
  expect(third?.stdin).toBe('said in the call');
});

test('an open one of this branch is reused', async () => {
  const open = {
    url: 'https://github.com/acme/app/pull/5',
    number: 5,
    baseRefName: 'main',
    isCrossRepository: false,
  };
  const { pr, calls } = await setting({ ...good, 'pr list': { stdout: JSON.stringify([open]) } });
  const answered = await pr();
  expect(answered).toMatchObject({ exit: 0, data: { pullRequest: { number: 5 } } });
  expect(answered.warnings.map(({ code }) => code)).toContain('pull-request-existed');
  expect((await calls()).some(({ argv }) => argv[1] === 'create')).toBe(false);
});

test('checked before anything happens: remote, program, login', async () => {
  const none = await setting();
  none.repo.git('remote', 'remove', 'origin');
  const noProgram = await setting(null);
  const noLogin = await setting({ ...good, 'auth status': { exit: 1, stderr: 'not logged in' } });
  for (const [one, code] of [
    [none, 'no-remote'],
    [noProgram, 'no-forge'],
    [noLogin, 'no-forge'],
  ] as const) {
    const before = fingerprint(one.repo.root);
    expect(await one.pr()).toMatchObject({ exit: 4, code });
    expect(fingerprint(one.repo.root)).toEqual(before);
    expect(gitIn(one.remote, 'for-each-ref', 'refs/heads/session')).toBe('');
  }
});

test('what fails leaves worktree and session: the push, the pull request, no address printed', async () => {
  const refused = await setting();
  gitIn(refused.remote, 'config', 'receive.denyCurrentBranch', 'refuse');
  const hook = join(refused.remote, 'hooks', 'pre-receive');
  writeFileSync(hook, '#!/bin/sh\necho "not today" >&2\nexit 1\n', { mode: 0o755 });
  const push = await refused.pr();
  expect(push).toMatchObject({ exit: 1, code: 'push-failed' });
  expect(push.message).toContain('not today');
  await refused.stays();
  const failing = await setting({ ...good, 'pr create': { exit: 1, stderr: 'GraphQL: no' } });
  expect(await failing.pr()).toMatchObject({ exit: 1, code: 'forge-failed' });
  await failing.stays();
  const silent = await setting({ ...good, 'pr create': { stdout: 'fine, fine\n' } });
  expect(await silent.pr()).toMatchObject({ exit: 1, code: 'forge-failed' });
  await silent.stays();
});

test('never forced: a branch of that name with other commits stays', async () => {
  const { repo, remote, pr, stays } = await setting();
  const other = repo.commit('other.txt', 'of somebody\n');
  repo.git('push', '-q', 'origin', `${other}:refs/heads/session/auth`);
  expect(await pr()).toMatchObject({ exit: 1, code: 'push-failed' });
  expect(gitIn(remote, 'rev-parse', 'session/auth')).toBe(other);
  await stays();
});

test('--pr-url records one opened by other means, without network', async () => {
  const { repo, remote, calls, pr } = await setting();
  const bad = await pr({ prUrl: 'not an address' });
  expect(bad).toMatchObject({ exit: 2, code: 'usage' });
  expect(await pr({ prUrl: url })).toMatchObject({ exit: 0, data: { pullRequest: { url } } });
  expect(await calls()).toEqual([]);
  expect(gitIn(remote, 'for-each-ref', 'refs/heads/session')).toBe('');
  const keep = { name: 'auth', strategy: 'keep', prUrl: url };
  expect(await operate(remove, keep, { directory: repo.root })).toMatchObject({ exit: 2 });
});
