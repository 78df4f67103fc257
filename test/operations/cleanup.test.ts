// cleanup: plan, consent, execution, report; and all it must never touch.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cleanup } from '../../src/operations/cleanup.ts';
import { create } from '../../src/operations/create.ts';
import { restore } from '../../src/operations/restore.ts';
import { status } from '../../src/operations/status.ts';
import {
  fingerprint,
  forgetUnreachable,
  operate,
  type Answered,
  type Caller,
} from '../support/operate.ts';
import { gitIn, makeRepo, type TestRepo, type TestSession } from '../support/repo.ts';

const clean = (repo: TestRepo, input: object, caller: Partial<Caller> = {}): Promise<Answered> =>
  operate(cleanup, { ...input }, { directory: repo.root, ...caller });

/** Asks; nothing has changed. */
async function asked(
  repo: TestRepo,
  input: object,
  caller: Partial<Caller> = {},
): Promise<Answered> {
  const before = fingerprint(repo.root);
  const answered = await clean(repo, input, caller);
  expect(fingerprint(repo.root)).toEqual(before);
  return answered;
}

interface Item {
  readonly name: string;
  readonly reason: string;
  readonly done: boolean;
  readonly onlyHere: number | null;
}

const items = ({ data }: Answered): Item[] => data['items'] as Item[];
const untouched = ({ data }: Answered): { what: string; why: string }[] =>
  data['untouched'] as { what: string; why: string }[];

/** Sessions whose folder is gone; `spared` keeps the sessions directory from looking unmounted. */
function orphans(repo: TestRepo, ...names: string[]): TestSession[] {
  repo.addSession('spared');
  return names.map((name) => {
    const session = repo.addSession(name);
    session.commit(`${name}.txt`, 'work\n');
    rmSync(session.worktree, { recursive: true });
    return session;
  });
}

test('orphaned: proposed with all that goes, done on consent, back by restore', async () => {
  const repo = makeRepo();
  const [auth] = orphans(repo, 'auth', 'billing');
  const dry = await asked(repo, { dryRun: true, yes: true });
  expect(dry).toMatchObject({
    exit: 0,
    data: {
      dryRun: true,
      items: [
        {
          name: 'auth',
          reason: 'orphaned',
          onlyHere: 1,
          done: false,
          restore: { argv: ['parallel', 'restore', 'auth'] },
        },
        { name: 'billing', reason: 'orphaned', onlyHere: 1, done: false },
      ],
    },
  });
  const question = await asked(repo, {});
  expect(question).toMatchObject({ exit: 6, decision: { id: 'cleanup' } });
  expect(question.data['items']).toEqual(dry.data['items']);
  const choices = question.decision?.choices.map(({ value, args }) => [value, ...args]);
  expect(choices).toEqual([
    ['clean', 'parallel', 'cleanup', 'auth', 'billing', '--yes'],
    ['restore', 'parallel', 'restore', 'auth', 'billing'],
    ['leave', 'parallel', 'status'],
  ]);
  const done = await clean(repo, { yes: true });
  expect(done).toMatchObject({
    exit: 0,
    data: { items: [{ name: 'auth', done: true, trash: { id: 'auth~1' } }, { done: true }] },
  });
  expect(repo.git('for-each-ref', 'refs/heads/session')).not.toContain('auth');
  expect(existsSync(join(repo.commonDir, 'worktrees', 'auth', 'HEAD'))).toBe(false);
  forgetUnreachable(repo.root);
  const back = await operate(restore, { names: ['auth', 'billing'] }, { directory: repo.root });
  expect(back.exit).toBe(0);
  expect(auth?.git('status', '--porcelain')).toBe('');
  expect(await asked(repo, { yes: true })).toMatchObject({ exit: 0, data: { items: [] } });
});

test('commits on a detached HEAD are counted among those that are nowhere else', async () => {
  const repo = makeRepo();
  repo.addSession('spared');
  const session = repo.addSession('auth');
  session.commit('a.txt', 'a\n');
  session.git('checkout', '-q', '--detach');
  session.commit('b.txt', 'b\n');
  rmSync(session.worktree, { recursive: true });
  const planned = await asked(repo, { dryRun: true });
  expect(items(planned)).toMatchObject([{ name: 'auth', onlyHere: 2 }]);
});

