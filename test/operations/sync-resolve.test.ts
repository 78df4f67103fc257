// sync --leave-conflicts, --continue and --abort: what waits to be resolved in a session's folder.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remove } from '../../src/operations/remove.ts';
import { restore } from '../../src/operations/restore.ts';
import { status } from '../../src/operations/status.ts';
import { sync } from '../../src/operations/sync.ts';
import { filesBelow, fingerprint, operate, type Answered } from '../support/operate.ts';
import { makeRepo, type TestRepo, type TestSession } from '../support/repo.ts';

type Input = Readonly<Record<string, unknown>>;

function run(repo: TestRepo, input: Input, directory: string = repo.root): Promise<Answered> {
  return operate(sync, input, { directory });
}

const on = (more: Input = {}): Input => ({ names: ['auth'], ...more });
const leave = on({ leaveConflicts: true });
const goOn = on({ continue: true });
const giveUp = on({ abort: true });

interface Story {
  readonly repo: TestRepo;
  readonly session: TestSession;
  /** tips before: of the session and of the base */
  readonly from: string;
  readonly main: string;
  readonly read: (path: string) => string;
}

/** Session and base have both changed `a.txt`; the base has `new.txt` and no `old.txt` besides. */
function clashing(): Story {
  const repo = makeRepo();
  repo.commit('a.txt', 'one\ntwo\nthree\n');
  repo.commit('old.txt', 'old\n');
  const session = repo.addSession('auth');
  const from = session.commit('a.txt', 'one\nsession\nthree\n');
  repo.commit('a.txt', 'one\nmain\nthree\n');
  repo.commit('new.txt', 'new\n');
  repo.git('rm', '-q', 'old.txt');
  repo.git('commit', '-qm', 'rm old.txt');
  const read = (path: string): string => readFileSync(join(session.worktree, path), 'utf8');
  return { repo, session, from, main: repo.git('rev-parse', 'main'), read };
}

function record({ repo }: Story): Record<string, unknown> {
  const text = repo.git('cat-file', 'blob', 'refs/flight-rules/sessions/auth');
  return JSON.parse(text) as Record<string, unknown>;
}

