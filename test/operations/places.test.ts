// What stands where a session, the trash or the manifest should be, and was put there by somebody
// else: a link that leads out, another project's worktree, a folder, a pipe.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, must } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

const cleanup = ['parallel', 'cleanup', '--yes'];

test("another project's worktree of the same name is not a session that moved", async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'auth']);
  const parent = dirname(root);
  const other = join(parent, 'other');
  mkdirSync(other);
  gitIn(other, 'init', '-q', '-b', 'main');
  commitIn(other, 'a.txt', 'a\n');
  gitIn(other, 'worktree', 'add', '-q', join(parent, 'auth'));
  const link = readFileSync(join(parent, 'auth', '.git'), 'utf8');
  renameSync(other, join(parent, 'other-moved'));
  rmSync(join(`${root}-sessions`, 'auth'), { recursive: true });
  const done = await must(root, cleanup);
  expect(done.at('data.items.0')).toMatchObject({ name: 'auth', reason: 'orphaned' });
  expect(readFileSync(join(parent, 'auth', '.git'), 'utf8')).toBe(link);
});

test("another project's worktree at the very place of a session is not the session", async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'auth']);
  const place = join(`${root}-sessions`, 'auth');
  const foreign = `gitdir: ${join(dirname(root), 'gone', '.git', 'worktrees', 'auth')}\n`;
  writeFileSync(join(place, '.git'), foreign);
  await ask(root, cleanup);
  expect(readFileSync(join(place, '.git'), 'utf8')).toBe(foreign);
});

test('a project that was moved twice knows its sessions each time', async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'auth']);
  for (const name of ['second', 'third']) {
    const parent = join(dirname(dirname(root)), `${dirname(root).split('/').at(-1)}-${name}`);
    mkdirSync(parent);
    const from = name === 'second' ? dirname(root) : `${dirname(root)}-second`;
    renameSync(join(from, 'project'), join(parent, 'project'));
    renameSync(join(from, 'project-sessions'), join(parent, 'project-sessions'));
    const done = await must(join(parent, 'project'), cleanup);
    expect(done.at('data.items.0')).toMatchObject({ name: 'auth', reason: 'moved' });
    const status = await must(join(parent, 'project'), ['parallel', 'status']);
    expect(status.at('data.sessions.0')).toMatchObject({ name: 'auth', health: 'ok' });
  }
  for (const name of ['second', 'third']) rmSync(`${dirname(root)}-${name}`, { recursive: true });
});

test('carrying never writes through a link of the base', async () => {
  const { root } = makeRepo();
  const elsewhere = temporaryFolder();
  writeIn(elsewhere, 'f', 'theirs\n');
  gitIn(root, 'switch', '-q', '-c', 'b');
  symlinkSync(elsewhere, join(root, 'd'));
  gitIn(root, 'add', 'd');
  gitIn(root, 'commit', '-q', '-m', 'a link');
  gitIn(root, 'switch', '-q', 'main');
  writeIn(root, 'd/f', 'mine\n');
  const args = ['parallel', 'create', 'auth', '--base', 'b', '--dirty', 'carry'];
  const refused = await ask(root, args);
  expect([refused.exit, refused.at('error.code')]).toEqual([4, 'carry-impossible']);
  expect(readFileSync(join(elsewhere, 'f'), 'utf8')).toBe('theirs\n');
  expect(readdirSync(elsewhere)).toEqual(['f']);
  expect(gitIn(root, 'for-each-ref', 'refs/heads/session')).toBe('');
});

test('a folder that became a link is carried as the link, not what it leads to', async () => {
  const { root, commit } = makeRepo();
  commit('d/f', 'tracked\n');
  const elsewhere = temporaryFolder();
  writeIn(elsewhere, 'f', 'theirs\n');
  rmSync(join(root, 'd'), { recursive: true });
  symlinkSync(elsewhere, join(root, 'd'));
  const made = await must(root, ['parallel', 'create', 'auth', '--dirty', 'carry']);
  const session = made.text('data.session.worktree');
  expect(gitIn(session, 'status', '--porcelain')).toBe(gitIn(root, 'status', '--porcelain'));
  expect(readdirSync(elsewhere)).toEqual(['f']);
});

test('a folder or a pipe in the place of the manifest is set aside', async () => {
  const { root } = makeRepo();
  const sessions = `${root}-sessions`;
  const manifest = join(sessions, '.manifest.json');
  writeIn(manifest, 'mine.txt', 'mine\n');
  await must(root, ['parallel', 'create', 'one']);
  expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({ sessions: [{ id: 'one' }] });
  const [aside] = readdirSync(sessions).filter((name) => name.includes('.corrupt-'));
  expect(readFileSync(join(sessions, aside ?? '', 'mine.txt'), 'utf8')).toBe('mine\n');
  if (process.platform === 'win32') return;
  rmSync(manifest);
  execFileSync('mkfifo', [manifest]);
  await must(root, ['parallel', 'status']);
  await must(root, ['parallel', 'create', 'two']);
  expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({ version: 1 });
});

