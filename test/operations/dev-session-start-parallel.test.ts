// `dev-session start --parallel`: a session of its own with a log inside.
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { readLog } from '../../src/workflow/session-log.ts';
import { documented, start, take, unchanged, values } from '../support/dev-session.ts';
import { must, textLike } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

test('a session with a log inside, recorded, and how to hand over', async () => {
  const repo = documented();
  const goals = ['Line\n## Next steps\n- forged', '**Base:** forged `$(x)`'];
  const args = ['--parallel', 'auth', '--goal', goals[0] ?? '', '--goal', goals[1] ?? ''];
  const reply = await must(repo.root, [...start, ...args], { TZ: 'UTC' });
  const worktree = `${repo.root}-sessions/auth`;
  expect(reply.at('data')).toMatchObject({
    mode: 'parallel',
    goals,
    session: { name: 'auth', branch: 'session/auth', worktree, goals, base: { name: 'main' } },
    enter: `cd ${worktree}`,
    handOver: textLike(/Nothing more is done for these goals in this checkout/u),
    context: { nextSteps: ['Sign tokens'] },
  });
  const path = reply.text('data.log');
  expect(path).toMatch(/-sessions\/auth\/docs\/session_logs\/\d{8}_\d{4}_auth_session\.md$/u);
  const log = readLog(readFileSync(path, 'utf8'));
  const base = repo.git('rev-parse', 'main');
  expect(log).toMatchObject({
    session: 'auth',
    branch: 'session/auth',
    worktree,
    base: `main (${base})`,
    goals,
    nextSteps: [],
  });
  const status = await must(repo.root, ['parallel', 'status', 'auth']);
  expect(status.at('data.session.log')).toBe(`docs/session_logs/${basename(path)}`);
  // main has nothing of it
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('--task gives the goal; one that is not known is named', async () => {
  const repo = documented();
  const made = await must(repo.root, [...start, '--task', '3.8.2', '--parallel']);
  expect(made.at('data')).toMatchObject({
    goals: ['Clean'],
    session: { name: 'clean' },
    tasks: [{ id: '3.8.2', file: 'docs/implementation/3/3.8.md' }],
  });
  const both = ['--task', '3.8.3', '--goal', 'Mine', '--parallel'];
  expect((await must(repo.root, [...start, ...both])).at('data.goals')).toEqual(['Mine']);
  const unknown = await unchanged(repo, 3, '--task', '9.9', '--parallel');
  expect(unknown.at('error')).toMatchObject({
    code: 'no-such-task',
    data: { known: ['3.8.2', '3.8.3'] },
  });
  writeIn(repo.root, 'docs/implementation/other.md', '## 3.8.2 Else\n**Status**: Planned\n');
  const several = await unchanged(repo, 2, '--task', '3.8.2', '--parallel');
  const ids = several.at('error.data.ids') as string[];
  expect(ids).toContain('docs/implementation/other.md#3.8.2');
  const one = await must(repo.root, [...start, '--task', ids[1] ?? '', '--parallel']);
  expect(one.at('data.goals')).toEqual(['Else']);
});

test('a session that is there is never joined: resume it, or another name', async () => {
  const repo = makeRepo();
  await must(repo.root, [...start, '--goal', 'First', '--parallel', 'auth']);
  const reply = await unchanged(repo, 6, '--goal', 'First', '--parallel', 'auth');
  expect(reply.at('decision.id')).toBe('name');
  expect(values(reply)).toEqual(['resume', 'other']);
  const resumed = await take(reply, 'resume', '/');
  expect(resumed.at('data')).toMatchObject({ mode: 'in-session', session: { name: 'auth' } });
  const other = await take(reply, 'other', '/');
  expect(other.at('data.session')).toMatchObject({ name: 'auth-2', goals: ['First'] });
  // orphaned: resuming is bringing it back
  rmSync(`${repo.root}-sessions/auth`, { recursive: true });
  const orphan = await unchanged(repo, 6, '--goal', 'x', '--parallel', 'auth');
  expect(orphan.text('decision.choices.0.command')).toContain('parallel restore auth');
  // a name that differs in case, a branch, a folder
  repo.git('branch', 'session/loose');
  mkdirSync(`${repo.root}-sessions/folder`);
  for (const name of ['loose', 'folder']) {
    const taken = await unchanged(repo, 6, '--goal', 'x', '--parallel', name);
    expect(taken.at('decision.choices.0.available')).toBe(false);
    expect(taken.at('decision.choices.1.available')).toBe(true);
  }
  expect((await unchanged(repo, 6, '--goal', 'x', '--parallel', 'AUTH')).at('decision.id')).toBe(
    'name',
  );
  expect((await unchanged(repo, 2, '--goal', 'x', '--parallel', 'a b')).at('error.code')).toBe(
    'bad-name',
  );
});

test("a log that the base brought along is not the session's", async () => {
  const repo = makeRepo();
  const first = await must(repo.root, [...start, '--goal', 'One', '--parallel', 'auth']);
  const tree = first.text('data.session.worktree');
  gitIn(tree, 'add', '-A');
  gitIn(tree, 'commit', '-qm', 'log');
  await must(repo.root, ['parallel', 'remove', 'auth', '--strategy', 'merge']);
  const second = await must(repo.root, [...start, '--goal', 'Two', '--parallel', 'auth']);
  expect(second.text('data.log')).not.toBe(first.text('data.log'));
  expect(readLog(readFileSync(second.text('data.log'), 'utf8')).goals).toEqual(['Two']);
});

test('the dirty question names this command', async () => {
  const repo = makeRepo();
  repo.write('README.md', 'changed\n');
  const reply = await unchanged(repo, 6, '--goal', 'One', '--parallel', 'one');
  expect([reply.at('decision.id'), values(reply)]).toEqual(['dirty', ['carry', 'leave']]);
  const made = await take(reply, 'carry', '/');
  expect(made.at('data')).toMatchObject({ mode: 'parallel', session: { name: 'one' } });
});

test('a folder for logs that leads out of the checkout is refused before anything is made', async () => {
  const repo = makeRepo();
  const outside = temporaryFolder();
  mkdirSync(join(repo.root, 'docs'));
  symlinkSync(outside, join(repo.root, 'docs/session_logs'));
  repo.git('add', '-A');
  repo.git('commit', '-qm', 'link');
  for (const mode of ['--parallel', '--standard']) {
    const reply = await unchanged(repo, 4, '--goal', 'One', mode);
    expect(reply.at('error.code')).toBe('log-place-unsafe');
  }
  expect(readdirSync(outside)).toEqual([]);
});

test("the project's template wins", async () => {
  const repo = makeRepo();
  commitIn(repo.root, '.flight-rules/doc-templates/session-log.md', '# Ours {{date}}\n\n## Mood\n');
  const reply = await must(repo.root, [...start, '--goal', 'One', '--parallel']);
  const text = readFileSync(reply.text('data.log'), 'utf8');
  expect(text).toMatch(/^# Ours \d{4}-\d\d-\d\d\n\n\*\*Session:\*\* one\n/u);
  expect(readLog(text).sections.map(({ title }) => title)).toContain('Mood');
});
