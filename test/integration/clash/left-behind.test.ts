// Killed half-way, or without a place to write: the repository is as it was, and an answer comes.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { bundleForTest } from '../../support/bundle.ts';
import { fingerprint } from '../../support/fingerprint.ts';
import { makeRepo, type TestRepo, type TestSession } from '../../support/repo.ts';
import { judge, memoryCache, ownTemporaryFolder, rest, told } from './support.ts';

function clashing(): { repo: TestRepo; sessions: TestSession[] } {
  const repo = makeRepo();
  repo.commit('a.txt', 'a\n');
  const sessions = ['one', 'two', 'three'].map((name) => repo.addSession(name));
  sessions[0]?.write('a.txt', 'one\n');
  sessions[1]?.write('a.txt', 'two\n');
  sessions[2]?.write('other.txt', 'three\n');
  return { repo, sessions };
}

it('is killed in the middle of a merge: nothing is changed, and the next one sweeps', async () => {
  const { repo, sessions } = clashing();
  const temporary = ownTemporaryFolder();
  // a merge driver that says who it is, and hangs
  const note = join(mkdtempSync(join(temporary, 'note-')), 'pid');
  repo.git('config', 'merge.slow.driver', `echo $$ > '${note}'; exec sleep 60`);
  mkdirSync(join(repo.commonDir, 'info'), { recursive: true });
  const attributes = join(repo.commonDir, 'info', 'attributes');
  writeFileSync(attributes, '*.txt merge=slow\n');
  const folders = [repo.root, ...sessions.map(({ worktree }) => worktree)];
  const before = fingerprint(...folders);

  const entry = await bundleForTest(fileURLToPath(new URL('judging-child.ts', import.meta.url)));
  const lines = sessions.map(({ name, worktree, privateDir, git }) =>
    [name, git('rev-parse', 'HEAD'), worktree, privateDir].join('|'),
  );
  const child = spawn(process.execPath, [entry, repo.root, ...lines], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await vi.waitUntil(() => existsSync(note) && readFileSync(note, 'utf8') !== '', 20_000);
  child.kill('SIGKILL');
  await ended;
  // what it had started goes on without it
  process.kill(Number(readFileSync(note, 'utf8')), 'SIGKILL');
  expect(fingerprint(...folders)).toEqual(before);
  const rooms = (): string[] => readdirSync(temporary).filter((name) => name.includes('-room-'));
  expect(rooms()).toHaveLength(1);

  // one that another machine may still be using stays
  const stranger = `flight-rules-room-000000000000-${child.pid}-abcdef`;
  mkdirSync(join(temporary, stranger));
  writeFileSync(attributes, '');
  expect(told(await judge(repo, sessions))[0]).toBe('one-two: clash a.txt (contents)');
  expect(rooms()).toEqual([stranger]);
});

it('answers what it can where no temporary folder can be made', async () => {
  const { repo, sessions } = clashing();
  rest();
  const cache = memoryCache();
  const folders = [repo.root, ...sessions.map(({ worktree }) => worktree)];
  const temporary = ownTemporaryFolder();
  writeFileSync(join(temporary, 'file'), '');
  process.env['TMPDIR'] = join(temporary, 'file');
  const before = fingerprint(...folders);
  const blind = [
    'one-two: unknown no temporary folder can be made to merge in',
    'one-three: clear',
    'two-three: clear',
    'one: clear',
    'two: clear',
    'three: clear',
  ];
  expect(told(await judge(repo, sessions, { cache }))).toEqual(blind);
  process.env['TMPDIR'] = temporary;
  const seen = ['one-two: clash a.txt (contents)', ...blind.slice(1)];
  expect(told(await judge(repo, sessions, { cache }))).toEqual(seen);
  process.env['TMPDIR'] = join(temporary, 'file');
  expect(told(await judge(repo, sessions, { cache }))).toEqual(seen);
  process.env['TMPDIR'] = temporary;
  expect(readdirSync(temporary)).toEqual(['file']);
  expect(fingerprint(...folders)).toEqual(before);
});
