/**
 * What can be known about processes that are not our children, without their help.
 *
 * Linux: `/proc`, no process is started. macOS: `ps` and `lsof`. Elsewhere only whether a pid is taken.
 * Whatever cannot be looked at is `unknown`, never "not there".
 */
import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import { errorCode, isErrno } from './errno.ts';
import { parseStat } from './proc-stat.ts';
import { run, SpawnError } from './processes.ts';

export type ProcessLook =
  | { readonly kind: 'none' }
  /** `startTime`: clock ticks since boot (Linux), `ps`'s start time in UTC (macOS) */
  | { readonly kind: 'process'; readonly startTime: string; readonly zombie: boolean }
  | { readonly kind: 'unknown' };

/** A piece of another process; `gone` if it ended, `unreadable` if we may not look. */
export type Part<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreadable' };

/** Is there a process `pid`, and since when? A zombie has ended: nobody has fetched its status. */
export async function lookAtProcess(pid: number): Promise<ProcessLook> {
  if (process.platform === 'linux') return lookLinux(pid);
  if (process.platform === 'darwin') return lookWithPs(pid);
  return signalReaches(pid) ? { kind: 'unknown' } : { kind: 'none' };
}

async function lookLinux(pid: number): Promise<ProcessLook> {
  const text = await part(() => readFile(`/proc/${pid}/stat`, 'latin1'));
  if (text.kind === 'gone') return { kind: 'none' };
  if (text.kind === 'unreadable') return { kind: 'unknown' };
  const stat = parseStat(text.value);
  if (stat === null) return { kind: 'unknown' };
  return { kind: 'process', startTime: stat.startTime, zombie: stat.ended };
}

async function lookWithPs(pid: number): Promise<ProcessLook> {
  const lines = await ps(['-p', String(pid), '-o', 'stat=,lstart=']);
  if (lines === null) return { kind: 'unknown' };
  const match = /^\s*(?<state>\S+)\s+(?<start>.+?)\s*$/u.exec(lines[0] ?? '');
  const { state, start } = match?.groups ?? {};
  if (state === undefined || start === undefined) return { kind: 'none' };
  return { kind: 'process', startTime: start, zombie: state.startsWith('Z') };
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isErrno(error, 'ESRCH');
  }
}

/** All pids of this pid namespace, `null` where `/proc` does not tell. */
export async function allPids(): Promise<readonly number[] | null> {
  if (process.platform !== 'linux') return null;
  try {
    const names = await readdir('/proc');
    return names.filter((name) => /^\d+$/u.test(name)).map(Number);
  } catch {
    return null;
  }
}

/** The environment `pid` was started with. Linux. */
export async function environmentOf(pid: number): Promise<Part<readonly string[]>> {
  return part(async () => fields(await readFile(`/proc/${pid}/environ`, 'latin1')));
}

/** The command line of `pid`; empty for a zombie and for the kernel's own. Linux. */
export async function argumentsOf(pid: number): Promise<Part<readonly string[]>> {
  return part(async () => fields(await readFile(`/proc/${pid}/cmdline`, 'utf8')));
}

/** The name of the program `pid` runs, at most 15 characters. Linux. */
export async function programOf(pid: number): Promise<Part<string>> {
  return part(async () => (await readFile(`/proc/${pid}/comm`, 'utf8')).trimEnd());
}

/** The real path of the working directory of `pid`. Linux. */
export async function directoryOf(pid: number): Promise<Part<string>> {
  return part(() => readlink(`/proc/${pid}/cwd`));
}

/** Whom `pid` belongs to. One that must not be inspected belongs to root here. Linux. */
export async function userOf(pid: number): Promise<Part<number>> {
  return part(async () => (await stat(`/proc/${pid}`)).uid);
}

async function part<T>(read: () => Promise<T>): Promise<Part<T>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    const code = errorCode(error);
    return { kind: code === 'ENOENT' || code === 'ESRCH' ? 'gone' : 'unreadable' };
  }
}

function fields(text: string): string[] {
  return text.split('\0').filter((field) => field !== '');
}

export interface ProcessAtWork {
  readonly pid: number;
  readonly program: string;
  /** real path of its working directory, `null` if we may not look */
  readonly directory: string | null;
}

/**
 * macOS: the processes whose program's name begins with `prefix`, and where they work.
 * One process: `lsof`. @returns `null` if it could not be asked
 */
export async function processesWithLsof(prefix: string): Promise<ProcessAtWork[] | null> {
  const args = ['-a', '-c', prefix, '-d', 'cwd', '-F', 'pcn'];
  const lines = await ask('/usr/sbin/lsof', args);
  if (lines === null) return null;
  const found: ProcessAtWork[] = [];
  for (const line of lines) {
    const value = line.slice(1);
    const last = found.at(-1);
    if (line.startsWith('p')) found.push({ pid: Number(value), program: '', directory: null });
    else if (last === undefined) continue;
    else if (line.startsWith('c')) found[found.length - 1] = { ...last, program: value };
    else if (line.startsWith('n/')) found[found.length - 1] = { ...last, directory: value };
  }
  return found;
}

/**
 * The lines `ps` prints. The environment fixes its language and time zone, so that a start time
 * reads the same to everybody.
 * @returns `null` if `ps` could not be asked; an empty list if no process matches
 */
export async function ps(args: readonly string[]): Promise<readonly string[] | null> {
  return ask('/bin/ps', args);
}

/** Both `ps` and `lsof` exit with 1 where nothing matches. */
async function ask(program: string, args: readonly string[]): Promise<readonly string[] | null> {
  try {
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    const result = await run(program, args, { cwd: '/', env, timeoutMs: 10_000 });
    if (result.exit !== 0 && result.exit !== 1) return null;
    return result.stdout
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
  } catch (error) {
    if (error instanceof SpawnError) return null;
    throw error;
  }
}