test('not touched: healthy, locked, foreign, strays, plain folders, sessions in use', async () => {
  const repo = makeRepo();
  const [gone] = orphans(repo, 'locked-orphan');
  repo.git('worktree', 'lock', '--reason', 'on a stick', gone?.worktree ?? '');
  const locked = repo.addSession('locked');
  repo.git('worktree', 'lock', locked.worktree);
  repo.git('worktree', 'add', '-q', '--detach', join(`${repo.root}-sessions`, 'stray'));
  mkdirSync(join(`${repo.root}-sessions`, 'plain'));
  const used = repo.addSession('used');
  used.commit('used.txt', 'used\n');
  repo.git('merge', '-q', 'session/used');
  const child = spawn('sleep', ['300'], { cwd: used.worktree, stdio: 'ignore' });
  const caller = spawn('sleep', ['300'], { cwd: repo.root, stdio: 'ignore' });
  await Promise.all([once(child, 'spawn'), once(caller, 'spawn')]);
  onTestFinished(() => void (child.kill(), caller.kill()));
  const from = { pid: caller.pid ?? 0 };
  const answered = await asked(repo, { landed: true, yes: true }, from);
  expect(answered.exit).toBe(0);
  expect(items(answered)).toEqual([]);
  const why: Record<string, string> = Object.fromEntries(
    untouched(answered).map((one) => [one.what.split('/').at(-1) ?? '', one.why] as const),
  );
  expect(why['locked-orphan']).toContain('on a stick');
  expect(why['used']).toContain('sleep 300');
  expect(why['stray']).toBeTruthy();
  expect(why['plain']).toBeUndefined();
});

test('landed only with --landed or by name, and all refusals of remove apply', async () => {
  const repo = makeRepo();
  for (const name of ['auth', 'dirty', 'open'])
    repo.addSession(name).commit(`${name}.txt`, 'work\n');
  for (const name of ['auth', 'dirty']) repo.git('merge', '-q', '--no-edit', `session/${name}`);
  writeFileSync(join(`${repo.root}-sessions`, 'dirty', 'new.txt'), 'new\n');
  repo.addSession('fresh');
  expect(items(await asked(repo, { dryRun: true }))).toEqual([]);
  const planned = await asked(repo, { dryRun: true, landed: true });
  expect(items(planned)).toMatchObject([{ name: 'auth', reason: 'landed', onlyHere: 0 }]);
  expect(untouched(planned)).toMatchObject([
    { what: 'dirty', why: expect.stringContaining('new.txt') as string },
  ]);
  const byName = await asked(repo, { dryRun: true, names: ['auth', 'open', 'fresh'] });
  expect(items(byName).map(({ name }) => name)).toEqual(['auth']);
  expect(untouched(byName)).toEqual([
    { what: 'fresh', why: 'it is healthy and has not landed' },
    { what: 'open', why: 'it is healthy and has not landed' },
  ]);
  expect(await asked(repo, { names: ['nobody'] })).toMatchObject({
    exit: 3,
    code: 'no-such-session',
  });
});

test('a sessions directory that may be an unmounted disk', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('a.txt', 'a\n');
  renameSync(`${repo.root}-sessions`, `${repo.root}-elsewhere`);
  const dry = await asked(repo, { dryRun: true });
  expect(dry.exit).toBe(0);
  expect(dry.warnings.map(({ code }) => code)).toContain('sessions-dir-missing');
  const refused = await asked(repo, { yes: true });
  expect(refused).toMatchObject({ exit: 4, code: 'sessions-dir-missing' });
  expect(await operate(create, { name: 'new' }, { directory: repo.root })).toMatchObject({
    exit: 4,
    code: 'sessions-dir-missing',
  });
  const named = await clean(repo, { names: ['auth'], yes: true });
  expect(named).toMatchObject({ exit: 0, data: { items: [{ name: 'auth', done: true }] } });
});

