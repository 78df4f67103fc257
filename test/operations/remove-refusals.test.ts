// What remove refuses, whatever the strategy or for those that leave work behind; and that a
// refusal has changed nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { remove } from '../../src/operations/remove.ts';
import { fingerprint, operate, type Answered, type Caller } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

const strategies = ['pr', 'merge', 'keep', 'abandon'] as const;

/** Asks for it; the answer is a refusal that has changed nothing. */
async function refused(
  repo: TestRepo,
  input: Readonly<Record<string, unknown>>,
  caller: Partial<Caller> = {},
): Promise<Answered> {
  const before = fingerprint(repo.root);
  const answered = await operate(remove, input, { directory: repo.root, ...caller });
  expect(fingerprint(repo.root)).toEqual(before);
  expect(answered).toMatchObject({ exit: 4 });
  return answered;
}

const by = (strategy: string): Record<string, unknown> => ({
  name: 'auth',
  strategy,
  yes: strategy === 'abandon',
});

/** A process that works in `cwd` and is no child of ours in the eyes of the caller. */
async function somebodyIn(cwd: string): Promise<number> {
  const child = spawn('sleep', ['300'], { cwd, stdio: 'ignore' });
  await once(child, 'spawn');
  onTestFinished(() => void child.kill());
  return child.pid ?? 0;
}

test('another registered worktree inside, foreign or ours', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const inner = join(session.worktree, 'inner');
  repo.git('worktree', 'add', '-q', '--detach', inner);
  for (const strategy of strategies) {
    const answered = await refused(repo, by(strategy));
    expect(answered.code).toBe('worktree-inside');
    expect(answered.message).toContain(inner);
  }
});

test('a lock that we did not set', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  repo.git('worktree', 'lock', '--reason', 'on a stick', session.worktree);
  for (const strategy of strategies) {
    const answered = await refused(repo, by(strategy));
    expect(answered.code).toBe('locked');
    expect(answered.message).toContain('on a stick');
  }
});

test('a lock that names a pid that is provably dead does not count', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const child = spawn('true');
  await once(child, 'exit');
  const lock = (reason: string): string =>
    repo.git('worktree', 'lock', '--reason', reason, session.worktree);
  // without a start time it may be a process of another pid namespace
  lock(`claude agent x (pid ${child.pid})`);
  expect((await refused(repo, by('keep'))).code).toBe('locked');
  repo.git('worktree', 'unlock', session.worktree);
  lock(`claude agent x (pid ${child.pid} start 1)`);
  const answered = await operate(remove, by('keep'), { directory: repo.root });
  expect(answered).toMatchObject({ exit: 0, data: { strategy: 'keep' } });
});

test('ownership that is not proven', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  writeFileSync(join(session.privateDir, 'flight-rules', 'token'), 'of somebody else\n');
  for (const strategy of strategies) {
    expect(['not-ours', 'unknown-state']).toContain((await refused(repo, by(strategy))).code);
  }
});

test('somebody else works in it, named with pid and command', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const pid = await somebodyIn(session.worktree);
  // the caller is somebody whose child that process is not
  const caller = await somebodyIn(repo.root);
  for (const strategy of strategies) {
    const answered = await refused(repo, by(strategy), { pid: caller });
    expect(answered.code).toBe('in-use');
    expect(answered.errorData['by']).toEqual([{ pid, command: 'sleep 300' }]);
    expect(answered.message).toContain(`${pid}`);
  }
});

test('--force-in-use overrides somebody else, and says who is there', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  const pid = await somebodyIn(session.worktree);
  const caller = await somebodyIn(repo.root);
  const input = { ...by('keep'), forceInUse: true };
  const answered = await operate(remove, input, { directory: repo.root, pid: caller });
  expect(answered.exit).toBe(0);
  expect(answered.warnings).toContainEqual({
    code: 'forced-in-use',
    message: `Processes still run in its folder: ${pid}.`,
  });
});

test('the caller and what it started do not count', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  await somebodyIn(session.worktree);
  const answered = await operate(remove, by('keep'), { directory: repo.root });
  expect(answered.exit).toBe(0);
});

test('pr, merge and keep: up to ten paths are named, all are counted', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  for (let n = 10; n < 22; n += 1) session.write(`file-${n}.txt`, 'new\n');
  for (const strategy of ['pr', 'merge', 'keep']) {
    const answered = await refused(repo, by(strategy));
    expect(answered.code).toBe('uncommitted-work');
    expect(answered.message).toContain('12 files');
    expect(answered.message.match(/file-\d+\.txt/gu)).toHaveLength(10);
  }
});

test('pr, merge and keep: what could not be found out refuses', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  writeFileSync(join(session.privateDir, 'index'), 'not an index');
  for (const strategy of ['pr', 'merge', 'keep']) {
    expect((await refused(repo, by(strategy))).code).toBe('unknown-state');
  }
});

test('ignored files do not block', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  mkdirSync(join(repo.commonDir, 'info'), { recursive: true });
  writeFileSync(join(repo.commonDir, 'info', 'exclude'), '.env\n');
  session.write('.env', 'SECRET=1\n');
  expect(await operate(remove, by('keep'), { directory: repo.root })).toMatchObject({ exit: 0 });
});

test('--force is a usage error that names --strategy abandon --yes', async () => {
  const repo = makeRepo();
  repo.addSession('auth');
  const before = fingerprint(repo.root);
  const answered = await operate(remove, { name: 'auth', force: true }, { directory: repo.root });
  expect(answered).toMatchObject({ exit: 2, code: 'usage' });
  expect(answered.message).toContain('--strategy abandon --yes');
  expect(fingerprint(repo.root)).toEqual(before);
});

test('by name only: without one outside of a session it is a usage error', async () => {
  const repo = makeRepo();
  repo.addSession('auth');
  const answered = await operate(remove, {}, { directory: repo.root });
  expect(answered).toMatchObject({ exit: 2, code: 'usage' });
  const unknown = await operate(remove, { name: 'other' }, { directory: repo.root });
  expect(unknown).toMatchObject({ exit: 3, code: 'no-such-session' });
});

test('of two that remove one session at once the loser finds it busy, changed or gone', async () => {
  const repo = makeRepo();
  repo.addSession('auth');
  const all = await Promise.all([
    operate(remove, by('keep'), { directory: repo.root }),
    operate(remove, by('abandon'), { directory: repo.root }),
  ]);
  const [won, lost] = all.map(({ exit }) => exit).toSorted((a, b) => a - b);
  expect(won).toBe(0);
  expect([3, 7]).toContain(lost);
  const entries = repo.git('for-each-ref', 'refs/flight-rules/trash').split('\n');
  expect(entries).toHaveLength(1);
});
