import { existsSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitText } from '../../src/git/git.ts';
import { readRef } from '../../src/git/refs.ts';
import { lockRef } from '../../src/sessions/registry.ts';
import { lineOf, lock, repository, start } from './lock-support.ts';

const token = (line: string): string => line.split(' ')[1] ?? '';

test('the lock of a dead holder goes to exactly one of sixteen', async () => {
  const project = await repository();
  const holder = await start(project, ['hold']);
  await holder.next();
  await holder.kill();
  const file = join(project.commonDir, 'count');
  writeFileSync(file, '0');
  const children = await Promise.all(
    Array.from({ length: 16 }, () => start(project, ['count', '1', file])),
  );
  const heard = await Promise.all(
    children.map(async (child) => {
      const first = await child.next();
      return first === 'took-over' ? [first, await child.next()] : [first];
    }),
  );
  expect(heard.flat().filter((line) => line === 'counted')).toHaveLength(16);
  expect(heard.flat().filter((line) => line === 'took-over')).toHaveLength(1);
  expect(readFileSync(file, 'utf8')).toBe('16');
});

test('a stopped holder keeps its lock, and is named', async () => {
  const project = await repository();
  const holder = await start(project, ['hold']);
  const held = await holder.next();
  holder.send('SIGSTOP');
  const busy = lock(project, async () => 'robbed', { waitMs: 600, command: ['parallel', 'x'] });
  await expect(busy).rejects.toMatchObject({
    code: 'busy',
    data: {
      holder: { pid: holder.pid, command: 'parallel hold' },
      token: token(held),
      command: ['parallel', 'x'],
    },
  });
  holder.send('SIGCONT');
  expect(await holder.end()).toBe(0);
  expect(await lock(project, async (mine) => mine.takenFrom)).toBeNull();
});

test('a killed holder whose git lives on keeps its lock until that git is gone', async () => {
  const project = await repository();
  const pidFile = join(project.commonDir, 'pid');
  const holder = await start(project, ['hold-git'], { PIDFILE: pidFile });
  await holder.next();
  const git = Number(await lineOf(pidFile));
  await holder.kill();
  const busy = lock(project, async () => 'robbed', { waitMs: 600 });
  await expect(busy).rejects.toMatchObject({ code: 'busy' });
  process.kill(git, 'SIGKILL');
  const from = await lock(project, async (mine) => mine.takenFrom);
  expect(from?.pid).toBe(holder.pid);
});

test('--break-lock takes the lock from the holder named, and from no other', async () => {
  const project = await repository();
  const holder = await start(project, ['hold']);
  const held = await holder.next();
  const wrong = lock(project, async () => 'robbed', { waitMs: 300, breakLock: 'wrong' });
  await expect(wrong).rejects.toMatchObject({ code: 'busy' });
  const from = await lock(project, async (mine) => mine.takenFrom, { breakLock: token(held) });
  expect(from?.token).toBe(token(held));
  // the robbed one ends without taking away what is not its own any more
  await lock(project, async (mine) => {
    expect(await holder.end()).toBe(0);
    const oid = await readRef(project.git, project.commonDir, lockRef);
    expect(oid === null ? '' : await gitText(project.git, project.root, ['show', oid])).toContain(
      mine.owner.token,
    );
  });
});

test('a lock that cannot be read is waited for, and broken by its object id', async () => {
  const project = await repository();
  const { git, commonDir } = project;
  const blob = await gitText(git, commonDir, ['hash-object', '-w', '--stdin'], { stdin: '{}' });
  await gitText(git, commonDir, ['update-ref', lockRef, blob]);
  const busy = lock(project, async () => 'robbed', { waitMs: 300 });
  await expect(busy).rejects.toMatchObject({ code: 'busy', data: { token: blob } });
  expect(await lock(project, async () => 'mine', { breakLock: blob })).toBe('mine');
});

test('a lock that git has packed is seen and respected', async () => {
  const project = await repository();
  const holder = await start(project, ['hold']);
  await holder.next();
  await gitText(project.git, project.root, ['pack-refs', '--all']);
  expect(existsSync(join(project.commonDir, lockRef))).toBe(false);
  const busy = lock(project, async () => 'robbed', { waitMs: 600 });
  await expect(busy).rejects.toMatchObject({ code: 'busy', data: { holder: { pid: holder.pid } } });
  expect(await holder.end()).toBe(0);
  expect(await lock(project, async () => 'mine')).toBe('mine');
});

test('the lock is released after an error of the body, which is what is thrown', async () => {
  const project = await repository();
  const failing = lock(project, () => Promise.reject(new Error('the body')));
  await expect(failing).rejects.toThrow('the body');
  expect(await readRef(project.git, project.commonDir, lockRef)).toBeNull();
});

test('the lock is released although the command is cut off', async () => {
  const project = await repository();
  const controller = new AbortController();
  const { signal } = controller;
  const cut = { ...project, git: { ...project.git, signal } };
  const failing = lock(
    cut,
    async () => {
      controller.abort(new Error('cut off'));
      signal.throwIfAborted();
    },
    { signal },
  );
  await expect(failing).rejects.toThrow('cut off');
  expect(await readRef(project.git, project.commonDir, lockRef)).toBeNull();
});

test('waiting ends when the command is cut off', async () => {
  const project = await repository();
  const holder = await start(project, ['hold']);
  await holder.next();
  const controller = new AbortController();
  const waiting = lock(project, async () => 'robbed', { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('a ref that cannot be deleted is marked as released', async () => {
  const project = await repository();
  // somebody else's, for good: git waits for it before it deletes anything
  writeFileSync(join(project.commonDir, 'packed-refs.lock'), '');
  await lock(project, async () => undefined);
  expect(await readRef(project.git, project.commonDir, lockRef)).not.toBeNull();
  expect(await lock(project, async (mine) => mine.takenFrom)).toBeNull();
  expect(existsSync(join(project.commonDir, 'packed-refs.lock'))).toBe(true);
});

test('calls inside one process queue, in the order they came', async () => {
  const project = await repository();
  const order: string[] = [];
  const one = (name: string): Promise<void> =>
    lock(project, async () => {
      order.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} out`);
      if (name === 'b') throw new Error('b');
    });
  const results = await Promise.allSettled([one('a'), one('b'), one('c')]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});
