/** Help, made of the table and of an operation's flags. */
import {
  argumentName,
  requiredFields,
  type AnyOperation,
  type FlagSpec,
} from '../../operations/define.ts';
import type { BesideCommand } from '../beside.ts';
import { wrap } from '../../render/text.ts';
import { globalFlags } from './globals.ts';

/** All commands, or those of a group such as `parallel`. */
export function overview(
  entries: readonly { readonly name: string; readonly summary: string }[],
  group: string,
  width: number,
): string {
  const shown = entries.filter(({ name }) => group === '' || name.startsWith(`${group} `));
  const column = Math.max(0, ...shown.map(({ name }) => name.length));
  const shownExamples = firstSteps.filter(({ args }) =>
    shown.some(({ name }) => args === name || args.startsWith(`${name} `)),
  );
  return text([
    `Usage: flight-rules ${group === '' ? '' : `${group} `}COMMAND [OPTIONS]`,
    '',
    ...(group === ''
      ? [
          ...wrap('Parallel git sessions for several coding agents. No work is ever lost.', width),
          '',
        ]
      : []),
    'Commands:',
    ...shown.flatMap(({ name, summary }) => described(name, summary, column, width)),
    '',
    ...globalLines(width),
    ...exampleLines(shownExamples),
    '',
    'More: flight-rules COMMAND --help',
  ]);
}

/** One command in full. */
export function helpOf(operation: AnyOperation, width: number): string {
  const required = requiredFields(operation);
  const rows = shownFlags(operation).map(([field, spec]) => {
    const value = spec.value === undefined ? '' : ` ${optional(spec, spec.value)}`;
    const name = `${argumentName(field, spec)}${spec.positional === undefined ? value : ''}`;
    const also = [
      ...(spec.alias === undefined ? [] : [`same as ${spec.alias}`]),
      ...(spec.choices === undefined ? [] : [spec.choices.join(', ')]),
      ...(spec.repeatable === true ? ['may be repeated'] : []),
      ...(required.has(field) ? [] : spec.positional === undefined ? [] : ['may be left out']),
    ];
    return [name, `${spec.about}${also.length === 0 ? '' : ` (${also.join('; ')})`}`] as const;
  });
  const column = Math.min(Math.max(0, ...rows.map(([name]) => name.length)), 28);
  return text([
    ...usageLines(operation, width),
    '',
    ...wrap(`${operation.summary}.`, width),
    ...paragraphs(operation.description, width),
    ...(rows.length === 0 ? [] : ['', 'Arguments and options:']),
    ...rows.flatMap(([name, about]) => described(name, about, column, width)),
    '',
    ...globalLines(width),
    ...exampleLines(operation.examples),
  ]);
}

/** The same for a command that is a face of its own. */
export function helpOfBeside(command: BesideCommand, width: number): string {
  const { name, forms, examples } = command;
  const column = Math.min(Math.max(0, ...forms.map(({ args }) => args.length)), 28);
  return text([
    `Usage: flight-rules ${name}${forms.length > 1 ? ' ...' : ''}`,
    '',
    ...wrap(`${command.summary}.`, width),
    ...paragraphs(command.description, width),
    '',
    'Forms:',
    ...forms.flatMap(({ args, about }) => described(args, about, column, width)),
    '',
    ...globalLines(width),
    ...exampleLines(examples),
  ]);
}

/** `flight-rules parallel create <name> [--goal T]... [-- CMD...]` */
export function usage(operation: AnyOperation): string {
  return usageWords(operation).join(' ');
}

/** The same in lines, broken between its parts. */
function usageLines(operation: AnyOperation, width: number): readonly string[] {
  const lines = ['Usage:'];
  for (const part of usageWords(operation)) {
    const longer = `${lines.at(-1)} ${part}`;
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(`      ${part}`);
  }
  return lines;
}

function usageWords(operation: AnyOperation): readonly string[] {
  const required = requiredFields(operation);
  const words = shownFlags(operation).map(([field, spec]) => {
    const name = argumentName(field, spec);
    if (spec.positional === undefined) return flagUsage(name, spec, required.has(field));
    switch (spec.positional) {
      case 'rest':
        return `[-- ${name.slice(1, -1).toUpperCase()}...]`;
      case 'many':
        return required.has(field) ? `${name}...` : `[${name}...]`;
      case 'one':
        return required.has(field) ? name : `[${name}]`;
    }
  });
  return ['flight-rules', operation.name, ...words];
}

function flagUsage(name: string, spec: FlagSpec, needed: boolean): string {
  const whole = spec.value === undefined ? name : `${name} ${optional(spec, valueName(spec))}`;
  const shown = needed ? whole : `[${whole}]`;
  return spec.repeatable === true ? `${shown}...` : shown;
}

function optional(spec: FlagSpec, value: string): string {
  return spec.optionalValue === true ? `[${value}]` : value;
}

function valueName(spec: {
  readonly value?: string;
  readonly choices?: readonly string[];
}): string {
  return spec.choices === undefined ? (spec.value ?? '') : spec.choices.join('|');
}

/** What most begin with. */
const firstSteps = [
  { args: 'parallel status', about: 'who works on what' },
  { args: 'parallel create auth --goal "Sign tokens"', about: 'a session of its own' },
  { args: 'dev-session start', about: 'where things stand, and a session with goals and a log' },
  { args: 'init --agents detect', about: 'tell the agents of this project' },
  { args: 'agents doctor', about: 'what each agent has and still needs' },
  { args: 'trust list', about: 'commands that come with this repository' },
] as const;

function exampleLines(
  examples: readonly { readonly args: string; readonly about: string }[],
): readonly string[] {
  if (examples.length === 0) return [];
  const lines = examples.flatMap(({ args, about }) => [`  ${about}`, `    flight-rules ${args}`]);
  return ['', 'Examples:', ...lines];
}

/** An empty line parts two; a single line break is only how the source is set. */
function paragraphs(description: string, width: number): readonly string[] {
  const all = description.split(/\n\s*\n/u).map((one) => one.replaceAll(/\s*\n\s*/gu, ' '));
  return all.flatMap((one) => ['', ...wrap(one, width)]);
}

function globalLines(width: number): readonly string[] {
  const rows = globalFlags.map(
    ({ names, value, about }) =>
      [`${names.join(', ')}${value === undefined ? '' : ` ${value}`}`, about] as const,
  );
  const column = Math.max(...rows.map(([name]) => name.length));
  return [
    'Options of every command:',
    ...rows.flatMap(([name, about]) => described(name, about, column, width)),
  ];
}

function described(name: string, about: string, column: number, width: number): readonly string[] {
  const [first = '', ...more] = wrap(about, Math.max(width - column - 4, 20));
  const margin = ' '.repeat(column + 4);
  const head =
    name.length <= column ? [`  ${name.padEnd(column)}  ${first}`] : [`  ${name}`, margin + first];
  return [...head, ...more.map((line) => margin + line)];
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** What a command line has, and says that it has. */
function shownFlags(operation: AnyOperation): [string, FlagSpec][] {
  return Object.entries(operation.flags).filter(
    ([, spec]) => spec.hidden !== true && spec.face !== 'mcp',
  );
}
