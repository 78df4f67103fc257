// The main checkout became dirty while sessions were at work: told by the times of what differs.
import { chmodSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ledgerPath } from '../../src/agents/ledger.ts';
import { remove } from '../../src/operations/remove.ts';
import type { MainStatus } from '../../src/operations/shapes/status.ts';
import { status } from '../../src/operations/status.ts';
import { fingerprint, operate } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

/** Sessions of tests start at 15:22. */
const before = new Date('2026-11-22T15:21:00Z');
const later = new Date('2026-11-22T15:30:00Z');

/** Writes a file in the main checkout, and says that it was then. */
function write(repo: TestRepo, path: string, time: Date): void {
  const file = repo.write(path, `changed ${path}\n`);
  utimesSync(file, time, time);
  age(repo, path, time);
}

/** The folders above it, too: they remember when something came or went. */
function age(repo: TestRepo, path: string, time: Date): void {
  const folder = dirname(path);
  utimesSync(join(repo.root, folder), time, time);
  if (folder !== '.') age(repo, folder, time);
}

async function look(repo: TestRepo): Promise<{
  readonly became: MainStatus['becameDirty'];
  readonly said: string | undefined;
}> {
  const prints = fingerprint(repo.root);
  const answered = await operate(status, {}, { directory: repo.root });
  expect(answered.exit).toBe(0);
  expect(fingerprint(repo.root)).toEqual(prints);
  const main = answered.data['main'] as MainStatus;
  const warning = answered.warnings.find(({ code }) => code === 'main-became-dirty');
  expect(warning === undefined).toBe(main.becameDirty === undefined);
  return { became: main.becameDirty, said: warning?.message };
}

const nothing = { became: undefined, said: undefined };

test('changed, new and deleted files since, named up to five', async () => {
  const repo = makeRepo();
  repo.commit('gone.txt', 'here\n');
  repo.addSession('auth');
  expect(await look(repo)).toEqual(nothing);
  write(repo, 'README.md', later);
  for (const name of ['a', 'b', 'c', 'd', 'e']) write(repo, `${name}.txt`, later);
  write(repo, 'old.txt', before);
  rmSync(join(repo.root, 'gone.txt'));
  utimesSync(repo.root, later, later);
  const { became, said } = await look(repo);
  expect(became).toMatchObject({ since: '2026-11-22T15:22:00Z', count: 7, deleted: 1 });
  expect(became?.paths).toHaveLength(5);
  expect(became?.paths).not.toContain('old.txt');
  expect(said).toContain('README.md');
  expect(said).toContain('and 2 more (1 deleted, perhaps earlier)');
});

test('what was there when the oldest session began is no sign', async () => {
  const repo = makeRepo();
  repo.addSession('auth');
  write(repo, 'README.md', before);
  write(repo, 'new/a.txt', before);
  expect(await look(repo)).toEqual(nothing);
  // nor is what was changed in the very second it began, or another mode
  utimesSync(join(repo.root, 'README.md'), later, new Date('2026-11-22T15:22:00.900Z'));
  chmodSync(join(repo.root, 'README.md'), 0o755);
  expect(await look(repo)).toEqual(nothing);
});

test('a deletion is no sign if its folder was not changed since', async () => {
  const repo = makeRepo();
  repo.commit('dir/gone.txt', 'here\n');
  repo.commit('dir/stays.txt', 'here\n');
  repo.addSession('auth');
  rmSync(join(repo.root, 'dir', 'gone.txt'));
  age(repo, 'dir/gone.txt', before);
  expect(await look(repo)).toEqual(nothing);
  rmSync(join(repo.root, 'dir'), { recursive: true });
  utimesSync(repo.root, later, later);
  expect((await look(repo)).became).toMatchObject({ count: 2, deleted: 2 });
});

test('without a session at work there is nobody to suspect', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  write(repo, 'README.md', later);
  expect((await look(repo)).became).toMatchObject({ paths: ['README.md'] });
  rmSync(session.worktree, { recursive: true });
  expect(await look(repo)).toEqual(nothing);
  const other = makeRepo();
  other.addSession('kept');
  await operate(remove, { name: 'kept', strategy: 'keep' }, { directory: other.root });
  write(other, 'README.md', later);
  expect(await look(other)).toEqual(nothing);
});

test('what we write there ourselves is no sign: logs, progress, what init installed', async () => {
  const repo = makeRepo();
  repo.addSession('auth');
  write(repo, 'docs/session_logs/20261122_1530_session.md', later);
  write(repo, 'docs/progress.md', later);
  write(repo, '.agents/skills/x/SKILL.md', later);
  const files = [
    {
      path: '.agents/skills/x/SKILL.md',
      kind: 'file',
      surface: 'skill',
      sha256: '',
      version: '1',
    },
  ];
  const ledger = { version: 1, spelling: 'path', agents: [], extras: [], folders: [], files };
  utimesSync(repo.write(ledgerPath, JSON.stringify(ledger)), later, later);
  expect(await look(repo)).toEqual(nothing);
  // beside them, it is one
  write(repo, 'docs/notes.md', later);
  expect((await look(repo)).became).toMatchObject({ count: 1, paths: ['docs/notes.md'] });
});

test('worktrees that lie in the checkout are no sign', async () => {
  const repo = makeRepo();
  repo.addSession('auth');
  repo.git('worktree', 'add', '-q', '.claude/worktrees/fix');
  expect(await look(repo)).toEqual(nothing);
});
