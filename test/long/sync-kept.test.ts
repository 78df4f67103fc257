// sync --leave-conflicts and --abort against what git itself would lose on its way: ignored files,
// files it was told not to look at, commits that a rebase replaces, other people's locks.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { restore } from '../../src/operations/restore.ts';
import { sync } from '../../src/operations/sync.ts';
import { operate, type Answered } from '../support/operate.ts';
import { deadOwner } from '../support/foreign.ts';
import { makeRepo, type TestRepo, type TestSession } from '../support/repo.ts';

interface Story {
  readonly repo: TestRepo;
  readonly session: TestSession;
  readonly read: (path: string) => string;
  readonly run: (input: Readonly<Record<string, unknown>>) => Promise<Answered>;
  /** what the first entry of the trash brings back at `path` */
  readonly restored: (path: string) => Promise<string>;
}

interface Chapters {
  readonly start?: (repo: TestRepo) => void;
  readonly inSession?: (session: TestSession) => void;
  readonly onMain?: (repo: TestRepo) => void;
}

/** Session and base both change `a.txt`, besides what `chapters` say. */
function clashing(chapters: Chapters = {}): Story {
  const repo = makeRepo();
  repo.commit('.gitignore', 'ignored*\n');
  repo.commit('a.txt', 'one\ntwo\nthree\n');
  chapters.start?.(repo);
  const session = repo.addSession('auth');
  chapters.inSession?.(session);
  session.commit('a.txt', 'one\nsession\nthree\n');
  chapters.onMain?.(repo);
  repo.commit('a.txt', 'one\nmain\nthree\n');
  const directory = repo.root;
  return {
    repo,
    session,
    read: (path) => readFileSync(join(session.worktree, path), 'utf8'),
    run: (input) => operate(sync, { names: ['auth'], ...input }, { directory }),
    restored: async (path) => {
      await operate(restore, { names: ['auth~1'], as: 'back' }, { directory });
      return readFileSync(join(`${repo.root}-sessions/back`, path), 'utf8');
    },
  };
}

const leave = { leaveConflicts: true };

test('an ignored file in a folder that becomes a file refuses it', async () => {
  const { run, session, read } = clashing({
    start: (repo) => repo.commit('dir/c.txt', 'c\n'),
    onMain: (repo) => {
      repo.git('rm', '-q', 'dir/c.txt');
      repo.commit('dir', 'a file\n');
    },
  });
  session.write('dir/ignored.log', 'precious\n');
  expect(await run(leave)).toMatchObject({
    exit: 4,
    code: 'files-in-the-way',
    errorData: { paths: ['dir/ignored.log'] },
  });
  expect(read('dir/ignored.log')).toBe('precious\n');
});

test('a rebase does not replay a commit over a file that is ignored since', async () => {
  const { run, read } = clashing({
    inSession: (session) => {
      session.write('ignored.env', 'committed\n');
      session.git('add', '-f', 'ignored.env');
      session.git('commit', '-qm', 'by mistake');
      session.git('rm', '-q', '--cached', 'ignored.env');
      session.git('commit', '-qm', 'not that');
      session.write('ignored.env', 'precious\n');
    },
  });
  expect(await run({ ...leave, rebase: true })).toMatchObject({
    exit: 4,
    code: 'files-in-the-way',
    errorData: { paths: ['ignored.env'] },
  });
  expect(read('ignored.env')).toBe('precious\n');
});

test('what a rebase with conflicts replaced is in the trash', async () => {
  const { run, repo, session } = clashing();
  const message = 'subject\n\n#123 is what it fixes';
  session.git('commit', '-q', '--amend', '--cleanup=verbatim', '-m', message);
  const old = session.git('rev-parse', 'HEAD');
  await run({ ...leave, rebase: true });
  session.write('a.txt', 'one\nboth\nthree\n');
  session.git('add', 'a.txt');
  expect(await run({ continue: true })).toMatchObject({
    exit: 0,
    data: { sessions: [{ result: 'synced', pinned: 'auth~1' }] },
  });
  // what git says of conflicts in the message goes, and nothing of the user's
  expect(session.git('log', '-1', '--format=%B').trim()).toBe(message);
  repo.git('reflog', 'expire', '--expire=now', '--all');
  repo.git('gc', '-q', '--prune=now');
  await operate(restore, { names: ['auth~1'], as: 'back' }, { directory: repo.root });
  expect(repo.git('rev-parse', 'session/back')).toBe(old);
});

