// sync beside other commands on the same session, and with a base that moves meanwhile.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sync } from '../../src/operations/sync.ts';
import { operate } from '../support/operate.ts';
import { gitIn, makeRepo, type TestRepo } from '../support/repo.ts';
import { atOnce, call, disagreements, exits } from '../race/support.ts';

interface Story {
  readonly repo: TestRepo;
  readonly worktree: string;
  readonly tip: string;
}

/** A session with one commit, behind its base by one. */
function behind(): Story {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const tip = session.commit('README.md', 'session\n');
  repo.commit('base.txt', 'base\n');
  return { repo, worktree: session.worktree, tip };
}

const auth = ['parallel', 'sync', 'auth'];

test('two at once: both are fine, or one is told to come back', async () => {
  for (const flags of [[], ['--rebase']]) {
    const { repo, worktree } = behind();
    const both = await atOnce(repo, [
      [...auth, ...flags],
      [...auth, ...flags],
    ]);
    const [first, second] = exits(both);
    expect(first).toBe(0);
    expect([0, 7]).toContain(second);
    gitIn(worktree, 'merge-base', '--is-ancestor', 'main', 'session/auth');
    expect(gitIn(worktree, 'rev-list', '--count', 'main..HEAD')).toBe(flags.length > 0 ? '1' : '2');
    expect(gitIn(worktree, 'status', '--porcelain')).toBe('');
    expect(disagreements(repo)).toEqual([]);
  }
});

test('two that leave conflicts at once: they are there once', async () => {
  const { repo, worktree, tip } = behind();
  repo.commit('README.md', 'main\n');
  const leave = [...auth, '--leave-conflicts'];
  const both = exits(await atOnce(repo, [leave, leave]));
  expect(both).toContain(5);
  expect(both.filter((exit) => ![4, 5, 7].includes(exit ?? -1))).toEqual([]);
  expect(gitIn(worktree, 'rev-parse', 'HEAD')).toBe(tip);
  expect(gitIn(worktree, 'ls-files', '--unmerged').split('\n')).toHaveLength(3);
  expect(exits([await call(repo, ...auth, '--abort')])).toEqual([0]);
  expect(gitIn(worktree, 'status', '--porcelain')).toBe('');
});

test('beside remove: each does its work, or says that the other is at it', async () => {
  const { repo, tip } = behind();
  const keep = ['parallel', 'remove', 'auth', '--strategy', 'keep'];
  const all = exits(await atOnce(repo, [auth, keep]));
  expect(all.filter((exit) => ![0, 3, 4, 6, 7].includes(exit ?? -1))).toEqual([]);
  expect(all).toContain(0);
  gitIn(repo.root, 'merge-base', '--is-ancestor', tip, 'session/auth');
  expect(disagreements(repo)).toEqual([]);
});

test('the base moves while hooks run: nothing of it is lost, the next one brings it in', async () => {
  const { repo, worktree } = behind();
  const hook = join(repo.commonDir, 'hooks', 'pre-merge-commit');
  mkdirSync(join(repo.commonDir, 'hooks'), { recursive: true });
  const lines = [
    '#!/bin/sh',
    `cd '${repo.root}'`,
    '[ -e moved.txt ] && exit 0',
    'echo moved > moved.txt && git add moved.txt && git commit -qm moved',
  ];
  writeFileSync(hook, `${lines.join('\n')}\n`);
  chmodSync(hook, 0o755);
  expect(exits([await call(repo, ...auth)])).toEqual([0]);
  expect(exits([await call(repo, ...auth)])).toEqual([0]);
  expect(readFileSync(join(worktree, 'moved.txt'), 'utf8')).toBe('moved\n');
  gitIn(worktree, 'merge-base', '--is-ancestor', 'main', 'session/auth');
});

test('the base moves between looking and acting: what comes in is the base as it is', async () => {
  const { repo, worktree } = behind();
  const beforeLock = (): void => {
    repo.commit('late.txt', 'late\n');
  };
  const caller = { directory: repo.root, beforeLock };
  expect(await operate(sync, { names: ['auth'] }, caller)).toMatchObject({ exit: 0 });
  expect(existsSync(join(worktree, 'late.txt'))).toBe(true);
});

test('another commit in the session between looking and acting is not lost', async () => {
  const { repo, worktree } = behind();
  const beforeLock = (): void => {
    writeFileSync(join(worktree, 'more.txt'), 'more\n');
    gitIn(worktree, 'add', '.');
    gitIn(worktree, 'commit', '-qm', 'more');
  };
  const caller = { directory: repo.root, beforeLock };
  const answered = await operate(sync, { names: ['auth'] }, caller);
  expect([0, 7]).toContain(answered.exit);
  expect(gitIn(worktree, 'log', '--format=%s', 'session/auth')).toContain('more');
  expect(gitIn(worktree, 'status', '--porcelain')).toBe('');
});
