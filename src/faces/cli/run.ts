/** A command line -> the operation it names -> its answer. Questions are asked in between. */
import { FlightError, isFlightError } from '../../kernel/errors.ts';
import type { AnyOperation } from '../../operations/define.ts';
import { operations, type OperationEntry } from '../../operations/index.ts';
import { withWidths } from '../../render/widths.ts';
import { errorAnswer, outcomeAnswer, textAnswer, type Answer } from './answer.ts';
import { contextFor } from './context.ts';
import { asFlightError } from './failure.ts';
import { frame, startDirectory, type Frame } from './frame.ts';
import { noGlobals } from './globals.ts';
import { besideCommands, type BesideCommand } from '../beside.ts';
import { locate } from './locate.ts';
import type { Parsed } from './parse.ts';
import type { Interruption } from './signals.ts';
import { columns } from './terminal.ts';
import { partGlobals, withAbsolutePaths, withoutGlobals, withoutHelpWord } from './words.ts';

/** @param typed what follows the program; never throws */
export async function respond(
  typed: readonly string[],
  interruption: Interruption,
): Promise<Answer> {
  const argv = withoutHelpWord(typed);
  // until the flags are parsed: who asked for JSON anywhere gets errors as JSON
  let current = frame({ ...noGlobals, json: argv.includes('--json') }, interruption);
  let command = withoutGlobals(argv, {});
  try {
    const beside = locate(besideCommands, argv);
    if (beside.kind === 'operation') {
      const { globals, others } = partGlobals(beside.args);
      const { parseGlobals } = await import('./parse.ts');
      current = frame(parseGlobals(globals), interruption);
      return await runBeside(current, beside.entry, others);
    }
    const located = locate(operations, argv);
    const { parseArguments, parseGlobals, refuseNames } = await import('./parse.ts');
    switch (located.kind) {
      case 'unknown':
        return refuseNames([...operations, ...besideCommands], argv);
      case 'none':
        current = frame(parseGlobals(located.args), interruption);
        return await withoutOperation(current, located.group);
      case 'operation': {
        const operation = await located.entry.load();
        const parsed = parseArguments(operation, located.args);
        current = frame(parsed.globals, interruption);
        command = repeatable(current, operation, parsed.commandLine);
        const brief = await briefAnswer(current, located.entry);
        return brief ?? (await perform(current, operation, { ...parsed, commandLine: command }));
      }
    }
  } catch (thrown) {
    const stopped = { signal: interruption.name(), command };
    return errorAnswer(current, asFlightError(thrown, stopped));
  }
}

/** Runs; what is undecided is asked, if somebody is there, and the choice runs as if typed. */
async function perform(
  current: Frame,
  operation: AnyOperation,
  call: Pick<Parsed, 'input' | 'commandLine'>,
): Promise<Answer> {
  const context = contextFor(current, call.commandLine);
  const outcome = await operation.call(call.input, context);
  if (outcome.kind === 'done' || !current.interactive) {
    return outcomeAnswer(current, operation.name, outcome);
  }
  const { decision } = outcome;
  const { ask, canAsk } = await import('./prompt.ts');
  if (!canAsk(decision)) return outcomeAnswer(current, operation.name, outcome);
  const { beforeQuestion, declinedAnswer } = await import('./human.ts');
  const before = await beforeQuestion(current, operation.name, outcome);
  process.stderr.write(before.stderr);
  process.stdout.write(before.stdout);
  current.warnings.length = 0;
  const chosen = await ask(decision, columns(process.stdout));
  if (chosen.kind === 'declined') return declinedAnswer(current, decision);
  const located = locate(operations, chosen.args);
  if (located.kind !== 'operation') {
    throw new FlightError('bug', { what: `a choice names no command: ${chosen.args.join(' ')}` });
  }
  const { parseArguments } = await import('./parse.ts');
  const next = await located.entry.load();
  const parsed = parseArguments(next, located.args);
  return perform(placed(current, parsed.globals.directories), next, parsed);
}

/** The words of a call, for hints that repeat it and may be followed from anywhere. */
function repeatable(
  { globals }: Frame,
  { name, flags }: AnyOperation,
  words: readonly string[],
): readonly string[] {
  const own = name.split(' ').length;
  if (!Object.values(flags).some(({ path }) => path === true)) return words;
  try {
    const from = startDirectory(globals);
    return [...words.slice(0, own), ...withAbsolutePaths(words.slice(own), flags, from)];
  } catch (error) {
    // a folder that is gone is told when the call is made
    if (isFlightError(error)) return words;
    throw error;
  }
}

/** The frame of a choice that is taken elsewhere (`-C`). */
function placed(current: Frame, directories: readonly string[]): Frame {
  if (directories.length === 0) return current;
  const { globals } = current;
  const all = [...globals.directories, ...directories];
  return { ...current, globals: { ...globals, directories: all }, root: null };
}

/** The answer for something thrown where nobody waited for it. */
export function bugAnswer(
  thrown: unknown,
  argv: readonly string[],
  interruption: Interruption,
): Promise<Answer> {
  const current = frame({ ...noGlobals, json: argv.includes('--json') }, interruption);
  return errorAnswer(
    current,
    asFlightError(thrown, { signal: null, command: withoutGlobals(argv, {}) }),
  );
}

async function runBeside(
  current: Frame,
  command: BesideCommand,
  args: readonly string[],
): Promise<Answer> {
  const brief = await briefAnswer(current, null);
  if (brief !== null) return brief;
  if (!current.globals.help) return command.run(current, args);
  const { helpOfBeside } = await import('./help.ts');
  const text = await withWidths(() => helpOfBeside(command, columns(process.stdout)));
  return textAnswer(current, 'help', text);
}

/** Help or the version, if asked for. */
async function briefAnswer(current: Frame, entry: OperationEntry | null): Promise<Answer | null> {
  const { globals } = current;
  if (globals.version) return textAnswer(current, 'version', `${__VERSION__}\n`);
  if (!globals.help || entry === null) return null;
  const { helpOf } = await import('./help.ts');
  const operation = await entry.load();
  const text = await withWidths(() => helpOf(operation, columns(process.stdout)));
  return textAnswer(current, 'help', text);
}

/** `flight-rules` alone shows status, or help where there is nothing to show. */
async function withoutOperation(current: Frame, group: string): Promise<Answer> {
  const brief = await briefAnswer(current, null);
  if (brief !== null) return brief;
  const { overview } = await import('./help.ts');
  const text = await withWidths(() =>
    overview([...operations, ...besideCommands], group, columns(process.stdout)),
  );
  const help = textAnswer(current, 'help', text);
  if (current.globals.help) return help;
  if (group !== '') {
    const names = operations.filter(({ name }) => name.startsWith(`${group} `));
    const detail = `${group} needs a command: ${names.map(({ name }) => name.slice(group.length + 1)).join(', ')}.`;
    throw new FlightError('usage', { detail, command: [group] });
  }
  const status = operations.find(({ name }) => name === 'parallel status');
  if (status === undefined) return help;
  try {
    const operation = await status.load();
    const context = contextFor(current, status.name.split(' '));
    const outcome = await operation.call({}, context);
    const empty = outcome.kind === 'done' && hasNoSessions(outcome.data);
    return empty ? help : await outcomeAnswer(current, status.name, outcome);
  } catch (error) {
    if (isFlightError(error, 'not-a-repository')) return help;
    throw error;
  }
}

function hasNoSessions(data: unknown): boolean {
  const sessions: unknown =
    typeof data === 'object' && data !== null ? Reflect.get(data, 'sessions') : null;
  return Array.isArray(sessions) && sessions.length === 0;
}