test('a manifest that cannot be written is a warning: what was asked for is done', async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'one']);
  // what a writer left is removed first, and a folder is nothing a writer leaves
  mkdirSync(join(`${root}-sessions`, '.manifest.json.1.tmp'));
  const made = await must(root, ['parallel', 'create', 'two']);
  expect(JSON.stringify(made.at('warnings'))).toContain('manifest-not-written');
  const status = await must(root, ['parallel', 'status', 'two']);
  expect(status.at('data.sessions.0')).toMatchObject({ name: 'two', health: 'ok' });
});

test.runIf(process.platform !== 'win32')(
  'pipes where our small files are hang no command',
  async () => {
    const { root } = makeRepo();
    const made = await must(root, ['parallel', 'create', 'one']);
    await must(root, ['parallel', 'create', 'two']);
    const session = made.text('data.session.worktree');
    rmSync(join(session, '.git'));
    execFileSync('mkfifo', [join(session, '.git')]);
    const token = join(root, '.git/worktrees/two/flight-rules/token');
    rmSync(token);
    execFileSync('mkfifo', [token]);
    const status = await must(root, ['parallel', 'status']);
    expect(status.at('data.sessions.0')).toMatchObject({ name: 'one', health: 'unknown' });
    expect(status.at('data.sessions.1')).toMatchObject({ name: 'two', health: 'unknown' });
    mkdirSync(join(root, '.flight-rules'), { recursive: true });
    execFileSync('mkfifo', [join(root, '.flight-rules/config.json')]);
    const refused = await ask(root, ['parallel', 'status']);
    expect([refused.exit, refused.at('error.code')]).toEqual([2, 'bad-config']);
  },
);

test('a project below a folder called .trash is a project like any other', async () => {
  const root = join(temporaryFolder(), '.trash', 'x-1', 'project');
  mkdirSync(root, { recursive: true });
  gitIn(root, 'init', '-q', '-b', 'main');
  commitIn(root, 'a.txt', 'a\n');
  const made = await must(root, ['parallel', 'create', 'one']);
  const two = await ask(made.text('data.session.worktree'), ['parallel', 'create', 'two']);
  expect(two.exit).toBe(0);
});

test('inside the trash of a project only what helps there runs, in the trash folder too', async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'one']);
  const args = ['parallel', 'remove', 'one', '--strategy', 'abandon', '--yes'];
  await must(root, args);
  const trash = `${root}-sessions/.trash`;
  for (const place of [trash, join(trash, 'one-1')]) {
    const refused = await ask(place, ['parallel', 'create', 'two']);
    expect([refused.exit, refused.at('error.code')]).toEqual([4, 'in-trash']);
    await must(place, ['parallel', 'status']);
  }
  await must(trash, ['parallel', 'restore', 'one']);
});

test('a trash folder that is a link: a dangling one is named, a sound one is used', async () => {
  const { root } = makeRepo();
  const made = await must(root, ['parallel', 'create', 'one']);
  const target = join(temporaryFolder(), 'trash');
  symlinkSync(target, `${root}-sessions/.trash`);
  const refused = await ask(root, ['parallel', 'remove', 'one', '--strategy', 'keep']);
  expect([refused.exit, refused.at('error.code')]).toEqual([1, 'disk-failed']);
  expect(existsSync(made.text('data.session.worktree'))).toBe(true);
  mkdirSync(target);
  rmSync(made.text('data.session.worktree'), { recursive: true });
  await must(root, ['parallel', 'restore', 'one']);
  expect(existsSync(join(made.text('data.session.worktree'), 'README.md'))).toBe(true);
  expect(readdirSync(target)).toEqual([]);
});

test('a dangling link in the place of a session takes its name', async () => {
  const { root } = makeRepo();
  mkdirSync(`${root}-sessions`);
  symlinkSync(join(root, 'nowhere'), `${root}-sessions/one`);
  const refused = await ask(root, ['parallel', 'create', 'one']);
  expect([refused.exit, refused.at('error.code')]).toEqual([4, 'name-taken']);
  expect(gitIn(root, 'for-each-ref', 'refs/heads/session', 'refs/flight-rules')).toBe('');
});

test('a worktree whose lock names a living process is not adopted, whoever it is', async () => {
  const { root } = makeRepo();
  const stray = join(temporaryFolder(), 'stray');
  gitIn(root, 'worktree', 'add', '-q', stray);
  gitIn(root, 'worktree', 'lock', '--reason', `codex session (pid ${process.ppid})`, stray);
  const refused = await ask(root, ['parallel', 'adopt', stray]);
  expect([refused.exit, refused.at('error.code')]).toEqual([4, 'not-adoptable']);
  gitIn(root, 'worktree', 'unlock', stray);
  await must(root, ['parallel', 'adopt', stray]);
});
