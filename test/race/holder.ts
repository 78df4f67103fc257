// A holder of the lock that is killed or stopped in the middle of a change.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { gitIn, type TestRepo } from '../support/repo.ts';

/** The released program with fault points. */
const program = fileURLToPath(new URL('../../dist-test/main.js', import.meta.url));

function start(repo: TestRepo, fault: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, '--json', ...args], {
    cwd: repo.root,
    env: { ...process.env, FLIGHT_RULES_FAULT: fault },
    stdio: 'ignore',
  });
}

/** Runs a command that kills itself at `fault`, with the lock in its hands. */
export async function killedHolder(
  repo: TestRepo,
  fault: string,
  ...args: string[]
): Promise<void> {
  const child = start(repo, fault, args);
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`it never came to ${fault}`);
}

/** Starts a command that stops at `fault`. @returns how to end it, once it stands still */
export async function stoppedHolder(
  repo: TestRepo,
  fault: string,
  ...args: string[]
): Promise<() => Promise<void>> {
  return (await stopped(repo, fault, args)).kill;
}

/** Starts a command that stops at `fault`. @returns how to let it go on; answers its exit code */
export async function stoppedAt(
  repo: TestRepo,
  fault: string,
  ...args: string[]
): Promise<() => Promise<number | null>> {
  return (await stopped(repo, fault, args)).goOn;
}

async function stopped(
  repo: TestRepo,
  fault: string,
  args: readonly string[],
): Promise<{ kill: () => Promise<void>; goOn: () => Promise<number | null> }> {
  const child = start(repo, `${fault}@stop`, args);
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  while (!stateOf(child.pid).startsWith('T')) {
    if (child.exitCode !== null) throw new Error(`it never came to ${fault}`);
    await sleep(20);
  }
  const goOn = async (): Promise<number | null> => {
    child.kill('SIGCONT');
    await exited;
    return child.exitCode;
  };
  return { kill, goOn };
}

function stateOf(pid: number | undefined): string {
  return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** The token of whoever holds the lock. */
export function holderToken(repo: TestRepo): string {
  const text = gitIn(repo.root, 'cat-file', 'blob', 'refs/flight-rules/lock');
  return (JSON.parse(text) as { owner: { token: string } }).owner.token;
}
