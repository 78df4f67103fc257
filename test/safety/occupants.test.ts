import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lookUpProgram } from '../../src/git/git.ts';
import { absolute } from '../../src/kernel/path.ts';
import { lookAtProcesses, occupants } from '../../src/safety/occupants.ts';
import { lockOwner, lockReason, ownLockId, provablyDead } from '../../src/sessions/lock-owner.ts';
import { ask, codes } from '../support/preflight.ts';
import { makeRepo, temporaryFolder } from '../support/repo.ts';

/** A process that stands in `cwd` until the test ends; it has said that it is there. */
async function standIn(cwd: string, script = 'echo here; exec sleep 600'): Promise<number> {
  const child = spawn('sh', ['-c', script], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

/** Until process `pid` is called git, or is over. */
async function becomesGit(pid: number): Promise<void> {
  for (;;) {
    let line = '';
    try {
      line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return;
    }
    if (/^(?:[^\0]*\/)?git\0/u.test(line) || line === '') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Linux's start time of a process, in clock ticks. */
function startOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

test('somebody in the folder, deep in it too, refuses every strategy until forced', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('src/deep/a.txt', '');
  const pid = await standIn(join(session.worktree, 'src/deep'));
  const neighbour = repo.addSession('auth-two');
  await standIn(neighbour.worktree);
  // asked by a process that is no relative of it
  for (const strategy of ['merge', 'keep', 'abandon', 'cleanup'] as const) {
    const answer = await ask(repo, 'auth', strategy, { callerPid: 2 ** 30 });
    expect(codes(answer)).toEqual(['in-use']);
    expect(answer.refusals[0]?.data).toMatchObject({
      by: [{ pid }],
      command: ['parallel', 'remove', 'auth', '--strategy', strategy],
    });
    expect(JSON.stringify(answer.refusals[0]?.data)).toContain('sleep 600');
  }
  const forced = await ask(repo, 'auth', 'abandon', { callerPid: 2 ** 30, forceInUse: true });
  expect(codes(forced)).toEqual([]);
  expect(forced.warnings.map(({ code }) => code)).toContain('forced-in-use');
});

test('a git that only passes does not count, one that stays does', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  // a program of that name, not only called so: one that ends has no command line any more
  const program = join(temporaryFolder('git-'), 'git');
  copyFileSync(lookUpProgram('sleep', process.env['PATH'] ?? '') ?? '', program);
  const named = (seconds: number): string => `echo here; exec '${program}' ${seconds}`;
  await becomesGit(await standIn(session.worktree, named(0.2)));
  expect(codes(await ask(repo, 'auth', 'keep', { callerPid: 2 ** 30 }))).toEqual([]);
  await standIn(session.worktree, named(600));
  expect(codes(await ask(repo, 'auth', 'keep', { callerPid: 2 ** 30 }))).toEqual(['in-use']);
});

test('the caller, standing there, and what it started do not count', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const shell = await standIn(session.worktree, 'sleep 600 & echo here; wait');
  expect(codes(await ask(repo, 'auth', 'abandon', { callerPid: shell }))).toEqual([]);
  // this process is outside, and what it started is its own
  expect(codes(await ask(repo, 'auth', 'abandon'))).toEqual([]);
  const place = { path: session.worktree, locked: null };
  const seen = await occupants(place, 2 ** 30);
  expect(seen).toMatchObject({ kind: 'in-use', by: [{ pid: shell }, {}] });
});

test('one whose folder inside was deleted counts', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.write('tmp/a.txt', '');
  const pid = await standIn(join(session.worktree, 'tmp'));
  rmSync(join(session.worktree, 'tmp'), { recursive: true });
  expect(await occupants({ path: session.worktree, locked: null }, 2 ** 30)).toMatchObject({
    kind: 'in-use',
    by: [{ pid }],
  });
});

test.runIf(process.platform === 'linux')(
  'an agent that locked the worktree counts while it lives',
  async () => {
    const repo = makeRepo();
    const { worktree } = repo.addSession('auth');
    const pid = await standIn(repo.root);
    const verdict = async (locked: string): Promise<string> =>
      (await occupants({ path: worktree, locked }, 2 ** 30)).kind;
    expect(await verdict(`claude session auth (pid ${pid} start ${startOf(pid)})`)).toBe('in-use');
    expect(await verdict(`claude agent a1b2 (pid ${pid})`)).toBe('in-use');
    expect(await verdict(`claude session auth (pid ${pid} start 1)`)).toBe('free');
    expect(await verdict(`codex session auth (pid ${pid} start ${startOf(pid)})`)).toBe('in-use');
    expect(await verdict(`a note (pid ${pid})`)).toBe('in-use');
    expect(await verdict(`a note (pid ${2 ** 30})`)).toBe('free');
    repo.git('worktree', 'lock', '--reason', `claude agent x (pid ${pid})`, worktree);
    expect(codes(await ask(repo, 'auth', 'keep', { callerPid: 2 ** 30 }))).toEqual([
      'locked',
      'in-use',
    ]);
  },
);

test('a link to the folder is the folder', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  await standIn(session.worktree);
  const spelled = absolute(`/proc/self/root${session.worktree}`);
  const path = process.platform === 'linux' ? spelled : session.worktree;
  expect((await occupants({ path, locked: null }, 2 ** 30)).kind).toBe('in-use');
});

test('the reason of a lock names its owner, or nobody', async () => {
  expect(lockOwner('claude session x (pid 31909 start 234557)')).toEqual({
    agent: 'claude',
    pid: 31909,
    start: '234557',
  });
  expect(lockOwner('claude agent 7f (pid 12)')).toEqual({ agent: 'claude', pid: 12, start: null });
  expect(lockOwner('backup (pid 12)')).toEqual({ agent: null, pid: 12, start: null });
  for (const reason of ['', 'initializing', 'pid 12', '(pid 0)', '(pid -1)', 'claude session x']) {
    expect(lockOwner(reason)).toBeNull();
  }
  for (const id of ['auth~1', 'auth']) expect(ownLockId(lockReason(id))).toBe(id);
  for (const reason of ['flight-rules: demo is mine', 'flight-rules', `${lockReason('auth~1')}.`]) {
    expect(ownLockId(reason)).toBeNull();
  }
  const looked = await lookAtProcesses();
  const processes = looked.kind === 'known' ? looked.table.processes : new Map();
  expect(provablyDead(`claude session x (pid ${process.pid})`, processes)).toBe(false);
  expect(provablyDead(`claude session x (pid ${2 ** 30} start 1)`, processes)).toBe(true);
  // perhaps of another machine or container
  expect(provablyDead(`claude session x (pid ${2 ** 30})`, processes)).toBe(false);
  expect(provablyDead('on a stick', processes)).toBe(false);
});
