// `parallel conflicts`, killed at moments that nobody chose: whatever was going on, the project and
// its worktrees are as they were, and the next look says what the one before said.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { allPids, environmentOf } from '../../../src/kernel/process-look.ts';
import { numbers } from '../../crash/sweep/random.ts';
import { releasedProgram } from '../cli.ts';
import { fingerprint } from '../fingerprint.ts';
import { askProgram } from '../program.ts';
import { temporaryFolder } from '../repo.ts';
import { secondLine, threeSessions } from './three-sessions.ts';

/** Kills so many looks; answers how many of them it caught. */
export async function killLooks(rounds: number, seed: number): Promise<number> {
  const { repo, one, two, three } = threeSessions();
  for (let at = 0; at < 20; at += 1) {
    one.write(`of-one/${at}.txt`, `${at}\n`);
    three.write(`of-one/${at}.txt`, secondLine(String(at)));
  }
  two.git('add', '-A');
  const rooms = temporaryFolder('rooms-');
  const env = { TMPDIR: rooms, XDG_CACHE_HOME: join(rooms, 'cache') };
  const forget = (): void => {
    rmSync(env.XDG_CACHE_HOME, { recursive: true, force: true });
    mkdirSync(env.XDG_CACHE_HOME);
  };
  const look = async (): Promise<unknown> => {
    const { exit, at } = await askProgram(repo.root, ['parallel', 'conflicts'], env);
    expect(exit).toBe(0);
    return at('data');
  };
  forget();
  const begun = performance.now();
  const said = await look();
  const longest = performance.now() - begun;
  const before = fingerprint(repo.root, `${repo.root}-sessions`);
  const next = numbers(seed);
  let caught = 0;
  for (let round = 0; round < rounds; round += 1) {
    // what a killed one has remembered by halves is met by every other one
    if (round % 2 === 0) forget();
    const args = [releasedProgram, '--json', 'parallel', 'conflicts'];
    const child = spawn(process.execPath, args, {
      cwd: repo.root,
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const after = longest * next();
    await Promise.race([sleep(after), ended]);
    child.kill('SIGKILL');
    await ended;
    if (child.signalCode === 'SIGKILL') caught += 1;
    await nobodyLeft(rooms);
    const now = fingerprint(repo.root, `${repo.root}-sessions`);
    expect(now, `killed after ${after.toFixed(0)} ms`).toEqual(before);
  }
  expect(await look()).toEqual(said);
  expect(fingerprint(repo.root, `${repo.root}-sessions`)).toEqual(before);
  return caught;
}

/** Until what it has started, which lives on for a moment, is gone: known by its temporary folder. */
async function nobodyLeft(rooms: string): Promise<void> {
  for (;;) {
    const all = (await allPids()) ?? [];
    const seen = await Promise.all(all.map((pid) => environmentOf(pid)));
    const mark = `TMPDIR=${rooms}`;
    if (!seen.some((one) => one.kind === 'read' && one.value.includes(mark))) return;
    await sleep(10);
  }
}
