/** The words of a command line, told apart without parsing them: which are values of flags. */
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
    if (own.has(word) || takesNext(word)) at += 1;
  }
  return { before: args, rest: null };
}

/** The arguments without the global flags and their values. What follows `--` stays. */
export function withoutGlobals(args: readonly string[], flags: Flags): readonly string[] {
  const own = valueFlags(flags);
  const kept: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--') return [...kept, ...args.slice(at)];
    if (own.has(word)) {
      kept.push(...args.slice(at, at + 2));
      at += 1;
    } else if (takesNext(word)) at += 1;
    else if (globalFlagOf(word) === null) kept.push(word);
  }
  return kept;
}

function takesNext(word: string): boolean {
  const global = globalFlagOf(word);
  return global !== null && global.flag.value !== undefined && !global.inline;
}

function valueFlags(flags: Flags): ReadonlySet<string> {
  return new Set(
    Object.entries(flags)
      .filter(([, spec]) => spec.value !== undefined && spec.positional === undefined)
      .flatMap(([field, spec]) =>
        spec.alias === undefined
          ? [argumentName(field, spec)]
          : [argumentName(field, spec), spec.alias],
      ),
  );
}
