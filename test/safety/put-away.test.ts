import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { bringBack } from '../../src/safety/bring-back.ts';
import { expire } from '../../src/safety/expire.ts';
import { putAway } from '../../src/safety/put-away.ts';
import { adminDir } from '../../src/sessions/project.ts';
import {
  at,
  collectGarbage,
  filesOf,
  fingerprint,
  held,
  owner,
  registryOf,
  type TrashRepo,
  trashRepo,
  write,
} from '../support/trash-fixture.ts';

function leave(
  repo: TrashRepo,
  facts: Awaited<ReturnType<TrashRepo['facts']>>,
  becomes: 'ended' | 'kept' = 'ended',
): ReturnType<typeof putAway> {
  const strategy = becomes === 'ended' ? 'abandon' : 'keep';
  return putAway(repo.project, held(repo), facts, { strategy, becomes, at });
}

test('a session leaves whole, and its admin id stays reserved', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { '.env': 'SECRET=1\n', 'new.txt': 'new\n' });
  const before = filesOf(path);
  const { id, entry, branchDeleted } = await leave(repo, await repo.facts('auth'));
  expect({ id, branchDeleted }).toEqual({ id: 'auth~1', branchDeleted: true });
  expect(existsSync(path)).toBe(false);
  expect(filesOf(entry.worktree?.path ?? '')).toEqual(before);
  expect(readdirSync(adminDir(repo.project, 'auth'))).toEqual(['locked']);
  expect(repo.git(['branch', '--list', 'session/*'])).toBe('');
  expect((await registryOf(repo)).sessions.size).toBe(0);
  collectGarbage(repo);
  repo.git(['fsck', '--full']);
  repo.git(['worktree', 'prune']);
  expect(readdirSync(adminDir(repo.project, 'auth'))).toEqual(['locked']);
  await repo.session('auth');
  expect(readdirSync(join(repo.project.commonDir, 'worktrees')).toSorted()).toEqual([
    'auth',
    'auth1',
  ]);
});

test('an orphan leaves with its private git dir, and one without it in one transaction', async () => {
  const repo = await trashRepo();
  const half = await repo.session('half');
  rmSync(half, { recursive: true });
  const { entry } = await leave(repo, await repo.facts('half'));
  expect(entry.worktree).toBeNull();
  expect(existsSync(join(entry.privateDir?.path ?? '', 'index'))).toBe(true);

  const none = await repo.session('none');
  rmSync(none, { recursive: true });
  rmSync(adminDir(repo.project, 'none'), { recursive: true });
  const gone = await leave(repo, await repo.facts('none'));
  expect([gone.entry.worktree, gone.entry.privateDir]).toEqual([null, null]);
  expect(gone.entry.branchTip).not.toBeNull();
  expect((await registryOf(repo)).trash.map((stored) => stored.entry.id).toSorted()).toEqual([
    'half~1',
    'none~1',
  ]);
});

test('a kept session keeps branch and record; ended later it points at the same directories', async () => {
  const repo = await trashRepo();
  const path = await repo.session('Later');
  write(path, { '.env': 'x\n' });
  const kept = await leave(repo, await repo.facts('Later'), 'kept');
  expect(kept.branchDeleted).toBe(false);
  const { record } = await repo.facts('Later');
  expect([record?.state, record?.trash, record?.intent]).toEqual(['kept', 'Later~1', undefined]);
  const ended = await leave(repo, await repo.facts('Later'));
  expect(ended.id).toBe('Later~2');
  expect(ended.entry.worktree).toEqual(kept.entry.worktree);
  expect(ended.entry.privateDir).toEqual(kept.entry.privateDir);
  expect(ended.branchDeleted).toBe(true);
});

test('names, paths and hashes of every kind', async () => {
  for (const options of [
    { folder: 'a b\nc ünï' },
    { format: 'sha256' },
    { separate: true },
    { folder: `${'d'.repeat(200)}/${'e'.repeat(200)}` },
  ] as const) {
    const repo = await trashRepo(options);
    const path = await repo.session('auth');
    write(path, { 'x.txt': 'x\n' });
    const before = filesOf(path);
    const { entry } = await leave(repo, await repo.facts('auth'));
    expect(filesOf(entry.worktree?.path ?? '')).toEqual(before);
  }
});

test('a destination that exists is never overwritten: the next number is taken', async () => {
  const repo = await trashRepo();
  await repo.session('auth');
  mkdirSync(join(repo.project.sessionsDir, '.trash', 'auth-1'), { recursive: true });
  const { id } = await leave(repo, await repo.facts('auth'));
  expect(id).toBe('auth~2');
});

