// A program that behaves as a coding agent: a process of its own that runs its hooks through
// `sh -c` and hands them JSON, as long as the test keeps it alive.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inject, onTestFinished } from 'vitest';
import { parseSignal, type Signal } from '../../src/sessions/signal.ts';
import { releasedProgram, type Ended } from '../support/cli.ts';

const script = `
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, command, cwd, input, open } = JSON.parse(line);
  const child = spawn('sh', ['-c', command], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '', stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.write(input);
  if (!open) child.stdin.end();
  child.on('close', (exit) => console.log(JSON.stringify({ id, exit, stdout, stderr })));
});
`;

interface Call {
  /** where the agent starts it; default: its own folder */
  readonly cwd?: string;
  /** what is written to its standard input; default: JSON with `at` as `cwd` */
  readonly input?: string;
  /** the pipe stays open afterwards */
  readonly open?: boolean;
}

export interface FakeAgent {
  readonly pid: number;
  /** runs a shell line, as an agent runs hooks and commands */
  readonly run: (command: string, call?: Call) => Promise<Ended>;
  /** `flight-rules hook <name> <event>`, for the worktree at `at` */
  readonly hook: (event: string, at: string, call?: Call) => Promise<Ended>;
  readonly kill: () => Promise<void>;
}

/** A folder for PATH in which `flight-rules` is the released program. */
export function programFolder(): string {
  const folder = join(inject('runHome'), 'hook-bin');
  mkdirSync(folder, { recursive: true });
  try {
    symlinkSync(releasedProgram, join(folder, 'flight-rules'));
  } catch {
    // another test was here before
  }
  return folder;
}

/** @param name what its program is called: `claude` */
export async function fakeAgent(name: string, cwd = '/'): Promise<FakeAgent> {
  const file = join(inject('runHome'), `${name}.mjs`);
  writeFileSync(file, script);
  const env = { ...process.env, PATH: `${programFolder()}:${process.env['PATH'] ?? ''}` };
  const child = spawn(process.execPath, [file], { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child, 'spawn');
  const waiting = new Map<number, (ended: Ended) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, ...ended } = JSON.parse(line) as Ended & { id: number };
    waiting.get(id)?.(ended);
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  onTestFinished(kill);
  let calls = 0;
  const run = (command: string, call: Call = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const id = (calls += 1);
      waiting.set(id, resolve);
      const { input = '', open = false } = call;
      const line = { id, command, cwd: call.cwd ?? cwd, input, open };
      child.stdin.write(`${JSON.stringify(line)}\n`);
    });
  return {
    pid: child.pid ?? 0,
    run,
    hook: (event, at, call = {}) => {
      const input = JSON.stringify({ session_id: `of-${name}`, cwd: at });
      return run(`flight-rules hook ${name} ${event}`, { input, ...call });
    },
    kill,
  };
}

/** Silent and well, whatever happened. */
export const silent: Ended = { exit: 0, stdout: '', stderr: '' };

export function activityOf(privateDir: string): string {
  return join(privateDir, 'flight-rules', 'activity');
}

/** The files in the activity folder of a private git dir, half-written ones too. */
export function signalFiles(privateDir: string): string[] {
  try {
    return readdirSync(activityOf(privateDir)).toSorted();
  } catch {
    return [];
  }
}

/** The signals there; one that cannot be read is a failure. */
export function signals(privateDir: string): Signal[] {
  return signalFiles(privateDir).map((name) => {
    const text = readFileSync(join(activityOf(privateDir), name), 'utf8');
    const signal = parseSignal(text);
    if (signal === null) throw new Error(`no signal: ${text}`);
    return signal;
  });
}

/** Linux's start time of a process. */
export function startTimeOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
