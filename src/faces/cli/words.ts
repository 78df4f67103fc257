/** The words of a command line, told apart without parsing them: which are values of flags. */
import { absolute, type AbsolutePath } from '../../kernel/path.ts';
import { argumentName, type FlagSpec } from '../../operations/define.ts';
import { globalFlagOf } from './globals.ts';

type Flags = Readonly<Record<string, FlagSpec>>;

/** Parts the arguments at the first `--` that is not the value of a flag. */
export function splitRest(
  args: readonly string[],
  flags: Flags,
): { readonly before: readonly string[]; readonly rest: readonly string[] | null } {
  const own = valueFlags(flags);
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--') return { before: args.slice(0, at), rest: args.slice(at + 1) };
    if (takesNext(word) || valueFollows(own, args, at)) at += 1;
  }
  return { before: args, rest: null };
}

/** The global flags with their values, and what else stands before a `--`. */
export function partGlobals(args: readonly string[]): {
  readonly globals: readonly string[];
  readonly others: readonly string[];
} {
  const globals: string[] = [];
  for (let at = 0; at < args.length && args[at] !== '--'; at += 1) {
    const word = args[at] ?? '';
    if (globalFlagOf(word) === null) continue;
    globals.push(word);
    if (!takesNext(word) || at + 1 >= args.length) continue;
    at += 1;
    globals.push(args[at] ?? '');
  }
  return { globals, others: withoutGlobals(args, {}) };
}

/** The arguments without the global flags and their values. What follows `--` stays. */
export function withoutGlobals(args: readonly string[], flags: Flags): readonly string[] {
  const own = valueFlags(flags);
  const kept: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--') return [...kept, ...args.slice(at)];
    if (valueFollows(own, args, at)) {
      kept.push(...args.slice(at, at + 2));
      at += 1;
    } else if (takesNext(word)) at += 1;
    else if (globalFlagOf(word) === null) kept.push(word);
  }
  return kept;
}

/**
 * The same call for any directory: its paths are absolute.
 * @param words without global flags and without the operation's name
 */
export function withAbsolutePaths(
  words: readonly string[],
  flags: Flags,
  directory: AbsolutePath,
): readonly string[] {
  const own = valueFlags(flags);
  // standard input has no place
  const whole = (path: string): string => (path === '-' ? path : absolute(path, directory));
  const operands = Object.values(flags).some((spec) => spec.positional === 'one' && spec.path);
  const made: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return [...made, ...words.slice(at)];
    const inline = /^(?<name>--[^=]+)=(?<value>.*)$/su.exec(word)?.groups;
    if (valueFollows(own, words, at)) {
      const value = words[at + 1] ?? '';
      made.push(word, own.get(word)?.path === true ? whole(value) : value);
      at += 1;
    } else if (own.get(inline?.['name'] ?? '')?.path === true) {
      made.push(`${inline?.['name']}=${whole(inline?.['value'] ?? '')}`);
    } else made.push(operands && !word.startsWith('-') ? whole(word) : word);
  }
  return made;
}

/** `help parallel create` is `parallel create --help`, as in many programs. */
export function withoutHelpWord(argv: readonly string[]): readonly string[] {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (takesNext(word)) at += 1;
    else if (globalFlagOf(word) === null) {
      return word === 'help' ? [...argv.slice(0, at), ...argv.slice(at + 1), '--help'] : argv;
    }
  }
  return argv;
}

function takesNext(word: string): boolean {
  const global = globalFlagOf(word);
  return global !== null && global.flag.value !== undefined && !global.inline;
}

/** Whether the word at `at` is a flag and the next word its value. */
function valueFollows(
  own: ReadonlyMap<string, FlagSpec>,
  args: readonly string[],
  at: number,
): boolean {
  const spec = own.get(args[at] ?? '');
  if (spec === undefined) return false;
  return spec.optionalValue !== true || args[at + 1]?.startsWith('-') === false;
}

function valueFlags(flags: Flags): ReadonlyMap<string, FlagSpec> {
  return new Map(
    Object.entries(flags)
      .filter(([, spec]) => spec.value !== undefined && spec.positional === undefined)
      .flatMap(([field, spec]) => {
        const spellings = [
          argumentName(field, spec),
          ...(spec.alias === undefined ? [] : [spec.alias]),
        ];
        return spellings.map((spelling) => [spelling, spec] as const);
      }),
  );
}
