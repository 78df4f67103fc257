// Stands for git where a call that writes files is to be killed between two of them; started by
// `wrap.ts` with its plan, then the arguments of git.
import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import type { Wrapped } from './wrap.ts';

export interface WritingPlan extends Wrapped {
  /** what appears below them is counted */
  readonly folders: readonly string[];
  /** the call that is killed; 0: none */
  readonly nth: number;
  /** as soon as so many files and folders have appeared */
  readonly at: number;
  /** is who started git killed, too? */
  readonly us: boolean;
}

/** A line of the log. */
export interface WritingCall {
  readonly args: readonly string[];
  /** so many files and folders had appeared when it ended */
  readonly made: number;
}

const plan = JSON.parse(process.argv[2] ?? '') as WritingPlan;
const args = process.argv.slice(3);
const nth = callsBefore() + 1;
const before = entries();
const made = new Set<string>();
const child = spawn(plan.git, args, { stdio: 'inherit' });
let killed = false;

child.on('exit', (code) => {
  look();
  const call: WritingCall = { args, made: made.size };
  appendFileSync(plan.log, `${JSON.stringify(call)}\n`);
  if (!killed) process.exit(code ?? 1);
  // git is dead by now: nothing writes any more when we are
  if (plan.us) process.kill(process.ppid, 'SIGKILL');
  process.kill(process.pid, 'SIGKILL');
});
watch();

function watch(): void {
  look();
  if (nth === plan.nth && !killed && made.size >= plan.at) {
    killed = true;
    child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) setImmediate(watch);
}

function look(): void {
  for (const path of entries()) if (!before.has(path)) made.add(path);
}

function entries(): Set<string> {
  return new Set(
    plan.folders.flatMap((folder) => {
      try {
        const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
        return all.map((path) => `${folder}/${path}`);
      } catch {
        // not there yet, or a folder went while it was read
        return [];
      }
    }),
  );
}

function callsBefore(): number {
  try {
    return readFileSync(plan.log, 'utf8').trim().split('\n').length;
  } catch {
    return 0;
  }
}
