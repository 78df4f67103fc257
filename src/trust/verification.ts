/**
 * Verification of merged files: the commands that are to find them good, one after the other, and
 * what they found. By exit code alone; what they print is for people.
 */
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { SpawnError } from '../kernel/processes.ts';
import { spelledOut } from '../kernel/visible.ts';
import type { Project } from '../sessions/project.ts';
import { runProjectCommand, type CommandResult, type CommandSession } from './commands.ts';
import { comesFromRepository, untrusted } from './trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** An hour: test suites are slow, and only what hangs is to be ended. */
const verifyTimeoutMs = 3_600_000;

export interface VerificationContext {
  readonly env: Environment;
  readonly session: CommandSession;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly progress?: (message: string) => void;
}

/** What verification found. Only `red` says something about the files. */
export type Verified =
  | { readonly kind: 'green' }
  | (Failed & {
      readonly kind: 'red';
      /** the how-manieth command it was */
      readonly at: number;
      /** `null` if a signal ended it */
      readonly exit: number | null;
    })
  /** it did not end within the limit, and was ended */
  | (Failed & { readonly kind: 'late' })
  | (Failed & { readonly kind: 'not-started' });

interface Failed {
  /** as it can be shown */
  readonly command: string;
  /** the last part of its output, or why it could not be started */
  readonly output: string;
}

/**
 * The commands that verify. Asked before anything happens, so that a missing approval refuses
 * instead of failing half-way.
 * @param given commands from the command line: the caller's own, in place of those configured
 * @throws FlightError `untrusted`; `usage` for one that is blank, which would find anything good
 */
export async function verifyCommands(
  project: Pick<Project, 'commonDir' | 'settings'>,
  given: readonly string[],
  env: Environment,
): Promise<readonly string[]> {
  const { verify } = project.settings;
  if (given.some((command) => command.trim() === '')) {
    throw new FlightError('usage', { detail: '--verify takes a command, and this one is empty.' });
  }
  if (given.length > 0 || !comesFromRepository(verify.source, env)) {
    return given.length > 0 ? given : verify.value;
  }
  const where = { commonDir: project.commonDir, env };
  const missing = await untrusted(where, 'verify', verify.value);
  if (missing.length > 0) {
    throw new FlightError('untrusted', { kind: 'verify', commands: missing.map(spelledOut) });
  }
  return verify.value;
}

/** Runs `commands` in `directory` up to the first that does not find it good. */
export async function verifyIn(
  directory: AbsolutePath,
  commands: readonly string[],
  context: VerificationContext,
): Promise<Verified> {
  for (const [at, text] of commands.entries()) {
    const command = spelledOut(text);
    context.progress?.(`Verifying: ${command}`);
    let result: CommandResult;
    try {
      result = await runProjectCommand(text, {
        directory,
        env: context.env,
        session: context.session,
        timeoutMs: context.timeoutMs ?? verifyTimeoutMs,
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      });
    } catch (cause) {
      if (!(cause instanceof SpawnError)) throw cause;
      return { kind: 'not-started', command, output: cause.message };
    }
    const { exit, output, timedOut } = result;
    if (timedOut) return { kind: 'late', command, output };
    if (exit !== 0) return { kind: 'red', at, command, exit, output };
  }
  return { kind: 'green' };
}

/**
 * The same as one function that throws.
 * @returns runs the commands in a directory; `null` if there are none
 * @throws FlightError `untrusted`; the function throws `verify-failed`
 */
export async function verification(
  project: Pick<Project, 'commonDir' | 'settings'>,
  given: readonly string[],
  context: VerificationContext,
): Promise<((directory: AbsolutePath) => Promise<void>) | null> {
  const commands = await verifyCommands(project, given, context.env);
  if (commands.length === 0) return null;
  return async (directory) => {
    const found = await verifyIn(directory, commands, context);
    if (found.kind !== 'green') throw verifyFailed(found);
  };
}

export function verifyFailed(found: Exclude<Verified, { kind: 'green' }>): FlightError {
  const { command, output } = found;
  const exit = found.kind === 'red' ? found.exit : null;
  return new FlightError('verify-failed', {
    command,
    exit,
    output,
    timedOut: found.kind === 'late',
  });
}
