/**
 * A tool's arguments and an operation's: into its input, into the words of the same call on a
 * command line (for hints that repeat it), and from such words back into a call.
 */
import { FlightError, isFlightError } from '../../kernel/errors.ts';
import { absolute, type AbsolutePath } from '../../kernel/path.ts';
import { argumentName } from '../../operations/define.ts';
import { locate } from '../cli/locate.ts';
import { parseArguments } from '../cli/parse.ts';
import { breakLockArgument, directoryArgument, type LoadedTool, type Toolbox } from './toolbox.ts';

type Values = Readonly<Record<string, unknown>>;

export interface Understood {
  /** by field */
  readonly input: Values;
  readonly directory: string | null;
  readonly breakLock: string | null;
}

/** What a choice or a hint is over MCP. */
export interface ToolCall {
  readonly tool: string;
  readonly arguments: Values;
}

/**
 * An argument that is `null` was left out.
 * @throws FlightError `usage` for one that is not known or not of its type
 */
export function understand(tool: LoadedTool, values: Values): Understood {
  const input: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === null || isOfEvery(tool, name)) continue;
    const parameter = tool.parameters.get(name);
    if (parameter === undefined) throw unknownArgument(tool, name);
    input[parameter.field] = value;
  }
  for (const [name, { field, spec }] of tool.parameters) {
    const shape = tool.is.input.safeParse(input);
    if (shape.success) break;
    const issue = shape.error.issues.find(({ path }) => path[0] === field);
    if (issue === undefined) continue;
    const what = field in input ? `${issue.message}.` : `is missing: ${spec.about}.`;
    throw usage(tool, `${tool.name}: ${name} ${what}`);
  }
  return {
    input,
    directory: text(tool, values, directoryArgument),
    breakLock: text(tool, values, breakLockArgument),
  };
}

/**
 * The words of the call, without global flags. What has no words is left out.
 * @param directory where the call is made: its paths are absolute in a call that repeats it
 */
export function wordsOf(
  tool: LoadedTool,
  input: Values,
  directory: AbsolutePath,
): readonly string[] {
  const flags: string[] = [];
  const operands: string[] = [];
  for (const [field, spec] of Object.entries(tool.is.flags)) {
    const value = input[field];
    if (value === undefined || value === false || spec.face === 'mcp') continue;
    const given = (Array.isArray(value) ? value : [value]).filter((one) => one !== true);
    const values = given.map((one) =>
      spec.path === true ? absolute(String(one), directory) : String(one),
    );
    if (spec.positional !== undefined) operands.push(...values);
    else if (values.length === 0) flags.push(argumentName(field, spec));
    else for (const one of values) flags.push(argumentName(field, spec), one);
  }
  return [...tool.is.name.split(' '), ...operands, ...flags];
}

/** The call that `words` of ours are, `null` if it is none of these tools'. */
export function callOf(
  toolbox: Toolbox,
  words: readonly string[],
  directory: string | null,
): ToolCall | null {
  const named = [...toolbox.values()].map((tool) => ({ name: tool.operation, tool }));
  const located = locate(named, words);
  if (located.kind !== 'operation') return null;
  const { tool } = located.entry;
  try {
    const { input, globals } = parseArguments(tool.is, located.args);
    if (globals.help) return null;
    const own = new Map<string, unknown>();
    for (const [field, value] of Object.entries(input)) {
      const parameter = [...tool.parameters].find(([, one]) => one.field === field);
      // a file has no name over MCP
      if (parameter === undefined) return null;
      own.set(parameter[0], value);
    }
    if (globals.breakLock !== null) own.set(breakLockArgument, globals.breakLock);
    const place = globals.directories.at(-1) ?? directory;
    if (place !== null) own.set(directoryArgument, place);
    return { tool: tool.name, arguments: Object.fromEntries(own) };
  } catch (error) {
    // words that are no whole call yet
    if (isFlightError(error, 'usage')) return null;
    throw error;
  }
}

/** The argument that `flag` is, e.g. `goals` for `--goal`. */
export function argumentOf(tool: LoadedTool, flag: string): string | null {
  const found = [...tool.parameters].find(
    ([, { field, spec }]) => argumentName(field, spec) === flag,
  );
  return found?.[0] ?? null;
}

function isOfEvery(tool: LoadedTool, name: string): boolean {
  return name === directoryArgument || (name === breakLockArgument && tool.is.effect !== 'read');
}

function text(tool: LoadedTool, values: Values, name: string): string | null {
  const value = values[name] ?? null;
  if (value !== null && typeof value !== 'string')
    throw usage(tool, `${tool.name}: ${name} must be a text.`);
  return value;
}

function unknownArgument(tool: LoadedTool, name: string): FlightError<'usage'> {
  const known = [...tool.parameters.keys(), directoryArgument].join(', ');
  return usage(tool, `${tool.name} takes no ${name}. It takes: ${known}.`);
}

function usage(tool: LoadedTool, detail: string): FlightError<'usage'> {
  return new FlightError('usage', { detail, command: tool.operation.split(' ') });
}
