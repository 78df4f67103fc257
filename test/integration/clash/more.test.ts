// What decides beside the two contents: attributes, drivers, histories, memory, states of sessions.
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { git as runGit } from '../../../src/git/git.ts';
import { openGit, type GitCall } from '../../../src/git/git.ts';
import { judgeClashes } from '../../../src/integration/clash/judge.ts';
import { fingerprint } from '../../support/fingerprint.ts';
import { makeRepo, writeIn } from '../../support/repo.ts';
import { judge, memoryCache, participantOf, rest, told } from './support.ts';

it('merges as the attributes of ours say, uncommitted ones included, and by union what is appended to', async () => {
  const repo = makeRepo();
  repo.commit('a.txt', 'a\n');
  repo.commit('docs/progress.md', '# Progress\n');
  const one = repo.addSession('one');
  const two = repo.addSession('two');
  one.write('.gitattributes', 'a.txt merge=union\n');
  one.write('a.txt', 'a\none\n');
  two.write('a.txt', 'a\ntwo\n');
  one.write('docs/progress.md', '# Progress\n- one\n');
  two.commit('docs/progress.md', '# Progress\n- two\n');
  const united = 'one-two: touching a.txt (both changed), docs/progress.md (both changed)';
  expect(told(await judge(repo, [one, two]))[0]).toBe(united);
  // whoever is asked first: ours is the same
  expect(told(await judge(repo, [two, one]))[0]).toBe(united.replace('one-two', 'two-one'));
  two.write('.gitattributes', '* -text\n');
  expect(told(await judge(repo, [one, two]))[0]).toBe('one-two: clash .gitattributes (contents)');
  rmSync(join(two.worktree, '.gitattributes'));
  one.write('.gitattributes', 'a.txt merge=mine\ndocs/progress.md -merge\n');
  repo.git('config', 'merge.mine.driver', 'exit 1');
  expect(told(await judge(repo, [one, two]))[0]).toBe(
    'one-two: clash a.txt (contents), docs/progress.md (binary, contents)',
  );
  repo.git('config', 'merge.mine.driver', 'exit 0');
  one.write('.gitattributes', 'a.txt merge=mine\n');
  expect(told(await judge(repo, [one, two]))[0]).toBe(
    'one-two: touching a.txt (both changed), docs/progress.md (both changed)',
  );
});

it('asks git nothing that it remembers, and again what has changed', async () => {
  const repo = makeRepo();
  repo.commit('a.txt', 'a\n');
  const sessions = ['one', 'two', 'three'].map((name) => repo.addSession(name));
  const [one, two, three] = sessions;
  one?.write('a.txt', 'one\n');
  two?.commit('a.txt', 'two\n');
  three?.write('c.txt', 'three\n');
  rest();
  const calls: GitCall[] = [];
  const port = openGit({ env: process.env, trace: (call) => calls.push(call) });
  const project = { ...(await repo.project()), git: port };
  const cache = memoryCache();
  const look = async (): Promise<string[]> => {
    const participants = await Promise.all(sessions.map((each) => participantOf(repo, each)));
    calls.length = 0;
    return told(await judgeClashes(project, participants, { cache }));
  };
  const first = await look();
  expect(first[0]).toBe('one-two: clash a.txt (contents)');
  expect(calls.length).toBeGreaterThan(3);
  expect(await look()).toEqual(first);
  expect(calls).toEqual([]);
  one?.write('a.txt', 'two\n');
  expect((await look())[0]).toBe('one-two: touching a.txt (both changed)');
  expect(calls.length).toBeGreaterThan(0);
  // too young to be told from what it may be in the same moment
  expect([...cache.snapshots.keys()]).toHaveLength(4);
});