test('moved by hand: links are mended, of submodules too; nothing else changes', async () => {
  const repo = makeRepo();
  const library = join(repo.root, '..', 'library');
  mkdirSync(library);
  gitIn(library, 'init', '-q', '-b', 'main');
  gitIn(library, 'commit', '-q', '--allow-empty', '-m', 'lib');
  repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'sub');
  repo.git('commit', '-qm', 'with a submodule');
  const session = repo.addSession('auth');
  session.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
  const tip = session.commit('a.txt', 'a\n');
  session.write('a.txt', 'edited\n');
  const to = join(`${repo.root}-sessions`, 'renamed');
  renameSync(session.worktree, to);
  const dry = await asked(repo, { dryRun: true });
  expect(items(dry)).toMatchObject([{ name: 'auth', reason: 'moved' }]);
  expect(await asked(repo, {})).toMatchObject({ exit: 6 });
  expect(await clean(repo, { yes: true })).toMatchObject({
    exit: 0,
    data: { items: [{ done: true }] },
  });
  expect(gitIn(to, 'rev-parse', 'HEAD')).toBe(tip);
  expect(gitIn(to, 'status', '--porcelain')).toBe(' M a.txt');
  expect(gitIn(join(to, 'sub'), 'rev-parse', '--show-toplevel')).toBe(join(to, 'sub'));
  expect(repo.git('worktree', 'list', '--porcelain')).toContain(to);
  const now = await operate(status, { name: 'auth' }, { directory: repo.root });
  expect(now.data['session']).toMatchObject({ health: 'ok', worktree: to });
});

test("moved to the caller's place: the answer's command finds it, too", async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  repo.addSession('spared');
  session.commit('a.txt', 'a\n');
  const far = join(repo.root, '..', 'far', 'away');
  mkdirSync(join(far, '..'), { recursive: true });
  renameSync(session.worktree, far);
  const question = await asked(repo, {}, { directory: far });
  expect(items(question)).toMatchObject([{ name: 'auth', reason: 'moved' }]);
  const args = question.decision?.choices[0]?.args ?? [];
  expect(args).toContain('-C');
  expect(args[args.indexOf('-C') + 1]).toBe(far);
});

test('another plan under the lock is a new decision, and nothing has happened', async () => {
  const repo = makeRepo();
  orphans(repo, 'auth');
  // between plan and lock somebody commits to the orphan's branch
  const beforeLock = (): void => {
    const tree = repo.git('rev-parse', 'session/auth^{tree}');
    const commit = repo.git('commit-tree', tree, '-p', 'session/auth', '-m', 'late');
    repo.git('update-ref', 'refs/heads/session/auth', commit);
  };
  const answered = await clean(repo, { yes: true }, { beforeLock });
  expect(answered).toMatchObject({ exit: 6, data: { items: [{ name: 'auth', onlyHere: 2 }] } });
  expect(repo.git('for-each-ref', 'refs/heads/session/auth')).not.toBe('');
  expect(repo.git('for-each-ref', 'refs/flight-rules/trash')).toBe('');
});

test('one that fails: exit 1, the others are done', async () => {
  const repo = makeRepo();
  orphans(repo, 'auth', 'billing');
  // its branch is checked out by somebody else: it must not go
  repo.git('worktree', 'add', '-q', '--force', `${repo.root}-foreign`, 'session/auth');
  const answered = await clean(repo, { yes: true });
  expect(answered).toMatchObject({ exit: 1, code: 'partly-done' });
  expect(answered.errorData['items']).toMatchObject([
    { name: 'auth', done: false, error: { code: 'branch-in-use' } },
    { name: 'billing', done: true },
  ]);
  const now = await operate(status, { name: 'auth' }, { directory: repo.root });
  expect(now.data['session']).toMatchObject({ health: 'orphaned' });
});

test('both folder and branch of a manifest entry are gone: only the entry goes', async () => {
  const repo = makeRepo();
  repo.addSession('spared');
  const worktree = `${repo.root}-sessions/old`;
  const entry = { id: 'old', branch: 'session/old', worktree, goals: [], status: 'active' };
  const manifest = join(`${repo.root}-sessions`, '.manifest.json');
  writeFileSync(manifest, JSON.stringify({ version: 1, project: 'project', sessions: [entry] }));
  const answered = await clean(repo, { yes: true });
  expect(answered).toMatchObject({ exit: 0, data: { items: [{ name: 'old', done: true }] } });
  expect(readFileSync(manifest, 'utf8')).not.toContain('"old"');
});
