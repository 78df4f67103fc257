/**
 * Arguments -> the input of an operation. commander does the reading; its flags are built from
 * the operation's own, and everything it objects to becomes a `usage` error.
 */
import { Argument, Command, CommanderError, Option } from 'commander';
import { FlightError } from '../../kernel/errors.ts';
import {
  argumentName,
  requiredFields,
  type AnyOperation,
  type FlagSpec,
} from '../../operations/define.ts';
import { globalFlags, noGlobals, type Globals } from './globals.ts';
import { plainWords, type PlainWords } from './plain-words.ts';
import { splitRest, withoutGlobals } from './words.ts';

export interface Parsed {
  readonly globals: Globals;
  /** by field; checked by the operation itself */
  readonly input: Readonly<Record<string, unknown>>;
  /** the words of this call without global flags, for hints that repeat it */
  readonly commandLine: readonly string[];
}

/**
 * @param args everything but the words of the operation's name
 * @throws FlightError `usage`
 */
export function parseArguments(operation: AnyOperation, args: readonly string[]): Parsed {
  const specs = Object.entries(operation.flags).filter(([, spec]) => spec.face !== 'mcp');
  const { globals, found } = plainWords(specs, args) ?? readWords(operation, specs, args);
  const input = Object.fromEntries(found);
  const plain = operation.plainInput?.(input) ?? null;
  if (plain === null && !globals.help && !globals.version) demandRequired(operation, found);
  const commandLine = [...operation.name.split(' '), ...withoutGlobals(args, operation.flags)];
  return { globals, input, commandLine };
}

/** As `plainWords`, for every command line there is. @throws FlightError `usage` */
export function readWords(
  operation: AnyOperation,
  specs: readonly (readonly [string, FlagSpec])[],
  args: readonly string[],
): PlainWords {
  const takesRest = specs.some(([, spec]) => spec.positional === 'rest');
  const { before, rest } = takesRest
    ? splitRest(args, operation.flags)
    : { before: args, rest: null };
  const found = new Map<string, unknown>();
  const command = quietCommand(operation.name);
  const readGlobals = giveGlobals(command);
  for (const [field, spec] of specs) {
    if (spec.positional === undefined) addFlag(command, field, spec, found);
  }
  const positional = specs.filter(([, spec]) => isOperand(spec));
  for (const [field, spec] of positional) {
    const name = argumentName(field, spec).slice(1, -1);
    command.addArgument(new Argument(spec.positional === 'many' ? `[${name}...]` : `[${name}]`));
  }
  command.action(() => undefined);
  understood(operation.name, () => command.parse([...before], { from: 'user' }));
  positional.forEach(([field], index) => {
    const value: unknown = command.processedArgs[index];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) {
      found.set(field, value);
    }
  });
  const restField = specs.find(([, spec]) => spec.positional === 'rest')?.[0];
  if (restField !== undefined && rest !== null) found.set(restField, rest);
  return { globals: readGlobals(), found };
}

/**
 * Global flags alone.
 * @throws FlightError `usage`
 */
export function parseGlobals(args: readonly string[]): Globals {
  const command = quietCommand('flight-rules').action(() => undefined);
  const globals = giveGlobals(command);
  understood('', () => command.parse([...args], { from: 'user' }));
  return globals();
}

/**
 * What is wrong with words that name no operation, with a suggestion if one is near.
 * @throws FlightError `usage`, always
 */
export function refuseNames(
  table: readonly { readonly name: string }[],
  argv: readonly string[],
): never {
  const program = quietCommand('flight-rules');
  const groups = new Map<string, Command>([['', program]]);
  giveGlobals(program);
  const grow = (name: string): Command => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const words = name.split(' ');
    const command = quietCommand(words.pop() ?? '');
    giveGlobals(command);
    grow(words.join(' ')).addCommand(command);
    groups.set(name, command);
    return command;
  };
  for (const { name } of table) grow(name);
  understood('', () => program.parse([...argv], { from: 'user' }));
  throw new FlightError('usage', { detail: 'This names no command.' });
}

/** Adds the global flags to `command`; the answer reads what was given, after parsing. */
function giveGlobals(command: Command): () => Globals {
  let globals = noGlobals;
  for (const flag of globalFlags) {
    const value = flag.value === undefined ? '' : ` <${flag.value}>`;
    const option = new Option(`${flag.names.join(', ')}${value}`);
    command.addOption(option);
    command.on(`option:${option.name()}`, (text: string | null) => {
      globals = flag.set(globals, text ?? '');
    });
  }
  return () => globals;
}

function addFlag(
  command: Command,
  field: string,
  spec: FlagSpec,
  found: Map<string, unknown>,
): void {
  const long = argumentName(field, spec);
  const spellings = spec.alias === undefined ? [long] : [long, spec.alias];
  for (const spelling of spellings) {
    const option = new Option(`${spelling}${valueOf(spec)}`);
    if (spec.choices !== undefined) option.choices(spec.choices);
    command.addOption(option);
    command.on(`option:${option.name()}`, (text: string | null) => {
      if (spec.value === undefined || text === null) found.set(field, true);
      else if (spec.repeatable === true) {
        const so = found.get(field);
        found.set(field, [...(Array.isArray(so) ? (so as readonly unknown[]) : []), text]);
      } else found.set(field, text);
    });
  }
}

/** As commander reads it: `<NAME>` is demanded, `[NAME]` may be left out. */
function valueOf({ value, optionalValue }: FlagSpec): string {
  if (value === undefined) return '';
  return optionalValue === true ? ` [${value}]` : ` <${value}>`;
}

/** A command that prints nothing, exits nothing and knows no help of its own. */
function quietCommand(name: string): Command {
  return new Command(name)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .helpOption(false)
    .helpCommand(false)
    .enablePositionalOptions()
    .allowExcessArguments(false);
}

function understood(name: string, parse: () => void): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new FlightError('usage', {
      detail: sentence(error.message),
      ...(name === '' ? {} : { command: name.split(' ') }),
    });
  }
}

/** commander says `error: unknown option '--x'\n(Did you mean --y?)`. */
function sentence(message: string): string {
  const [first = '', ...more] = message.replace(/^error: /u, '').split('\n');
  const text = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/\.$/u, '');
  return [`${text}.`, ...more.map((line) => line.replace(/^\((.*)\)$/u, '$1'))].join(' ');
}

function demandRequired(operation: AnyOperation, found: ReadonlyMap<string, unknown>): void {
  for (const field of requiredFields(operation)) {
    const spec = operation.flags[field];
    if (spec === undefined || found.has(field)) continue;
    throw new FlightError('usage', {
      detail: `${argumentName(field, spec)} is missing: ${spec.about}.`,
      command: operation.name.split(' '),
    });
  }
}

function isOperand(spec: FlagSpec): boolean {
  return spec.positional === 'one' || spec.positional === 'many';
}
