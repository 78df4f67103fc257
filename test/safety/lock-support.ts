// Repositories and processes for the tests of the lock.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inject, onTestFinished } from 'vitest';
import { openGit, gitText, markedGit } from '../../src/git/git.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { operationToken } from '../../src/kernel/owner.ts';
import { absolute } from '../../src/kernel/path.ts';
import { withLock, type HeldLock, type LockOptions } from '../../src/safety/lock.ts';
import { openProject, type Project } from '../../src/sessions/project.ts';
import { bundleForTest } from '../support/bundle.ts';

/** A repository with one commit and a packed branch `victim`. */
export async function repository(): Promise<Project> {
  const folder = absolute(mkdtempSync(join(inject('runHome'), 'lock-')));
  const git = openGit({ env: process.env });
  await gitText(git, folder, ['init', '-q']);
  await gitText(git, folder, ['commit', '-q', '--allow-empty', '-m', 'first']);
  await gitText(git, folder, ['branch', 'victim']);
  await gitText(git, folder, ['pack-refs', '--all']);
  return openProject(git, folder, {});
}

/** Takes the lock in this process. */
export function lock<T>(
  project: Project,
  body: (held: HeldLock) => Promise<T>,
  options: Partial<LockOptions> = {},
): Promise<T> {
  const plain = { command: ['test'], breakLock: null, clock: systemClock };
  return withLock(project, { ...plain, progress: () => undefined, ...options }, body);
}

export interface Child {
  readonly pid: number;
  /** the next line it says; fails if it ends before */
  readonly next: () => Promise<string>;
  readonly send: (signal: NodeJS.Signals) => void;
  /** ends its stdin and waits for it */
  readonly end: () => Promise<number | null>;
  /** SIGKILL, and waits for it */
  readonly kill: () => Promise<void>;
}

let bundle: Promise<string> | undefined;

/** Runs `lock-child.ts` in `project`. */
export async function start(
  project: Project,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  bundle ??= bundleForTest(fileURLToPath(new URL('lock-child.ts', import.meta.url)));
  const child = spawn(process.execPath, [await bundle, ...args], {
    cwd: project.root,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return talk(child);
}

function talk(child: ChildProcess): Child {
  const { pid, stdin, stdout } = child;
  if (pid === undefined || stdin === null || stdout === null) throw new Error('not started');
  const exited = once(child, 'exit');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return {
    pid,
    next: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error('the process has ended');
      return line.value;
    },
    send: (signal) => {
      child.kill(signal);
    },
    end: async () => {
      stdin.end();
      await exited;
      return child.exitCode;
    },
    kill,
  };
}

/**
 * A git of ours that has prepared a transaction and waits: its lock files are there.
 * @param token the mark it carries; default: one of an operation on this repository
 */
export async function prepared(
  project: Project,
  command: string,
  token = operationToken(project.commonDir),
): Promise<Child> {
  const { program, env } = markedGit(project.git, token);
  const child = spawn(program, ['update-ref', '--no-deref', '--stdin'], {
    cwd: project.commonDir,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const git = talk(child);
  child.stdin.write(`start\n${command}\nprepare\n`);
  while ((await git.next()) !== 'prepare: ok');
  return git;
}

/** Waits until `seen` answers something. */
async function until<T>(seen: () => T | undefined | false): Promise<T> {
  for (;;) {
    const value = seen();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What stands in `file`, once a whole line does. */
export function lineOf(file: string): Promise<string> {
  return until(() => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return text.endsWith('\n') && text.trim();
  });
}
