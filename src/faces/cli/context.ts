/** What an operation gets to work with, from a run of the program. */
import { systemClock } from '../../kernel/clock.ts';
import { openGit, type GitCall } from '../../git/git.ts';
import type { OperationContext } from '../../operations/context.ts';
import { speller, startDirectory, type Frame } from './frame.ts';
import { readStandardInput } from './standard-input.ts';

/** What another face does in its own way. */
type Own = Partial<Pick<OperationContext, 'spell' | 'standardInput' | 'progress'>>;

/**
 * @param commandLine the arguments of ours, without global flags
 * @throws FlightError as `startDirectory`; `git-missing`
 */
export function contextFor(
  current: Frame,
  commandLine: readonly string[],
  own: Own = {},
): OperationContext {
  const { globals, interruption } = current;
  const speaks = !globals.quiet && (!globals.json || globals.verbose);
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  return {
    directory: startDirectory(globals),
    env: process.env,
    git: openGit({
      env: process.env,
      signal: interruption.signal,
      ...(globals.verbose ? { trace: (call: GitCall) => say(traced(call)) } : {}),
    }),
    clock: systemClock,
    pid: process.pid,
    commandLine,
    located: (root) => {
      current.root = root;
    },
    spell: (args) => speller(current, 'here').command(args),
    standardInput: readStandardInput,
    breakLock: globals.breakLock,
    interactive: current.interactive,
    signal: interruption.signal,
    progress: (message) => {
      if (speaks) say(message);
    },
    warn: (warning) => {
      // asked before and under the lock: the same answer twice is one warning
      const { code, message } = warning;
      const said = current.warnings.some((one) => one.code === code && one.message === message);
      if (!said) current.warnings.push(warning);
    },
    ...own,
  };
}

function traced(call: GitCall): string {
  return `git ${call.argv.join(' ')}  ${call.milliseconds.toFixed(1)} ms, exit ${call.exit ?? 'by signal'}, in ${call.cwd}`;
}
