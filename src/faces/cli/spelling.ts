/**
 * How a command of ours is spelled so that it runs as it stands: the program as we were started,
 * an absolute `-C`, every flag given.
 */
import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import type { SpelledCommand, Suggestion } from '../../kernel/suggestion.ts';
import { lookUpProgram } from '../../git/git.ts';
import { quoteAll } from '../../kernel/quote.ts';

/**
 * The words that start this very program again.
 * - `flight-rules`, if PATH leads to the file we were started from (folders that npm puts before
 *   PATH for one run do not count: they are gone when the command is used);
 * - out of a `node_modules`: through npx, which finds it there from any directory;
 * - else node and the file.
 */
export function programWords(started: {
  readonly script: string;
  readonly node: string;
  readonly path: string;
}): readonly string[] {
  const file = realFile(started.script);
  const lasting = started.path
    .split(':')
    .filter((folder) => !/[\\/]node_modules[\\/]\.bin[\\/]?$/u.test(folder))
    .join(':');
  const found = lookUpProgram('flight-rules', lasting);
  if (found !== null && realFile(found) === file) return ['flight-rules'];
  for (const path of [started.script, file]) {
    const at = path.lastIndexOf(`${sep}node_modules${sep}`);
    if (at > 0) return ['npx', '--no-install', '--prefix', path.slice(0, at), 'flight-rules'];
  }
  return [started.node, file];
}

export interface Spelling {
  readonly program: readonly string[];
  /** `null`: the command is typed where we were started, and needs no `-C` */
  readonly directory: string | null;
  readonly json: boolean;
}

/** A command of ours, spelled. */
export function spell(spelling: Spelling, args: readonly string[]): SpelledCommand {
  const at = args.indexOf('--');
  const own = at < 0 ? args : args.slice(0, at);
  const rest = at < 0 ? [] : args.slice(at);
  const argv = [
    ...spelling.program,
    ...(spelling.directory === null ? [] : ['-C', spelling.directory]),
    ...own,
    // also where a text that was given is that very word
    ...(spelling.json ? ['--json'] : []),
    ...rest,
  ];
  return { command: quoteAll(argv), argv };
}

/** A suggestion, ours or another program's, spelled, with its reason. */
export function spellSuggestion(
  spelling: Spelling,
  suggestion: Suggestion,
): SpelledCommand & { readonly why: string } {
  if ('argv' in suggestion) {
    const { argv, why } = suggestion;
    return { command: quoteAll(argv), argv, why };
  }
  const { args, why, directory } = suggestion;
  return { ...spell(directory === undefined ? spelling : { ...spelling, directory }, args), why };
}

function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