test('given up: an edit that git was told not to look at is in the trash', async () => {
  const { run, session, read, restored } = clashing({
    start: (repo) => repo.commit('b.txt', 'b\n'),
  });
  await run(leave);
  session.git('update-index', '--assume-unchanged', 'b.txt');
  session.write('b.txt', 'precious\n');
  expect((await run({ abort: true })).exit).toBe(0);
  expect(read('b.txt')).toBe('b\n');
  expect(await restored('b.txt')).toBe('precious\n');
});

test('given up: a submodule that conflicts and is not there stands in no way', async () => {
  const module = (git: TestRepo['git'], at: string): void => {
    git('update-index', '--add', '--cacheinfo', `160000,${git('rev-parse', at)},sub`);
    git('commit', '-qm', 'sub');
  };
  const { run, session, restored } = clashing({
    start: (repo) => {
      repo.commit('old.txt', 'old\n');
      module(repo.git, 'HEAD');
    },
    inSession: ({ git }) => module(git, 'HEAD'),
    onMain: ({ git }) => {
      git('rm', '-q', 'old.txt');
      module(git, 'HEAD~2');
    },
  });
  expect(await run(leave)).toMatchObject({ errorData: { paths: ['a.txt', 'sub'] } });
  session.write('old.txt', 'precious\n');
  expect((await run({ abort: true })).exit).toBe(0);
  expect(session.git('ls-files', '-u')).toBe('');
  expect(await restored('old.txt')).toBe('precious\n');
});

test('given up: a repository in the place of a file that would come back refuses it', async () => {
  const { run, session, read } = clashing({
    inSession: (made) => made.commit('place', 'a file\n'),
  });
  await run(leave);
  session.git('rm', '-qf', 'place');
  session.git('init', '-q', 'place');
  session.write('place/p', 'committed\n');
  session.git('-C', 'place', 'add', 'p');
  session.git('-C', 'place', 'commit', '-qm', 'p');
  session.write('place/q', 'precious\n');
  expect(await run({ abort: true })).toMatchObject({
    exit: 4,
    code: 'files-in-the-way',
    errorData: { paths: ['place'] },
  });
  expect(read('place/q')).toBe('precious\n');
  rmSync(join(session.worktree, 'place'), { recursive: true });
  expect((await run({ abort: true })).exit).toBe(0);
});

test('given up: a sparse checkout, with a conflict in what it leaves out', async () => {
  const { run, session, restored } = clashing({
    start: (repo) => repo.commit('out/c.txt', '1\n'),
    inSession: (made) => {
      made.commit('out/c.txt', '2\n');
      made.git('sparse-checkout', 'set', '--no-cone', '/*.txt');
    },
    onMain: (repo) => repo.commit('out/c.txt', '3\n'),
  });
  await run(leave);
  session.write('out/c.txt', 'precious\n');
  expect((await run({ abort: true })).exit).toBe(0);
  expect(session.git('status', '--porcelain')).toBe('');
  expect(await restored('out/c.txt')).toBe('precious\n');
});

