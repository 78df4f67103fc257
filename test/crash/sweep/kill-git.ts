// Stands for git when one call is to be killed inside; started by `wrap.ts` with its
// plan, then the arguments of git.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { Wrapped } from './wrap.ts';

interface Plan extends Wrapped {
  readonly commonDir: string;
  /** the call that is killed; 0: none */
  readonly nth: number;
  /** changes made before, or all of them */
  readonly at: number | 'end';
  /** is who started git killed, too? */
  readonly us: boolean;
}

const plan = JSON.parse(process.argv[2] ?? '') as Plan;
const args = process.argv.slice(3);
const stdin = args.includes('--stdin') ? readFileSync(0).toString('latin1') : '';
appendFileSync(plan.log, `${JSON.stringify({ stdin })}\n`);
const nth = readFileSync(plan.log, 'utf8').trim().split('\n').length;

if (nth !== plan.nth) untouched();
else if (plan.at === 'end') untouched('killed at its end');
else killedAfter(plan.at);

function untouched(then?: 'killed at its end'): void {
  const child = spawn(plan.git, args, { stdio: ['pipe', 'inherit', 'inherit'] });
  child.on('exit', (code) => {
    if (then === undefined) process.exit(code ?? 1);
    end();
  });
  child.stdin.end(stdin, 'latin1');
}

/** Held where every ref is locked and nothing has moved; then some are moved as git would. */
function killedAfter(count: number): void {
  const child = spawn(plan.git, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(stdin.slice(0, stdin.lastIndexOf('commit\0')), 'latin1');
  let said = '';
  let killed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (killed || !said.includes('prepare: ok')) return;
    killed = true;
    if (plan.us) process.kill(process.ppid, 'SIGKILL');
    child.kill('SIGKILL');
  });
  child.on('exit', (code) => {
    if (!killed) process.exit(code ?? 1);
    commitSome(count);
    end();
  });
}

/** What git does on commit, in its order: renames of new values, packed refs, then deletions. */
function commitSome(count: number): void {
  const changes = changesOf(stdin);
  const moves = changes.filter(({ verb }) => verb === 'create' || verb === 'update');
  const deletions = changes.filter(({ verb }) => verb === 'delete');
  for (const { ref } of moves.slice(0, count)) {
    renameSync(`${plan.commonDir}/${ref}.lock`, `${plan.commonDir}/${ref}`);
  }
  if (count <= moves.length) return;
  const packed = `${plan.commonDir}/packed-refs`;
  if (existsSync(`${packed}.new`)) renameSync(`${packed}.new`, packed);
  for (const { ref } of deletions.slice(0, count - moves.length)) {
    rmSync(`${plan.commonDir}/${ref}`, { force: true });
  }
}

function changesOf(text: string): { verb: string; ref: string }[] {
  const parts = text.split('\0');
  const found: { verb: string; ref: string }[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const [verb = '', ref] = (parts[at] ?? '').split(' ');
    if (ref === undefined) continue;
    found.push({ verb, ref });
    at += verb === 'update' ? 2 : 1;
  }
  return found;
}

function end(): void {
  if (plan.us) process.kill(process.ppid, 'SIGKILL');
  process.kill(process.pid, 'SIGKILL');
}