test.runIf(existsSync('/dev/shm'))(
  'sessions on another file system than the repository',
  async () => {
    const other = execFileSync('mktemp', ['-d', '/dev/shm/trash-XXXXXX'], {
      encoding: 'utf8',
    }).trim();
    try {
      const repo = await trashRepo({ sessionsDir: join(other, 'sessions') });
      const path = await repo.session('far');
      const { entry } = await leave(repo, await repo.facts('far'));
      expect(entry.worktree?.path).toBe(join(other, 'sessions', '.trash', 'far-1'));
      expect(existsSync(path)).toBe(false);
      // and a worktree that is not where sessionsDir is now: its trash is beside it
      const moved = { ...repo.project, sessionsDir: repo.root };
      await repo.session('near');
      const facts = await repo.facts('near');
      const held = { git: repo.project.git, owner };
      const left = await putAway(moved, held, facts, { strategy: 'abandon', becomes: 'ended', at });
      expect(left.entry.worktree?.path).toBe(
        join(other, 'sessions', '.flight-rules-trash', 'near-1'),
      );
    } finally {
      rmSync(other, { recursive: true });
    }
  },
);

test('what moved since it was looked at is refused, and nothing changes', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  const facts = await repo.facts('auth');
  repo.git(['commit', '-q', '--allow-empty', '-m', 'later'], path);
  const before = fingerprint(repo, path);
  const refused = await leave(repo, facts).catch((error: unknown) => error);
  expect(isFlightError(refused, 'plan-changed')).toBe(true);
  expect(fingerprint(repo, path)).toEqual(before);
});

test('a branch that another worktree has checked out, or a wrong token, is refused', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  const facts = await repo.facts('auth');
  repo.git(['switch', '-q', '--detach'], path);
  repo.git(['switch', '-q', 'session/auth']);
  const inUse = await leave(repo, facts).catch((error: unknown) => error);
  expect(isFlightError(inUse, 'branch-in-use')).toBe(true);
  repo.git(['switch', '-q', 'main']);
  writeFileSync(join(adminDir(repo.project, 'auth'), 'flight-rules/token'), 'another');
  const notOurs = await leave(repo, facts).catch((error: unknown) => error);
  expect(isFlightError(notOurs, 'not-ours')).toBe(true);
  expect(existsSync(path)).toBe(true);
  expect((await registryOf(repo)).trash).toEqual([]);
});

test('a rename that fails half-way is taken back', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { 'new.txt': 'new\n' });
  const facts = await repo.facts('auth');
  const before = fingerprint(repo, path);
  const record = facts.recordOid;
  // a file where the folder of private git dirs has to be: the second rename cannot be made
  mkdirSync(join(repo.project.commonDir, 'flight-rules'), { recursive: true });
  writeFileSync(join(repo.project.commonDir, 'flight-rules/trash'), '');
  const failed = await leave(repo, facts).catch((error: unknown) => error);
  expect(isFlightError(failed, 'disk-failed')).toBe(true);
  expect(fingerprint(repo, path)).toEqual(before);
  expect(existsSync(join(adminDir(repo.project, 'auth'), 'locked'))).toBe(false);
  const registry = await registryOf(repo);
  expect(registry.trash).toEqual([]);
  expect([...registry.sessions.values()].map((stored) => stored.oid)).toEqual([record]);
  expect(readFileSync(join(path, 'new.txt'), 'utf8')).toBe('new\n');
});

test('a tag object that only the session names, and a lock of the user, come along', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  repo.git(['tag', '-a', '-m', 'passing', 'passing'], path);
  const tag = repo.git(['rev-parse', 'passing']).trim();
  repo.git(['tag', '-d', 'passing']);
  writeFileSync(join(adminDir(repo.project, 'auth'), 'FETCH_HEAD'), `${tag}\t\ttag 'passing'\n`);
  repo.git(['worktree', 'lock', '--reason', 'process 1 is gone', path]);
  const { entry } = await leave(repo, await repo.facts('auth'));
  collectGarbage(repo);
  expect(repo.git(['cat-file', '-t', tag])).toBe('tag\n');
  expect(readFileSync(join(entry.privateDir?.path ?? '', 'locked'), 'utf8').trim()).toBe(
    'process 1 is gone',
  );
  const [stored] = (await registryOf(repo)).trash;
  if (stored === undefined) throw new Error('no entry');
  await bringBack(repo.project, { git: repo.project.git, owner }, stored);
  expect((await repo.facts('auth')).place).toMatchObject({ locked: 'process 1 is gone' });
  const again = await leave(repo, await repo.facts('auth'));
  const both = (await registryOf(repo)).trash.map((one) => one.entry.id).toSorted();
  expect([again.id, ...both]).toEqual(['auth~2', 'auth~1', 'auth~2']);
  for (const one of (await registryOf(repo)).trash) {
    await expire(repo.project, { git: repo.project.git, owner }, one);
  }
  expect(repo.git(['for-each-ref', 'refs/flight-rules'])).toBe('');
});

test('what the operation has learnt goes into the record', async () => {
  const repo = await trashRepo();
  await repo.session('auth');
  const held = { git: repo.project.git, owner };
  const { entry } = await putAway(repo.project, held, await repo.facts('auth'), {
    strategy: 'pr',
    becomes: 'in-review',
    at,
    extraRecord: { pullRequest: { url: 'https://example.com/1', number: 1 } },
  });
  const { record } = await repo.facts('auth');
  expect([record?.state, record?.pullRequest?.number]).toEqual(['in-review', 1]);
  expect(entry.record.pullRequest?.number).toBe(1);
});