it('says why it does not know', async () => {
  const repo = makeRepo();
  repo.commit('a.txt', 'a\n');
  const [one, two, three] = ['one', 'two', 'three'].map((name) => repo.addSession(name));
  if (one === undefined || two === undefined || three === undefined) throw new TypeError('three');
  one.commit('a.txt', 'one\n');
  two.commit('a.txt', 'two\n');
  three.git('checkout', '-q', '--orphan', 'other');
  three.git('commit', '-qm', 'no history');
  three.git('branch', '-qf', 'session/three', 'other');
  three.git('checkout', '-q', 'session/three');
  expect(told(await judge(repo, [one, two, three]))).toEqual([
    'one-two: clash a.txt (contents)',
    'one-three: unknown they have no history in common',
    'two-three: unknown they have no history in common',
    'one: clear',
    'two: clear',
    'three: unknown they have no history in common',
  ]);
  expect(() => two.git('merge', '-q', 'session/one')).toThrow('merge');
  expect(told(await judge(repo, [one, two]))).toEqual([
    'one-two: unknown two has unmerged files (a.txt)',
    'one: clear',
    'two: unknown two has unmerged files (a.txt)',
  ]);
  // resolved, not committed yet: what is to come has both in it
  two.write('a.txt', 'both\n');
  two.git('add', 'a.txt');
  expect(told(await judge(repo, [one, two]))[0]).toBe('one-two: clear');
  two.git('commit', '-qm', 'merged');
  three.git('checkout', '-q', '--detach', 'main');
  repo.git('branch', '-q', 'gone');
  const project = await repo.project();
  const lost = await participantOf(repo, one, 'no-such-base');
  const away = await participantOf(repo, three);
  const dumb = { ...(await participantOf(repo, two)), status: null };
  expect(told(await judgeClashes(project, [lost, away, dumb]))).toEqual([
    'one-three: unknown the worktree of three is not on session/three',
    'one-two: unknown the status of two could not be read',
    'three-two: unknown the worktree of three is not on session/three',
    'one: unknown its base no-such-base is gone',
    'three: unknown the worktree of three is not on session/three',
    'two: unknown the status of two could not be read',
  ]);
});

it('judges one pair by several merge bases, and leaves what is beyond the limit', async () => {
  const repo = makeRepo();
  repo.commit('a.txt', 'a\n');
  const one = repo.addSession('one');
  const two = repo.addSession('two');
  const three = repo.addSession('three');
  const first = one.commit('one.txt', 'one\n');
  const second = two.commit('two.txt', 'two\n');
  one.git('merge', '-q', '--no-edit', second);
  two.git('merge', '-q', '--no-edit', first);
  one.commit('a.txt', 'one\n');
  two.commit('a.txt', 'two\n');
  three.commit('a.txt', 'three\n');
  expect(told(await judge(repo, [one, two])).slice(0, 1)).toEqual([
    'one-two: clash a.txt (contents)',
  ]);
  const limited = told(await judge(repo, [one, two, three], { mergeLimit: 1 }));
  expect(limited.filter((line) => line.endsWith('unknown not looked at yet'))).toHaveLength(2);
  expect(limited.slice(3)).toEqual(['one: clear', 'two: clear', 'three: clear']);
});

it('reports what a session changed exactly, where an edit undoes a commit', async () => {
  const repo = makeRepo();
  repo.commit('a.txt', 'a\n');
  const one = repo.addSession('one');
  one.commit('a.txt', 'committed\n');
  one.write('a.txt', 'a\n');
  one.write('b.txt', 'staged\n');
  one.git('add', 'b.txt');
  rmSync(join(one.worktree, 'b.txt'));
  const hidden = writeIn(one.worktree, 'run.sh', '#!/bin/sh\n');
  chmodSync(hidden, 0o755);
  writeFileSync(join(one.worktree, 'ignored'), '');
  repo.write('.git/info/exclude', 'ignored\n');
  const before = fingerprint(repo.root, one.worktree);
  const { touched } = await judge(repo, [one]);
  expect([...touched.values()]).toEqual([['run.sh']]);
  expect(fingerprint(repo.root, one.worktree)).toEqual(before);
  await runGit(repo.port, repo.root, ['fsck', '--strict']);
});
