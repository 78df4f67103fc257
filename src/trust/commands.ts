/**
 * Runs commands of the project: through the shell, in a process group of their own that ends with
 * its children at the time limit, with bounded output, without a keyboard. Whatever they start
 * carries a mark in its environment: what left the group is found and ended by that.
 *
 * Processes: `/bin/sh -c <command>` (Windows: `cmd /d /s /c`), since these are command lines that
 * somebody wrote for a shell. Whether one may run is decided before (`trust.ts`).
 */
import { randomBytes } from 'node:crypto';
import { userEnvironment } from '../git/environment.ts';
import { endMarked, operationVariable } from '../kernel/marked-processes.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { run, type RunOptions, type RunResult } from '../kernel/processes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command is told about the session it runs for. */
export interface CommandSession {
  readonly name: string;
  readonly worktree: string;
  readonly branch: string;
  readonly base: string;
  readonly projectRoot: string;
}

export interface CommandOptions {
  readonly directory: AbsolutePath;
  /** the environment we were started with; git's redirections and our own switches are taken out */
  readonly env: Environment;
  readonly session: CommandSession;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** the last bytes of the output that are kept; default 64 kB */
  readonly keepBytes?: number;
}

export interface CommandResult {
  /** `null` if a signal ended it */
  readonly exit: number | null;
  /** stdout and stderr as they came, the last part */
  readonly output: string;
  readonly timedOut: boolean;
}

const keepBytes = 65_536;

/** What a command has left running may hold its output open; its own words are there by then. */
const lingerMs = 2_000;

/** @throws SpawnError if there is no shell or no such directory */
export async function runProjectCommand(
  command: string,
  options: CommandOptions,
): Promise<CommandResult> {
  const [shell, args, verbatim] = shellFor(command, options.env);
  // no token of an operation: a server that a command leaves running is nobody's git at work
  const mark = `command.${randomBytes(8).toString('hex')}`;
  const how: RunOptions = {
    cwd: options.directory,
    env: {
      ...userEnvironment(options.env),
      ...sessionVariables(options.session),
      [operationVariable]: mark,
    },
    lingerMs,
    timeoutMs: options.timeoutMs,
    keepBytes: options.keepBytes ?? keepBytes,
    keep: 'last',
    merged: true,
    verbatim,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const { exit, stdout, timedOut, aborted }: RunResult = await run(shell, args, how);
  if (timedOut || aborted) await endMarked(mark);
  return { exit, output: stdout.toString('utf8'), timedOut };
}

/** The variables that set-up, verification and `-- CMD` find in their environment. */
function sessionVariables(session: CommandSession): Record<string, string> {
  return {
    FLIGHT_RULES_SESSION: session.name,
    FLIGHT_RULES_WORKTREE: session.worktree,
    FLIGHT_RULES_BRANCH: session.branch,
    FLIGHT_RULES_BASE: session.base,
    FLIGHT_RULES_PROJECT_ROOT: session.projectRoot,
  };
}

function shellFor(command: string, env: Environment): [string, readonly string[], boolean] {
  if (process.platform !== 'win32') return ['/bin/sh', ['-c', command], false];
  // `/s` strips exactly the outer pair of quotes, whatever is inside
  return [env['ComSpec'] ?? 'cmd.exe', ['/d', '/s', '/c', `"${command}"`], true];
}
