/**
 * Which process is the agent that runs a hook of ours: the nearest one above us that is neither a
 * shell nor a program that only starts others. With its start time, since a pid is reused.
 *
 * Linux: `/proc`, read at once, no process: a hook has no time. macOS: one `ps`. Elsewhere nobody
 * can tell when a process began, and the answer is `null`.
 */
import { readFileSync } from 'node:fs';
import { parseStat } from './proc-stat.ts';

export interface AgentProcess {
  readonly pid: number;
  /** clock ticks since boot (Linux), as `ps` prints it in UTC (macOS) */
  readonly startTime: string;
}

interface Above extends AgentProcess {
  readonly ppid: number;
  /** the program's name, at most 15 characters on Linux */
  readonly name: string;
  /** its arguments, asked for only where the name does not tell */
  readonly args: () => readonly string[];
}

/** Programs that only start others. */
const starters = new Set(
  (
    'sh bash zsh fish dash ash ksh mksh tcsh csh nu elvish busybox env nice nohup timeout time ' +
    'stdbuf setsid sudo doas su script xargs npm npx pnpm pnpx yarn bunx corepack volta mise asdf direnv'
  ).split(' '),
);

/** Whoever is reached there was not started by an agent, but typed by somebody. */
const ground =
  /^(?:init|systemd|launchd|tini|dumb-init|docker-init|catatonit|login|sshd.*|tmux.*|screen|SCREEN|mosh-server|cron|crond)$/u;

/** Runs scripts; which one only its arguments say. */
const runtimes = /^(?:node|nodejs|MainThread|bun|deno|npm.*|npx.*)$/u;

/** As npm calls itself, and its files: they start a program of ours, and end with it. */
const runnerTitle = /^(?:npm|npx|pnpm|yarn) /u;
const runnerFile = /(?:^|[\\/])(?:npx|npm|pnpm|pnpx|yarn|bunx|corepack)(?:-cli)?(?:\.c?js)?$/u;

/** How far up is looked: hooks are a few processes deep. */
const highest = 32;

/**
 * @param pid whose parents are looked at; default: our own
 * @returns `null` if there is none, or it cannot be told here
 */
export async function agentProcess(pid: number = process.pid): Promise<AgentProcess | null> {
  const look = await looker();
  if (look === null) return null;
  let at = look(pid)?.ppid ?? 0;
  for (let up = 0; up < highest && at > 0; up += 1) {
    const above = look(at);
    if (above === null || ground.test(above.name)) return null;
    if (!startsOthers(above)) return { pid: above.pid, startTime: above.startTime };
    at = above.ppid;
  }
  return null;
}

function startsOthers({ name, args }: Pick<Above, 'name' | 'args'>): boolean {
  // a login shell is called `-bash`
  if (starters.has(name.replace(/^-/u, ''))) return true;
  if (!runtimes.test(name)) return false;
  const words = args();
  // flags of the runtime may stand before the script
  const script = words.slice(1).find((word) => !word.startsWith('-')) ?? '';
  return runnerTitle.test(words[0] ?? '') || runnerFile.test(script);
}

async function looker(): Promise<((pid: number) => Above | null) | null> {
  if (process.platform === 'linux') return lookAtProc;
  if (process.platform !== 'darwin') return null;
  const { ps } = await import('./process-look.ts');
  const { parsePs } = await import('./process-readers.ts');
  const lines = await ps(['-axww', '-o', 'pid=,ppid=,stat=,tty=,lstart=,command=']);
  if (lines === null) return null;
  const all = new Map(parsePs(lines.join('\n')).map((one) => [one.pid, one]));
  return (pid) => {
    const one = all.get(pid);
    if (one === undefined) return null;
    const words = one.command.split(' ');
    const name = (words[0] ?? '').replace(/^.*\//u, '');
    return { pid, ppid: one.ppid, startTime: one.startTime, name, args: () => words };
  };
}

function lookAtProc(pid: number): Above | null {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    if (stat === null) return null;
    const { ppid, startTime, name } = stat;
    return { pid, ppid, startTime, name, args: () => argumentsOf(pid) };
  } catch {
    return null;
  }
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((word) => word !== '');
  } catch {
    return [];
  }
}
