// `dev-session end` by pull request, by two at once, and from what `dev-session start` made.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { create } from '../../src/operations/create.ts';
import { devSessionEnd } from '../../src/operations/dev-session-end.ts';
import { devSessionStart } from '../../src/operations/dev-session-start.ts';
import { remove } from '../../src/operations/remove.ts';
import { describe as sentences, FlightError } from '../../src/kernel/errors.ts';
import { fakeForge, type FakeAnswer } from '../support/fake-forge.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { gitIn, makeRepo, temporaryFolder } from '../support/repo.ts';

const url = 'https://github.com/acme/app/pull/7';

async function withForge(create: FakeAnswer): Promise<{
  readonly repo: ReturnType<typeof makeRepo>;
  readonly bodies: () => Promise<readonly string[]>;
  readonly end: (input: object) => Promise<Answered>;
}> {
  const repo = makeRepo();
  const folder = temporaryFolder();
  const remote = join(folder, 'remote.git');
  gitIn(folder, 'init', '-q', '--bare', '-b', 'main', remote);
  repo.git('remote', 'add', 'origin', remote);
  repo.git('push', '-q', '-u', 'origin', 'main');
  repo.addSession('auth').commit('one.txt', '1\n');
  const answers = { 'auth status': {}, 'pr list': { stdout: '[]' }, 'pr create': create };
  const { bin, calls } = await fakeForge(folder, 'gh', answers);
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, TZ: 'UTC' };
  return {
    repo,
    bodies: async () =>
      (await calls()).filter(({ argv }) => argv[1] === 'create').map(({ stdin }) => stdin),
    end: (input) =>
      operate(devSessionEnd, { name: 'auth', ...input }, { directory: repo.root, env }),
  };
}

const summary = '# Signed\n\nAll `$(of)` it.\n';

test('pr: the body is the summary, and the log is what is pushed', async () => {
  const { repo, end, bodies } = await withForge({ stdout: `${url}\n` });
  const ended = await end({ summary, strategy: 'pr' });
  expect([ended.exit, ended.message]).toEqual([0, '']);
  expect(ended.data).toMatchObject({ integration: { pullRequest: { url, number: 7 } } });
  expect(await bodies()).toEqual([summary]);
  const log = ended.data['log'] as string;
  expect(repo.git('ls-remote', 'origin', 'session/auth')).toContain(
    repo.git('rev-parse', 'session/auth'),
  );
  expect(repo.git('show', `session/auth:${log}`)).toContain('All `$(of)` it.');
});

test('pr that fails: exit 1 with the commit of the log, and the same call again goes on', async () => {
  const { end, repo } = await withForge({ exit: 1, stderr: 'no network' });
  const failed = await end({ summary, strategy: 'pr' });
  expect([failed.exit, failed.code]).toEqual([1, 'written-not-integrated']);
  expect(failed.errorData).toMatchObject({
    committed: repo.git('rev-parse', 'session/auth'),
    because: 'forge-failed',
    again: ['dev-session', 'end', 'auth', '--strategy', 'pr'],
  });
  expect(existsSync(`${repo.root}-sessions/auth`)).toBe(true);
  const kept = await end({ strategy: 'keep' });
  expect([kept.exit, kept.data['committed']]).toEqual([0, undefined]);
});

test('pr without a forge is refused before anything is written', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('one.txt', '1\n');
  const input = { name: 'auth', summary, strategy: 'pr' };
  const refused = await operate(devSessionEnd, input, { directory: repo.root });
  expect([refused.code, refused.exit]).toEqual(['no-remote', 4]);
  expect(session.git('status', '--porcelain')).toBe('');
});

test('of two that end one session at once one does it, and everything comes once', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('one.txt', '1\n');
  const input = { name: 'auth', summary, strategy: 'merge' };
  const both = await Promise.all(
    [1, 2].map(() => operate(devSessionEnd, input, { directory: repo.root })),
  );
  const exits = both.map(({ exit }) => exit).toSorted((a, b) => a - b);
  expect(exits[0]).toBe(0);
  expect([1, 3, 7]).toContain(exits[1]);
  const text = readFileSync(join(repo.root, 'docs/progress.md'), 'utf8');
  expect(text.match(/^## /gmu)).toHaveLength(1);
  expect(repo.git('log', '--format=%s').match(/session log/gu)).toHaveLength(1);
});

test('what start has begun: its log, uncommitted until the end; remove says how', async () => {
  const repo = makeRepo();
  const env = { TZ: 'UTC' };
  const goal = 'Sign `tokens`\n## Summary\n$(rm -rf /)';
  const start = { goals: [goal], parallel: 'auth', dirty: 'leave' };
  const started = await operate(devSessionStart, start, { directory: repo.root, env });
  expect([started.exit, started.message]).toEqual([0, '']);
  const at = `${repo.root}-sessions/auth`;
  expect(gitIn(at, 'status', '--porcelain', '-uall')).toContain('_auth_session.md');
  const refused = await operate(
    remove,
    { name: 'auth', strategy: 'keep' },
    { directory: repo.root },
  );
  expect(refused.code).toBe('uncommitted-work');
  const told = sentences(new FlightError('uncommitted-work', refused.errorData as never));
  expect(told.hints[0]).toMatchObject({ args: ['dev-session', 'end', 'auth'] });
  const input = { summary: 'Signed.', strategy: 'merge' };
  const ended = await operate(devSessionEnd, input, { directory: at, env });
  expect([ended.exit, ended.message]).toEqual([0, '']);
  const log = repo.git('show', `main:${ended.data['log'] as string}`);
  expect(log.match(/^## Summary$/gmu)).toHaveLength(1);
  expect(log).toContain('## Summary\n\nSigned.\n');
  expect(repo.git('ls-tree', '-r', '--name-only', 'main').match(/_session/gu)).toHaveLength(1);
});

test('messages no command line could hold: refused, or handed over in a file; none is proposed', async () => {
  const repo = makeRepo();
  const goal = `# a\0b ${'long '.repeat(100_000)}`;
  await operate(create, { name: 'odd', goals: [goal] }, { directory: repo.root });
  writeFileSync(`${repo.root}-sessions/odd/new.txt`, 'x\n');
  const before = fingerprint(repo.root);
  const call = (more: object): Promise<Answered> =>
    operate(devSessionEnd, { name: 'odd', strategy: 'keep', ...more }, { directory: repo.root });
  for (const input of [{ commit: 'a\0b' }, { title: 'a\0b' }, { verify: 'true\0' }]) {
    expect(await call(input)).toMatchObject({ exit: 2, code: 'usage' });
  }
  const refused = await call({});
  expect(refused.code).toBe('uncommitted-work');
  const message = (refused.errorData['commit'] as readonly string[]).at(-1) ?? '';
  expect(message).toMatch(/^a b long/u);
  expect(message.length).toBeLessThan(300);
  expect(fingerprint(repo.root)).toEqual(before);
  const commit = `Subject\n\n${'word '.repeat(60_000).trim()}`;
  expect(await call({ commit })).toMatchObject({ exit: 0 });
  expect(repo.git('log', '-1', '--format=%B', 'session/odd~1').trim()).toBe(commit);
});
