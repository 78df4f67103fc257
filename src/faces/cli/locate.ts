/**
 * Which operation a command line names, before any of them is loaded: global flags may stand
 * before, between and after the words of its name.
 */
import { globalFlagOf } from './globals.ts';

export type Located<E> =
  | {
      readonly kind: 'operation';
      readonly entry: E;
      /** everything but the words of the name, in order */
      readonly args: readonly string[];
    }
  /** no operation is named; `group` is `parallel` for `parallel --help`, `''` without a word */
  | { readonly kind: 'none'; readonly group: string; readonly args: readonly string[] }
  /** a word that leads nowhere, after `group` */
  | {
      readonly kind: 'unknown';
      readonly group: string;
      readonly word: string;
      readonly args: readonly string[];
    };

/** @param table operations, or other commands that have names */
export function locate<E extends { readonly name: string }>(
  table: readonly E[],
  argv: readonly string[],
): Located<E> {
  const passed: string[] = [];
  let name = '';
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const global = globalFlagOf(word);
    if (global !== null) {
      passed.push(word);
      if (global.flag.value !== undefined && !global.inline && at + 1 < argv.length) {
        at += 1;
        passed.push(argv[at] ?? '');
      }
      continue;
    }
    const args = [...passed, ...argv.slice(at + 1)];
    if (word.startsWith('-')) return { kind: 'unknown', group: name, word, args };
    const longer = name === '' ? word : `${name} ${word}`;
    const entry = table.find((candidate) => candidate.name === longer);
    if (entry !== undefined) return { kind: 'operation', entry, args };
    if (!table.some((candidate) => candidate.name.startsWith(`${longer} `))) {
      return { kind: 'unknown', group: name, word, args };
    }
    name = longer;
  }
  return { kind: 'none', group: name, args: passed };
}
