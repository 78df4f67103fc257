/**
 * Reads the command lines that leave no room for doubt: every word is a flag spelled in full, the
 * value of the flag before it, or an operand there is a place for. Any other (`--flag=value`, a
 * value with a dash, `--`, a mistake) is `null`, and commander reads it, which takes longer to be
 * loaded than most commands take to run. A test holds both to the same answers.
 */
import { argumentName, type FlagSpec } from '../../operations/define.ts';
import { globalFlags, noGlobals, type Globals } from './globals.ts';

export interface PlainWords {
  readonly globals: Globals;
  readonly found: ReadonlyMap<string, unknown>;
}

/** @param specs the flags of the operation that this face knows, by field */
export function plainWords(
  specs: readonly (readonly [string, FlagSpec])[],
  args: readonly string[],
): PlainWords | null {
  const flags = new Map(
    specs
      .filter(([, spec]) => spec.positional === undefined)
      .flatMap(([field, spec]) => spellings(field, spec).map((word) => [word, { field, spec }])),
  );
  const found = new Map<string, unknown>();
  const operands: string[] = [];
  let globals = noGlobals;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const own = flags.get(word);
    const global = globalFlags.find(({ names }) => names.includes(word));
    // one that is both is the operation's business with commander
    if ((own === undefined) === (global === undefined)) return null;
    const takesValue = (own?.spec.value ?? global?.value) !== undefined;
    const value = takesValue ? args[at + 1] : '';
    if (value === undefined || value.startsWith('-')) return null;
    if (takesValue) at += 1;
    if (global !== undefined) globals = global.set(globals, value);
    else if (own === undefined || !take(found, own.field, own.spec, value)) return null;
  }
  return place(found, specs, operands) ? { globals, found } : null;
}

function spellings(field: string, spec: FlagSpec): readonly string[] {
  const long = argumentName(field, spec);
  return spec.alias === undefined ? [long] : [long, spec.alias];
}

/** @returns false if commander has to judge it */
function take(found: Map<string, unknown>, field: string, spec: FlagSpec, value: string): boolean {
  if (spec.optionalValue === true) return false;
  if (spec.value === undefined) found.set(field, true);
  else if (spec.choices !== undefined && !spec.choices.includes(value)) return false;
  else if (spec.repeatable === true) {
    const so = found.get(field);
    const before: readonly unknown[] = Array.isArray(so) ? so : [];
    found.set(field, [...before, value]);
  } else found.set(field, value);
  return true;
}

/** Operands to their fields. @returns false if one is left over */
function place(
  found: Map<string, unknown>,
  specs: readonly (readonly [string, FlagSpec])[],
  operands: readonly string[],
): boolean {
  let left = operands;
  for (const [field, { positional }] of specs) {
    if (left.length === 0) break;
    if (positional === 'one') {
      found.set(field, left[0]);
      left = left.slice(1);
    } else if (positional === 'many') {
      found.set(field, left);
      left = [];
    }
  }
  return left.length === 0;
}
