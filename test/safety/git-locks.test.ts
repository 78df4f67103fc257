import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitText, type Git } from '../../src/git/git.ts';
import type { Oid } from '../../src/git/oid.ts';
import { readRef } from '../../src/git/refs.ts';
import { acquire, type Acquired } from '../../src/safety/lock-acquire.ts';
import { formatLock } from '../../src/safety/lock-blob.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { currentOwner, operationToken } from '../../src/kernel/owner.ts';
import { gitAtWork } from '../../src/safety/git-at-work.ts';
import { presentGitLocks } from '../../src/safety/git-locks.ts';
import { ensureHome } from '../../src/sessions/home.ts';
import { lockRef } from '../../src/sessions/registry.ts';
import type { Project } from '../../src/sessions/project.ts';
import { lock, prepared, repository, start } from './lock-support.ts';

const cleaned = (project: Project): Promise<readonly string[]> =>
  lock(project, async (held) => held.cleaned.removed);

const has = (project: Project, path: string): boolean => existsSync(join(project.commonDir, path));

/** A lock blob of this very process, as an operation on `project` would store it. */
async function claim(project: Project): Promise<{ token: string; oid: string }> {
  const token = operationToken(project.commonDir);
  const owner = await currentOwner({ token, command: 'parallel x', clock: systemClock });
  const text = formatLock({
    owner,
    gitLocks: [],
    released: false,
    owing: false,
    home: await ensureHome(project.commonDir),
  });
  return { token, oid: await blob(project.git, project, text) };
}

function blob(git: Git, project: Project, stdin: string): Promise<string> {
  return gitText(git, project.commonDir, ['hash-object', '-w', '--stdin'], { stdin });
}

test('what a git killed under a dead holder has left is removed', async () => {
  const project = await repository();
  const holder = await start(project, ['hold']);
  const token = (await holder.next()).split(' ')[1] ?? '';
  const git = await prepared(project, 'delete refs/heads/victim', token);
  await holder.kill();
  // the holder is not dead while its git lives
  const busy = lock(project, async () => 'robbed', { waitMs: 600 });
  await expect(busy).rejects.toMatchObject({ code: 'busy', data: { token } });
  await git.kill();
  expect(has(project, 'packed-refs.lock')).toBe(true);
  expect(has(project, 'refs/heads/victim.lock')).toBe(true);
  expect((await cleaned(project)).toSorted()).toEqual(
    expect.arrayContaining(['packed-refs.lock', 'refs/heads/victim.lock']),
  );
  expect(await presentGitLocks(project)).toEqual([]);
  await gitText(project.git, project.root, ['branch', '-D', 'victim']);
});

test('a lock file that was there before is left alone, whoever dies', async () => {
  const project = await repository();
  writeFileSync(join(project.commonDir, 'index.lock'), '');
  const holder = await start(project, ['hold']);
  await holder.next();
  writeFileSync(join(project.commonDir, 'config.lock'), '');
  await holder.kill();
  expect(await cleaned(project)).toEqual(['config.lock']);
  expect(has(project, 'index.lock')).toBe(true);
});

test('nothing is removed while a git of somebody else works here, and the next one looks again', async () => {
  const project = await repository();
  const holder = await start(project, ['hold']);
  await holder.next();
  writeFileSync(join(project.commonDir, 'config.lock'), '');
  await holder.kill();
  const foreign = await prepared(project, 'create refs/heads/foreign HEAD', 'not-of-ours');
  expect(await gitAtWork(project)).toMatchObject({ kind: 'somebody', pid: foreign.pid });
  const left = await lock(project, async (held) => held.cleaned.left);
  expect(left.map(({ path }) => path)).toContain('config.lock');
  expect(has(project, 'config.lock')).toBe(true);
  await foreign.kill();
  expect(await cleaned(project)).toContain('config.lock');
  expect(await readRef(project.git, project.commonDir, lockRef)).toBeNull();
});

