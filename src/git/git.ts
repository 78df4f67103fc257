/**
 * The git port: every git process of the product is started here.
 *
 * - the program is resolved once, to an absolute path, from PATH alone (a `node_modules/.bin`
 *   or the repository itself must not be able to replace git);
 * - arguments are an array, never a shell line; names come after `--end-of-options`;
 * - which exit codes are answers is stated by each verb (`answers`), all others are errors;
 * - every spawn is traced with its milliseconds (`--verbose`).
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { FlightError } from '../kernel/errors.ts';
import { operationVariable } from '../kernel/marked-processes.ts';
import { run, SpawnError, type RunResult } from '../kernel/processes.ts';
import { gitEnvironment } from './environment.ts';

export interface GitCall {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly milliseconds: number;
  readonly exit: number | null;
}

export interface Git {
  /** absolute path of the program */
  readonly program: string;
  /** what git gets, before a call adds to it */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  readonly trace: ((call: GitCall) => void) | undefined;
  /** contents of our own records that were read or written: an object never changes */
  readonly known: Map<string, Buffer>;
  /** configuration read once for the whole command, by repository (see `commandConfig`) */
  readonly configs: Map<string, Promise<readonly string[]>>;
}

export interface GitOptions {
  /** exit codes that are answers; default `[0]` */
  readonly answers?: readonly number[];
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** default 10 minutes: a lock must not be held for ever by a git that hangs */
  readonly timeoutMs?: number;
  /** for calls that must not be cut off by Ctrl-C half-way: they are short and finish what is begun */
  readonly uninterruptible?: boolean;
}

/** git failed: everything known about the call. */
export class GitError extends FlightError<'git-failed'> {
  constructor(argv: readonly string[], cwd: string, result: RunResult) {
    const stderr = result.stderr.toString('utf8');
    super('git-failed', { argv, cwd, exit: result.exit, signal: result.signal, stderr });
    this.name = 'GitError';
  }
}

const defaultTimeoutMs = 600_000;

/**
 * Finds git and prepares its environment. No process is started.
 * @throws FlightError `git-missing`
 */
export function openGit(options: {
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  trace?: (call: GitCall) => void;
}): Git {
  return {
    program: findProgram('git', options.env['PATH'] ?? ''),
    env: gitEnvironment(options.env),
    signal: options.signal,
    trace: options.trace,
    known: new Map(),
    configs: new Map(),
  };
}

/** The same git, with every process marked as belonging to operation `token` (see `kernel/owner`). */
export function markedGit(git: Git, token: string): Git {
  return { ...git, env: { ...git.env, [operationVariable]: token } };
}

/** The same git with `env` added: what it reads may be another repository's. */
export function gitWith(git: Git, env: Readonly<Record<string, string>>): Git {
  return { ...git, env: { ...git.env, ...env }, configs: new Map() };
}

/**
 * Runs git in `cwd`.
 * @returns exit code (one of `answers`) and stdout as bytes
 * @throws GitError on any other exit code or signal; FlightError `git-timeout`, `git-missing`
 */
export async function git(
  port: Git,
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<{ exit: number; stdout: Buffer; stderr: Buffer }> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  let result: RunResult;
  try {
    result = await run(port.program, args, {
      cwd,
      env: options.env === undefined ? port.env : { ...port.env, ...options.env },
      timeoutMs,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      ...(port.signal === undefined || options.uninterruptible === true
        ? {}
        : { signal: port.signal }),
    });
  } catch (cause) {
    // spawn says ENOENT for a missing working directory too
    const why = cause instanceof SpawnError ? `${cause.code} (in ${cwd})` : String(cause);
    throw new FlightError('git-missing', { why }, { cause });
  }
  port.trace?.({ argv: args, cwd, milliseconds: result.milliseconds, exit: result.exit });
  if (result.timedOut) {
    throw new FlightError('git-timeout', { argv: args, cwd, milliseconds: timeoutMs });
  }
  if (result.exit === null || !(options.answers ?? [0]).includes(result.exit)) {
    throw new GitError(args, cwd, result);
  }
  return { exit: result.exit, stdout: result.stdout, stderr: result.stderr };
}

/** As `git`, answering stdout as text without its last newline. */
export async function gitText(
  port: Git,
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  const { stdout } = await git(port, cwd, args, options);
  return stdout.toString('utf8').replace(/\n$/u, '');
}

/** As `git`, answering the NUL-separated fields of stdout (the last, empty one is dropped). */
export async function gitFields(
  port: Git,
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string[]> {
  const { stdout } = await git(port, cwd, args, options);
  return splitNul(stdout);
}

/** The fields of NUL-terminated output. */
export function splitNul(bytes: Buffer): string[] {
  const fields = bytes.toString('utf8').split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields;
}

/**
 * The absolute path of `name` on `path`. Relative entries of PATH are skipped: they would mean
 * the repository we stand in.
 * @throws FlightError `git-missing`
 */
function findProgram(name: string, path: string): string {
  const found = lookUpProgram(name, path);
  if (found === null) throw new FlightError('git-missing', { why: `${name} is not on PATH` });
  return found;
}

/** As `findProgram`, but `null` if it is not there. */
export function lookUpProgram(name: string, path: string): string | null {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    for (const ending of endings) {
      const candidate = join(folder, name + ending);
      try {
        accessSync(candidate, constants.X_OK);
        if (statSync(candidate).isFile()) return candidate;
      } catch {
        // not here
      }
    }
  }
  return null;
}
