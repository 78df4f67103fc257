/**
 * How each platform tells which processes there are; see `process-table.ts`.
 * A process that ends while it is being read is left out: it is nowhere any more.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errorCode } from './errno.ts';
import { parseStat } from './proc-stat.ts';
import type { ProcessInfo, ProcessTable } from './process-table.ts';
import { run } from './processes.ts';

const deletedMark = ' (deleted)';
/** PF_KTHREAD: a thread of the kernel runs nowhere, and its cwd is EACCES like a stranger's */
const kernelThread = 0x0020_0000;

/**
 * `/proc` is memory: read at once it takes a tenth of what the thread pool takes for it.
 * @throws Error if `/proc` cannot be listed
 */
export function readProc(): ProcessTable {
  const processes = new Map<number, ProcessInfo>();
  let hidden = 0;
  for (const pid of readdirSync('/proc')) {
    const one = /^\d+$/u.test(pid) ? readOne(pid) : null;
    if (one === null) continue;
    processes.set(one.info.pid, one.info);
    if (one.hidden) hidden += 1;
  }
  return { processes, hidden };
}

function readOne(pid: string): { info: ProcessInfo; hidden: boolean } | null {
  const parsed = parseProcStat(readStat(pid));
  if (parsed === null) return null;
  const { kernel, ...info } = parsed;
  const place = readCwd(pid);
  return { info: { ...info, cwd: place.cwd }, hidden: place.hidden && !kernel };
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

function readCwd(pid: string): { cwd: string | null; hidden: boolean } {
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    if (!cwd.endsWith(deletedMark)) return { cwd, hidden: false };
    // the mark, unless that is what the folder is called
    return { cwd: existsSync(cwd) ? cwd : cwd.slice(0, -deletedMark.length), hidden: false };
  } catch (error) {
    const code = errorCode(error);
    // ENOENT, ESRCH: a zombie, or gone
    return { cwd: null, hidden: code === 'EACCES' || code === 'EPERM' };
  }
}

/** Pure: the text of `/proc/<pid>/stat`; `null` for what is none, or
 * for one that has ended. The name may hold anything. */
export function parseProcStat(
  text: string,
): (Omit<ProcessInfo, 'cwd'> & { readonly kernel: boolean }) | null {
  const stat = parseStat(text);
  // one that has ended does nothing any more, and its children have a new parent already
  if (stat === null || stat.ended) return null;
  const { pid, ppid, name, startTime, session, tty, flags } = stat;
  return {
    pid,
    ppid,
    command: name,
    startTime,
    sessionLeader: session === pid,
    terminal: tty !== 0,
    kernel: (flags & kernelThread) !== 0,
  };
}

/** The arguments of a process, joined by spaces; `''` if it has none or is gone. */
export async function procCommand(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.replace(/\0+$/u, '').replaceAll('\0', ' ');
}

/** Two processes: `ps` (who there is), `lsof` (where they run; silent on those of others). */
export async function readDarwin(): Promise<ProcessTable> {
  // full paths: PATH may name a folder of the repository; C, so that times have one spelling
  const options = { cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, timeoutMs: 20_000 };
  const [ps, lsof] = await Promise.all([
    run('/bin/ps', ['-axww', '-o', 'pid=,ppid=,stat=,tty=,lstart=,command='], options),
    run('/usr/sbin/lsof', ['-w', '-d', 'cwd', '-Fpn'], options),
  ]);
  // lsof answers 1 too when there was something it could not look at
  if (ps.exit !== 0 || (lsof.exit !== 0 && lsof.exit !== 1)) {
    throw new Error('ps and lsof did not tell where processes run');
  }
  const places = parseLsof(lsof.stdout.toString('utf8'));
  const processes = new Map<number, ProcessInfo>();
  let hidden = 0;
  for (const one of parsePs(ps.stdout.toString('utf8'))) {
    const cwd = places.get(one.pid) ?? null;
    if (cwd === null) hidden += 1;
    processes.set(one.pid, { ...one, cwd });
  }
  return { processes, hidden };
}

/** Pure: lines of `ps -o pid=,ppid=,stat=,tty=,lstart=,command=` (lstart has five words). */
export function parsePs(text: string): Omit<ProcessInfo, 'cwd'>[] {
  const line =
    /^\s*(?<pid>\d+)\s+(?<ppid>\d+)\s+(?<stat>\S+)\s+(?<tty>\S+)\s+(?<start>\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(?<command>.*)$/u;
  return text.split('\n').flatMap((row) => {
    const groups = line.exec(row)?.groups;
    if (groups === undefined || groups['stat']?.startsWith('Z') === true) return [];
    return [
      {
        pid: Number(groups['pid']),
        ppid: Number(groups['ppid']),
        command: groups['command'] ?? '',
        startTime: groups['start'] ?? '',
        sessionLeader: (groups['stat'] ?? '').includes('s'),
        terminal: !/^\?+$|^-$/u.test(groups['tty'] ?? ''),
      },
    ];
  });
}

/** Pure: `lsof -d cwd -Fpn`: a line `p<pid>` and below it `n<path>`. */
export function parseLsof(text: string): Map<number, string> {
  const places = new Map<number, string>();
  let pid = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    else if (line.startsWith('n/')) places.set(pid, line.slice(1));
  }
  return places;
}