function hook(repo: TestRepo, name: string, script: string): void {
  const folder = join(repo.commonDir, 'hooks');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

test('conflicts are left by a real merge, resolved, and concluded', async () => {
  const story = clashing();
  const { repo, session, from, main, read } = story;
  const left = await run(repo, leave);
  expect(left).toMatchObject({ exit: 5, code: 'conflicts-left', errorData: { paths: ['a.txt'] } });
  expect(read('a.txt')).toContain('<<<<<<<');
  expect(session.git('rev-parse', 'MERGE_HEAD')).toBe(main);
  expect(record(story)).toMatchObject({ syncing: { shape: 'merge', from, baseTip: main } });
  expect(record(story)['intent']).toBeUndefined();

  expect(await run(repo, goOn)).toMatchObject({
    exit: 5,
    code: 'conflicts-unresolved',
    errorData: { paths: ['a.txt'], marked: [] },
  });
  session.git('add', 'a.txt');
  expect(await run(repo, goOn)).toMatchObject({
    exit: 5,
    code: 'conflicts-unresolved',
    errorData: { paths: [], marked: ['a.txt'] },
  });
  expect(await run(repo, on())).toMatchObject({ exit: 4, code: 'sync-unfinished' });
  const end = { name: 'auth', strategy: 'merge' };
  expect(await operate(remove, end, { directory: repo.root })).toMatchObject({
    exit: 4,
    code: 'sync-unfinished',
  });

  session.write('a.txt', 'one\nboth\nthree\n');
  session.git('add', 'a.txt');
  const done = await run(repo, goOn);
  const to = session.git('rev-parse', 'HEAD');
  expect(done).toMatchObject({ exit: 0, data: { sessions: [{ result: 'synced', from, to }] } });
  expect(session.git('rev-list', '--parents', '-1', 'HEAD')).toBe(`${to} ${from} ${main}`);
  expect(session.git('log', '-1', '--format=%B').trim()).toBe(
    "Merge branch 'main' into session/auth",
  );
  expect(session.git('status', '--porcelain')).toBe('');
  expect(record(story)['syncing']).toBeUndefined();
  expect(await run(repo, goOn)).toMatchObject({ exit: 4, code: 'nothing-to-resolve' });
  expect(await run(repo, giveUp)).toMatchObject({ exit: 4, code: 'nothing-to-resolve' });
});

test('abort: the session is what it was, new files stay, and the resolution comes back', async () => {
  const story = clashing();
  const { repo, session, from, read } = story;
  const before = [session.git('rev-parse', 'HEAD'), ...filesBelow(session.worktree)];
  await run(repo, leave);
  session.write('a.txt', 'one\nhalf resolved\nthree\n');
  session.write('mine.txt', 'made meanwhile\n');
  // where going back writes a file again
  session.write('old.txt', 'something of mine\n');
  const answered = await run(repo, giveUp);
  expect(answered).toMatchObject({
    exit: 0,
    data: { sessions: [{ result: 'aborted', pinned: 'auth~1' }] },
  });
  expect(read('mine.txt')).toBe('made meanwhile\n');
  rmSync(join(session.worktree, 'mine.txt'));
  expect([session.git('rev-parse', 'HEAD'), ...filesBelow(session.worktree)]).toEqual(before);
  expect(session.git('status', '--porcelain')).toBe('');
  expect(session.git('symbolic-ref', 'HEAD')).toBe('refs/heads/session/auth');
  expect(record(story)['syncing']).toBeUndefined();

  repo.git('reflog', 'expire', '--expire=now', '--all');
  repo.git('gc', '-q', '--prune=now');
  const back = await operate(
    restore,
    { names: ['auth~1'], as: 'auth-2' },
    { directory: repo.root },
  );
  expect(back.exit).toBe(0);
  const there = `${repo.root}-sessions/auth-2`;
  expect(readFileSync(join(there, 'a.txt'), 'utf8')).toBe('one\nhalf resolved\nthree\n');
  expect(readFileSync(join(there, 'old.txt'), 'utf8')).toBe('something of mine\n');
  expect(existsSync(join(there, 'mine.txt'))).toBe(false);
  expect(session.git('merge-base', 'session/auth-2', 'session/auth')).toBe(from);
});

/** A rebase of two commits that has stopped at the second, the first being resolved. */
async function twice(): Promise<Story> {
  const story = clashing();
  const { repo, session } = story;
  const from = session.commit('a.txt', 'one\nsession again\nthree\n');
  const rebase = on({ rebase: true, leaveConflicts: true });
  expect(await run(repo, rebase)).toMatchObject({ exit: 5, code: 'conflicts-left' });
  expect(record(story)).toMatchObject({ syncing: { shape: 'rebase', from } });
  session.write('a.txt', 'one\nmain and session\nthree\n');
  session.git('add', 'a.txt');
  expect(await run(repo, goOn)).toMatchObject({
    exit: 5,
    code: 'conflicts-left',
    errorData: { paths: ['a.txt'] },
  });
  session.write('a.txt', 'one\nmain and session again\nthree\n');
  return { ...story, from };
}

test('a rebase: one conflict after the other, then done', async () => {
  const { repo, session, from, main } = await twice();
  session.git('add', 'a.txt');
  const done = await run(repo, goOn);
  expect(done).toMatchObject({ exit: 0, data: { sessions: [{ result: 'synced', from }] } });
  expect(session.git('merge-base', 'main', 'session/auth')).toBe(main);
  expect(session.git('rev-list', '--count', 'main..session/auth')).toBe('2');
  expect(session.git('symbolic-ref', 'HEAD')).toBe('refs/heads/session/auth');
  expect(session.git('status', '--porcelain')).toBe('');
});

test('a rebase that is given up in the middle: what was resolved before is held, too', async () => {
  const { repo, session, from, main } = await twice();
  expect(await run(repo, giveUp)).toMatchObject({ exit: 0 });
  expect(session.git('rev-parse', 'session/auth')).toBe(from);
  expect(session.git('symbolic-ref', 'HEAD')).toBe('refs/heads/session/auth');
  expect(session.git('status', '--porcelain')).toBe('');
  const entry = repo.git('cat-file', 'blob', 'refs/flight-rules/trash/auth/1:entry.json');
  const { branchTip } = JSON.parse(entry) as { branchTip: string };
  expect(repo.git('show', `${branchTip}:a.txt`)).toContain('session again');
  expect(repo.git('log', '--format=%s', `${main}..${branchTip}`)).toContain('change a.txt');
});

test('a rebase does not go on over what is changed and not added', async () => {
  const { repo, session } = clashing();
  await run(repo, on({ rebase: true, leaveConflicts: true }));
  session.write('a.txt', 'resolved\n');
  session.git('add', 'a.txt');
  session.write('README.md', 'edited\n');
  expect(await run(repo, goOn)).toMatchObject({
    exit: 5,
    code: 'conflicts-unresolved',
    errorData: { unstaged: ['README.md'] },
  });
});

test('a hook that fails keeps what was resolved; then it is concluded', async () => {
  const story = clashing();
  const { repo, session } = story;
  await run(repo, leave);
  session.write('a.txt', 'resolved\n');
  session.git('add', 'a.txt');
  hook(repo, 'commit-msg', 'echo "not like this" >&2; exit 1');
  const failed = await run(repo, goOn);
  expect(failed).toMatchObject({ exit: 1, code: 'hook-failed' });
  expect(record(story)['syncing']).toBeDefined();
  expect(session.git('diff', '--cached', '--name-only')).toContain('a.txt');
  hook(repo, 'commit-msg', 'exit 0');
  expect(await run(repo, goOn)).toMatchObject({ exit: 0 });
});

test('a merge of the base begun by hand is concluded; given up it is by git', async () => {
  const { repo, session } = clashing();
  expect(() => session.git('merge', '-q', 'main')).toThrow(/CONFLICT|failed/u);
  const next = await operate(status, { name: 'auth' }, { directory: repo.root });
  expect(JSON.stringify(next.data['session'])).toMatch(/sync auth --continue.*merge --abort/u);
  const before = fingerprint(repo.root);
  expect(await run(repo, giveUp)).toMatchObject({ exit: 4, code: 'nothing-to-resolve' });
  expect(fingerprint(repo.root)).toEqual(before);
  session.write('a.txt', 'resolved\n');
  session.git('add', 'a.txt');
  expect(await run(repo, goOn, session.worktree)).toMatchObject({ exit: 0 });
  expect(session.git('log', '-1', '--format=%s')).toBe("Merge branch 'main' into session/auth");
});

test('another merge or operation is none of ours to conclude', async () => {
  const { repo, session } = clashing();
  repo.git('branch', 'other', 'main~1');
  repo.git('worktree', 'add', '-q', `${repo.root}-other`, 'other');
  writeFileSync(`${repo.root}-other/a.txt`, 'other\n');
  repo.git('-C', `${repo.root}-other`, 'commit', '-qam', 'other');
  expect(() => session.git('merge', '-q', 'other')).toThrow(/CONFLICT|failed/u);
  const before = fingerprint(repo.root);
  expect(await run(repo, goOn)).toMatchObject({ exit: 4, code: 'nothing-to-resolve' });
  expect(await run(repo, giveUp)).toMatchObject({ exit: 4, code: 'nothing-to-resolve' });
  expect(await run(repo, leave)).toMatchObject({ exit: 4, code: 'operation-in-progress' });
  expect(fingerprint(repo.root)).toEqual(before);
});

test('concluded or given up by hand: the next sync knows', async () => {
  const story = clashing();
  const { repo, session } = story;
  await run(repo, leave);
  session.git('merge', '--abort');
  expect(await run(repo, goOn)).toMatchObject({ exit: 4, code: 'nothing-to-resolve' });
  expect(await run(repo, leave)).toMatchObject({ exit: 5, code: 'conflicts-left' });
  session.write('a.txt', 'resolved\n');
  session.git('commit', '-qam', 'by hand');
  expect(await run(repo, on())).toMatchObject({
    exit: 0,
    data: { sessions: [{ result: 'current' }] },
  });
  expect(record(story)['syncing']).toBeUndefined();
});

test('status says what is to be resolved, and how to go on', async () => {
  const { repo, session } = clashing();
  await run(repo, leave);
  const look = async (): Promise<Record<string, unknown>> => {
    const { data } = await operate(status, { name: 'auth' }, { directory: repo.root });
    return data['session'] as Record<string, unknown>;
  };
  expect(await look()).toMatchObject({
    needs: ['conflicted'],
    why: 'A merge of main waits to be resolved: a.txt.',
    next: [{ command: 'parallel sync auth --continue' }, { command: 'parallel sync auth --abort' }],
  });
  session.write('a.txt', 'resolved\n');
  session.git('add', 'a.txt');
  expect(await look()).toMatchObject({
    needs: ['conflicted'],
    why: 'A merge of main waits to be concluded: nothing conflicts any more.',
  });
});

test('an ignored file where a new one would come is not written over', async () => {
  const { repo, session, from } = clashing();
  repo.write('.git/info/exclude', '.env\n');
  session.write('.env', 'mine\n');
  repo.write('.env', 'of the base\n');
  repo.git('add', '-f', '.env');
  repo.git('commit', '-qm', 'a file that was ignored');
  for (const more of [{}, { rebase: true }]) {
    const before = fingerprint(repo.root);
    const answered = await run(repo, { ...leave, ...more });
    expect(answered).toMatchObject({ exit: 4, code: 'files-in-the-way' });
    expect(answered.errorData['paths']).toEqual(['.env']);
    expect(fingerprint(repo.root)).toEqual(before);
  }
  expect(session.git('rev-parse', 'HEAD')).toBe(from);
});

test('unclean, or several at once: nothing is begun', async () => {
  const { repo, session } = clashing();
  const refused = async (input: Input, code: string, exit: number): Promise<void> => {
    const before = fingerprint(repo.root);
    expect(await run(repo, input)).toMatchObject({ exit, code });
    expect(fingerprint(repo.root)).toEqual(before);
  };
  await refused({ all: true, leaveConflicts: true }, 'usage', 2);
  await refused({ names: ['auth'], continue: true, abort: true }, 'usage', 2);
  await refused({ names: ['auth'], continue: true, carry: true }, 'usage', 2);
  await refused({ names: ['auth', 'b'], abort: true }, 'usage', 2);
  await refused({ names: ['auth'], merge: true, rebase: true }, 'usage', 2);
  await refused({ names: ['auth'], all: true }, 'usage', 2);
  await refused({}, 'usage', 2);
  await refused({ names: ['nobody'] }, 'no-such-session', 3);
  session.write('README.md', 'edited\n');
  await refused(leave, 'uncommitted-work', 4);
  await refused(goOn, 'nothing-to-resolve', 4);
});