test('a git killed while it took the lock does not keep it from anybody', async () => {
  const project = await repository();
  const { token, oid } = await claim(project);
  const git = await prepared(project, `create ${lockRef} ${oid}`, token);
  git.send('SIGSTOP');
  const busy = lock(project, async () => 'robbed', { waitMs: 600 });
  await expect(busy).rejects.toMatchObject({
    code: 'busy',
    data: { token, holder: { pid: process.pid, command: 'parallel x' } },
  });
  await git.kill();
  expect(has(project, `${lockRef}.lock`)).toBe(true);
  expect(await cleaned(project)).toEqual([`${lockRef}.lock`]);
  expect(has(project, `${lockRef}.lock`)).toBe(false);
  expect(readdirSync(join(project.commonDir, 'flight-rules'))).toEqual(['home']);
});

test('many that meet a left-over claim all get through, one after the other', async () => {
  const project = await repository();
  const { token, oid } = await claim(project);
  await (await prepared(project, `create ${lockRef} ${oid}`, token)).kill();
  const file = join(project.commonDir, 'count');
  writeFileSync(file, '0');
  const children = await Promise.all(
    Array.from({ length: 8 }, () => start(project, ['count', '1', file])),
  );
  const heard = await Promise.all(children.map((child) => child.next()));
  expect(heard).toEqual(children.map(() => 'counted'));
});

test('a claim that may be from another host is left alone, until the user says otherwise', async () => {
  const project = await repository();
  const owner = await currentOwner({ token: 't', command: 'x', clock: systemClock });
  const elsewhere = { owner: { ...owner, host: 'elsewhere' }, gitLocks: [] };
  const text = formatLock({
    ...elsewhere,
    released: false,
    owing: false,
    home: await ensureHome(project.commonDir),
  });
  const oid = await blob(project.git, project, text);
  await (await prepared(project, `create ${lockRef} ${oid}`)).kill();
  const busy = lock(project, async () => 'robbed', { waitMs: 300 });
  const data = { token: 't', holder: { host: 'elsewhere' } };
  await expect(busy).rejects.toMatchObject({ code: 'busy', data });
  expect(await lock(project, async () => 'mine', { breakLock: 't' })).toBe('mine');
});

test('a git killed while we released the lock: we release it after all', async () => {
  const project = await repository();
  const killed = [`${lockRef}.lock`, 'packed-refs.lock'];
  await lock(project, async () => {
    // what the release would find if its first git were killed with every ref locked
    for (const path of killed) writeFileSync(join(project.commonDir, path), '');
  });
  expect(killed.filter((path) => has(project, path))).toEqual([]);
  expect(await lock(project, async (mine) => mine.takenFrom, { waitMs: 600 })).toBeNull();
  expect(await readRef(project.git, project.commonDir, lockRef)).toBeNull();
});

test('a lock that could not be released is no obstacle to the process that held it', async () => {
  const project = await repository();
  const job = async (unreleased: readonly Oid[]): Promise<Acquired> =>
    acquire({
      project,
      git: project.git,
      owner: await currentOwner({ token: 't', command: 'x', clock: systemClock }),
      home: await ensureHome(project.commonDir),
      command: ['test'],
      breakLock: null,
      unreleased: new Set(unreleased),
      waitMs: 300,
      signal: undefined,
      progress: () => undefined,
    });
  const { oid } = await job([]);
  await expect(job([])).rejects.toMatchObject({ code: 'busy' });
  expect(await job([oid])).toMatchObject({ from: { token: 't' }, inherits: true });
});

test.each([
  ['before its ref was gone', false],
  ['after its ref was gone', true],
])('a git killed while it released the lock, %s', async (_when, refGone) => {
  const project = await repository();
  const holder = await start(project, ['hold']);
  const token = (await holder.next()).split(' ')[1] ?? '';
  const git = await prepared(project, `delete ${lockRef}`, token);
  await holder.kill();
  await git.kill();
  if (refGone) rmSync(join(project.commonDir, lockRef));
  expect(has(project, 'packed-refs.lock')).toBe(true);
  expect((await cleaned(project)).toSorted()).toEqual(['packed-refs.lock', `${lockRef}.lock`]);
  await gitText(project.git, project.root, ['branch', '-D', 'victim']);
});