test('cut off before git began: what somebody has written since stays', async () => {
  const { repo, session, read } = clashing({ start: (made) => made.commit('b.txt', 'b\n') });
  const ref = 'refs/flight-rules/sessions/auth';
  const [from, baseTip] = [session.git('rev-parse', 'HEAD'), repo.git('rev-parse', 'main')];
  const since = '2026-01-01T00:00:00Z';
  const owner = await deadOwner();
  const record: unknown = {
    ...(JSON.parse(repo.git('cat-file', 'blob', ref)) as object),
    intent: { kind: 'resolving', owner, since, step: 'start', gitLocks: [] },
    syncing: { shape: 'merge', from, base: 'main', baseTip, since },
  };
  const file = repo.write('.git/record', JSON.stringify(record));
  repo.git('update-ref', ref, repo.git('hash-object', '-w', file));
  session.write('b.txt', 'precious\n');
  const caller = { directory: repo.root, breakLock: owner.token };
  const answered = await operate(sync, { names: ['auth'] }, caller);
  expect(answered).toMatchObject({ exit: 4, code: 'uncommitted-work' });
  expect(read('b.txt')).toBe('precious\n');
  expect(repo.git('for-each-ref', 'refs/flight-rules/trash')).toBe('');
});

test('nothing is begun while another git holds the index', async () => {
  const { run, session } = clashing();
  const lock = join(session.privateDir, 'index.lock');
  writeFileSync(lock, 'of somebody');
  expect(await run(leave)).toMatchObject({ exit: 4, code: 'operation-in-progress' });
  expect(existsSync(lock)).toBe(true);
  rmSync(lock);
  expect(session.git('status', '--porcelain')).toBe('');
  expect(await run(leave)).toMatchObject({ exit: 5, code: 'conflicts-left' });
});

test('a merge that git noted and did not make is no merge to conclude', async () => {
  const { run, session } = clashing({ onMain: (repo) => repo.commit('new.txt', 'of main\n') });
  expect(await run(leave)).toMatchObject({ exit: 5 });
  const tip = session.git('rev-parse', 'HEAD');
  // as git leaves it where its index was locked at the wrong moment: the note, and nothing else
  const note = readFileSync(join(session.privateDir, 'MERGE_HEAD'));
  session.git('reset', '--hard', '-q');
  writeFileSync(join(session.privateDir, 'MERGE_HEAD'), note);
  expect(await run({ continue: true })).toMatchObject({ exit: 1, code: 'continue-failed' });
  expect(session.git('rev-parse', 'HEAD')).toBe(tip);
  expect(await run({ abort: true })).toMatchObject({ exit: 0 });
  expect(await run(leave)).toMatchObject({ exit: 5 });
});

test('all of it resolved as the session has it: that is a merge', async () => {
  const { run, session } = clashing();
  await run(leave);
  session.git('checkout', '-q', '--ours', 'a.txt');
  session.git('add', 'a.txt');
  expect(await run({ continue: true })).toMatchObject({ exit: 0 });
  expect(session.git('rev-list', '--count', 'main..HEAD')).toBe('2');
});

test('a rebase begun by hand, with work put aside for it, is none of ours to give up', async () => {
  const { run, session } = clashing({ start: (repo) => repo.commit('b.txt', 'b\n') });
  await run({ ...leave, rebase: true });
  session.git('rebase', '--abort');
  session.write('b.txt', 'precious\n');
  expect(() => session.git('rebase', '--autostash', 'main')).toThrow(/CONFLICT|could not apply/u);
  expect(await run({ abort: true })).toMatchObject({ exit: 4, code: 'nothing-to-resolve' });
  session.git('rebase', '--abort');
  expect(session.git('status', '--porcelain')).toBe(' M b.txt');
});

test('what was resolved once is proposed, not concluded; names with tabs are whole', async () => {
  const { run, repo, session, read } = clashing({
    start: (made) => made.commit('t\tab.txt', '1\n'),
    inSession: (made) => made.commit('t\tab.txt', '2\n'),
    onMain: (made) => made.commit('t\tab.txt', '3\n'),
  });
  repo.git('config', 'rerere.enabled', 'true');
  repo.git('config', 'rerere.autoUpdate', 'true');
  const paths = ['a.txt', 't\tab.txt'];
  expect(await run(leave)).toMatchObject({ code: 'conflicts-left', errorData: { paths } });
  session.write('a.txt', 'one\nboth\nthree\n');
  session.git('rerere');
  await run({ abort: true });
  expect(await run(leave)).toMatchObject({ code: 'conflicts-left', errorData: { paths } });
  expect(read('a.txt')).toBe('one\nboth\nthree\n');
});
