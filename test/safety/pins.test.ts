import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { branchRef, type Oid } from '../../src/git/oid.ts';
import { ownRef, transact } from '../../src/git/refs.ts';
import { collectPins, oidsIn, writePin, type Pins } from '../../src/safety/pins.ts';
import { adminDir } from '../../src/sessions/project.ts';
import type { TrashEntry } from '../../src/sessions/trash-entry.ts';
import {
  append,
  collectGarbage,
  trashRepo,
  write,
  type TrashRepo,
} from '../support/trash-fixture.ts';

async function pinsOf(repo: TrashRepo, name: string): Promise<{ pins: Pins; entry: TrashEntry }> {
  const facts = await repo.facts(name);
  const { record } = facts;
  if (record === null) throw new Error('no record');
  const pins = await collectPins(repo.project.git, repo.project, {
    privateDir: adminDir(repo.project, record.adminId ?? ''),
    branch: facts.branch,
    branchTip: facts.branchTip,
  });
  const entry: TrashEntry = {
    schema: 1,
    id: `${name}~1`,
    name,
    removedAt: '2026-11-22T12:00:00Z',
    strategy: 'abandon',
    branch: facts.branch,
    branchTip: facts.branchTip,
    head: null,
    record,
    worktree: null,
    privateDir: null,
  };
  return { pins, entry };
}

const everywhere = (pins: Pins): string[] => [
  ...pins.commits,
  ...pins.objects.map((object) => object.oid),
  ...pins.tags,
];

for (const format of ['sha1', 'sha256'] as const) {
  test(`everything the private git dir names survives gc (${format})`, async () => {
    const repo = await trashRepo({ format });
    const path = await repo.session('auth');
    const at = (...args: string[]): string => repo.git(args, path).trimEnd();
    write(path, { 'a.txt': 'committed\n' });
    at('commit', '-qam', 'amended away');
    const amended = at('rev-parse', 'HEAD');
    at('commit', '-q', '--amend', '-m', 'amended');
    write(path, { 'staged.txt': 'only in the index\n' });
    at('add', 'staged.txt');
    const staged = at('rev-parse', ':staged.txt');
    write(path, { 'staged.txt': 'edited again\n', 'later.txt': '' });
    at('add', '-N', 'later.txt');
    at('tag', '-a', '-m', 'a tag', 'passing');
    const tag = at('rev-parse', 'passing');
    appendFileSync(join(adminDir(repo.project, 'auth'), 'FETCH_HEAD'), `${tag}\t\ttag\n`);
    at('tag', '-d', 'passing');

    const { pins, entry } = await pinsOf(repo, 'auth');
    expect(everywhere(pins)).toEqual(expect.arrayContaining([amended, staged, tag]));
    const pin = await writePin(repo.project.git, repo.project, entry, pins);
    await transact(repo.project.git, repo.project.commonDir, [
      { kind: 'own', ref: ownRef('trash', 'auth', '1'), from: null, to: pin },
      { kind: 'own', ref: ownRef('trash-tags', 'auth', '1', tag), from: null, to: tag as Oid },
    ]);
    renameSync(adminDir(repo.project, 'auth'), join(repo.root, '..', 'away'));
    rmSync(path, { recursive: true });
    repo.git(['update-ref', '-d', branchRef((await repo.facts('auth')).branch)]);
    collectGarbage(repo);

    for (const id of everywhere(pins)) repo.git(['cat-file', '-e', id]);
    expect(repo.git(['fsck', '--full', '--no-dangling'])).toBe('');
    const written = repo.git(['log', '-1', '--format=%an <%ae> %s', pin]).trimEnd();
    expect(written).toBe('flight-rules <flight-rules@localhost> flight-rules: trash auth~1');
    expect(JSON.parse(repo.git(['cat-file', 'blob', `${pin}:entry.json`]))).toEqual(entry);
  });
}

test('a reflog of fifty thousand entries is held by one commit', async () => {
  const repo = await trashRepo();
  await repo.session('long');
  const tree = repo.git(['rev-parse', 'main^{tree}']).trimEnd();
  const log = join(repo.project.commonDir, 'worktrees/long/logs/HEAD');
  const commits = Array.from(
    { length: 50_000 },
    (_, i) =>
      `commit refs/made/x\nmark :${i + 1}\ncommitter T <t@t> ${1_700_000_000 + i} +0000\ndata 1\nx\n`,
  );
  execFileSync('git', ['fast-import', '--quiet', '--export-marks=marks'], {
    cwd: repo.root,
    input: commits.join(''),
  });
  const ids = readFileSync(join(repo.root, 'marks'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  append(log, '', ids.map((id) => `${tree} ${id} T <t@t> 1 +0000\tx\n`).join(''));
  const { pins, entry } = await pinsOf(repo, 'long');
  expect(pins.commits.length).toBeGreaterThanOrEqual(50_000);
  const pin = await writePin(repo.project.git, repo.project, entry, pins);
  expect(repo.git(['rev-list', '--parents', '-1', pin]).trimEnd().split(' ')).toHaveLength(
    pins.commits.length + 1,
  );
});

test('an object that the index names and the repository lacks stops it', async () => {
  const repo = await trashRepo();
  const path = await repo.session('hurt');
  write(path, { 'lost.txt': 'lost\n' });
  repo.git(['add', 'lost.txt'], path);
  const id = repo.git(['rev-parse', ':lost.txt'], path).trimEnd();
  rmSync(join(repo.project.commonDir, 'objects', id.slice(0, 2), id.slice(2)));
  const refused = await pinsOf(repo, 'hurt').catch((error: unknown) => error);
  expect(isFlightError(refused, 'objects-missing') && refused.data.oids).toEqual([id]);
});

test('ids are found whole, and not in binary files', () => {
  const id = 'a'.repeat(40);
  expect(oidsIn(Buffer.from(`${id} ${'0'.repeat(40)}\n${id}b ref: x\n`), 40)).toEqual([id]);
  expect(oidsIn(Buffer.from(`${id}\0`), 40)).toEqual([]);
});
