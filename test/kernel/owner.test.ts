import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { operationVariable } from '../../src/kernel/marked-processes.ts';
import { asOperation } from '../../src/kernel/running.ts';
import {
  currentOwner,
  operationToken,
  ownerState,
  processesMarked,
  gitsOf,
} from '../../src/kernel/owner.ts';

/** The start time of a process that is a little younger. */
const later = (ticks: string): string => String(Number(ticks) + 1);

const about = { command: 'test', clock: systemClock };

/** A shell that runs `script`; answers the first line it says. */
async function shell(script: string, env: Record<string, string> = {}) {
  const child = spawn('/bin/sh', ['-c', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { pid: Number(line), child, gone };
}

test('this very process is alive', async () => {
  expect(await ownerState(await currentOwner(about))).toBe('alive');
});

test('an operation of this process that has ended is dead, and its token alone', async () => {
  const token = 'test.over';
  const owner = await asOperation(async () => {
    const made = await currentOwner({ ...about, token });
    expect(await ownerState(made)).toBe('alive');
    return made;
  });
  expect(await ownerState(owner)).toBe('dead');
  expect(await ownerState({ ...owner, token: 'test.other' })).toBe('alive');
});

test('an operation that has ended is alive while a process it started lives', async () => {
  const token = 'test.left-behind';
  const owner = await asOperation(() => currentOwner({ ...about, token }));
  const { child, gone } = await shell('echo $$; exec sleep 600', { [operationVariable]: token });
  expect(await ownerState(owner)).toBe('alive');
  child.kill('SIGKILL');
  await gone;
  expect(await ownerState(owner)).toBe('dead');
});

test('an operation that failed has ended, too; others that run at the time have not', async () => {
  const failed = { ...about, token: 'test.failed' };
  let owner = await currentOwner(about);
  await asOperation(async () => {
    const outer = await currentOwner({ ...about, token: 'test.outer' });
    const inner = asOperation(async () => {
      owner = await currentOwner(failed);
      throw new Error('half-way');
    });
    await expect(inner).rejects.toThrow('half-way');
    expect(await ownerState(owner)).toBe('dead');
    expect(await ownerState(outer)).toBe('alive');
  });
});

test('a process that has ended is dead', async () => {
  const { pid, child, gone } = await shell('echo $$; exec sleep 600');
  const owner = await currentOwner({ ...about, pid });
  expect(await ownerState(owner)).toBe('alive');
  child.kill('SIGKILL');
  await gone;
  expect(await ownerState(owner)).toBe('dead');
});

test('a stopped process is alive', async () => {
  const { pid, child } = await shell('echo $$; exec sleep 600');
  const owner = await currentOwner({ ...about, pid });
  child.kill('SIGSTOP');
  expect(await ownerState(owner)).toBe('alive');
});

test('a pid that belongs to another process by now is dead', async () => {
  const owner = await currentOwner(about);
  expect(await ownerState({ ...owner, startTime: later(owner.startTime) })).toBe('dead');
});

test('a zombie is dead', async () => {
  // `sleep` never asks for the status of the child that the shell left it
  const { pid } = await shell('sleep 0.1 & echo $!; exec sleep 600');
  const owner = await currentOwner({ ...about, pid });
  const state = (): string => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1] ?? '';
  await expect.poll(state, { timeout: 10_000 }).toMatch(/^Z/);
  expect(await ownerState(owner)).toBe('dead');
});

test('another boot of this host is dead; another host or container is unknown', async () => {
  const owner = await currentOwner(about);
  expect(await ownerState({ ...owner, bootId: 'another' })).toBe('dead');
  expect(await ownerState({ ...owner, host: 'another', bootId: 'another' })).toBe('unknown');
  expect(await ownerState({ ...owner, host: 'another', startTime: '1' })).toBe('unknown');
  const elsewhere = { ...owner, pidNamespace: 'pid:[1]', startTime: '1' };
  expect(await ownerState(elsewhere)).toBe('unknown');
});

test('an owner whose child lives on is alive until that is gone too', async () => {
  const token = operationToken('/somewhere');
  const self = await currentOwner({ ...about, token });
  const { child, gone } = await shell('echo $$; exec sleep 600', { [operationVariable]: token });
  const owner = { ...self, startTime: later(self.startTime) };
  expect(await ownerState(owner)).toBe('alive');
  child.kill('SIGKILL');
  await gone;
  expect(await ownerState(owner)).toBe('dead');
});

test('marked processes are found by token and by repository', async () => {
  const token = operationToken('/here');
  const { pid } = await shell('echo $$; exec sleep 600', { [operationVariable]: token });
  expect((await processesMarked(token)).pids).toEqual([pid]);
  expect((await processesMarked(token.slice(0, -1))).pids).toEqual([]);
  expect((await gitsOf('/here')).pids).toEqual([pid]);
  expect((await gitsOf('/there')).pids).toEqual([]);
});
