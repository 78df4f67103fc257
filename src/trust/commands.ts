/**
 * Runs commands of the project: through the shell, in a process group of their own that ends with
 * its children at the time limit, with bounded output, without a keyboard.
 *
 * Processes: `/bin/sh -c <command>` (Windows: `cmd /d /s /c`), since these are command lines that
 * somebody wrote for a shell. Whether one may run is decided before (`trust.ts`).
 */
import { userEnvironment } from '../git/environment.ts';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { run, SpawnError, type RunOptions, type RunResult } from '../kernel/processes.ts';
import { spelledOut } from '../kernel/visible.ts';
import type { Project } from '../sessions/project.ts';
import { comesFromRepository, untrusted } from './trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command is told about the session it runs for. */
interface CommandSession {
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

/** An hour: test suites are slow, and only what hangs is to be ended. */
const verifyTimeoutMs = 3_600_000;

/** @throws SpawnError if there is no shell or no such directory */
export async function runProjectCommand(
  command: string,
  options: CommandOptions,
): Promise<CommandResult> {
  const [shell, args, verbatim] = shellFor(command, options.env);
  const how: RunOptions = {
    cwd: options.directory,
    env: { ...userEnvironment(options.env), ...sessionVariables(options.session) },
    timeoutMs: options.timeoutMs,
    keepBytes: options.keepBytes ?? keepBytes,
    keep: 'last',
    merged: true,
    verbatim,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const { exit, stdout, timedOut }: RunResult = await run(shell, args, how);
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

export interface VerificationContext {
  readonly env: Environment;
  readonly session: CommandSession;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly progress?: (message: string) => void;
}

/**
 * Prepares the verification of merged files. Asked before anything happens, so that a missing
 * approval refuses instead of failing half-way.
 * @param given commands from the command line: the caller's own, in place of those configured
 * @returns runs the commands in a directory, one after the other; `null` if there are none
 * @throws FlightError `untrusted`; the function throws `verify-failed`
 */
export async function verification(
  project: Pick<Project, 'commonDir' | 'settings'>,
  given: readonly string[],
  context: VerificationContext,
): Promise<((directory: AbsolutePath) => Promise<void>) | null> {
  const { verify } = project.settings;
  const commands = given.length > 0 ? given : verify.value;
  if (commands.length === 0) return null;
  if (given.length === 0 && comesFromRepository(verify.source, context.env)) {
    const where = { commonDir: project.commonDir, env: context.env };
    const missing = await untrusted(where, 'verify', commands);
    if (missing.length > 0) {
      throw new FlightError('untrusted', { kind: 'verify', commands: missing.map(spelledOut) });
    }
  }
  return async (directory) => {
    for (const command of commands) await verifyWith(command, directory, context);
  };
}

async function verifyWith(
  command: string,
  directory: AbsolutePath,
  context: VerificationContext,
): Promise<void> {
  const shown = spelledOut(command);
  context.progress?.(`Verifying: ${shown}`);
  let result: CommandResult;
  try {
    result = await runProjectCommand(command, {
      directory,
      env: context.env,
      session: context.session,
      timeoutMs: context.timeoutMs ?? verifyTimeoutMs,
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
  } catch (cause) {
    if (!(cause instanceof SpawnError)) throw cause;
    const data = { command: shown, exit: null, output: cause.message, timedOut: false };
    throw new FlightError('verify-failed', data, { cause });
  }
  const { exit, output, timedOut } = result;
  if (exit === 0 && !timedOut) return;
  throw new FlightError('verify-failed', { command: shown, exit, output, timedOut });
}
