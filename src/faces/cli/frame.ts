/** What one run of the program knows: how it was started, its flags, where it stands. */
import { statSync } from 'node:fs';
import { FlightError } from '../../kernel/errors.ts';
import { absolute, type AbsolutePath } from '../../kernel/path.ts';
import type { Suggestion } from '../../kernel/suggestion.ts';
import type { Warning } from '../../kernel/outcome.ts';
import { operations } from '../../operations/index.ts';
import type { Speller } from '../../render/json.ts';
import { besideCommands } from '../beside.ts';
import type { Globals } from './globals.ts';
import { locate } from './locate.ts';
import type { Interruption } from './signals.ts';
import { programWords, spell, spellSuggestion, type Spelling } from './spelling.ts';
import { isTerminal } from './terminal.ts';

export interface Frame {
  readonly globals: Globals;
  readonly program: readonly string[];
  readonly interruption: Interruption;
  readonly interactive: boolean;
  readonly warnings: Warning[];
  /** root of the project, as soon as an operation has found it */
  root: AbsolutePath | null;
}

export function frame(globals: Globals, interruption: Interruption): Frame {
  return {
    globals,
    program: programWords({
      script: process.argv[1] ?? '',
      node: process.execPath,
      path: process.env['PATH'] ?? '',
    }),
    interruption,
    interactive: isTerminal(process, process.env, globals),
    warnings: [],
    root: null,
  };
}

/**
 * Where the command was started, after each `-C`.
 * @throws FlightError `usage` for a `-C` that is no folder, `not-a-repository` in a removed one
 */
export function startDirectory(globals: Globals): AbsolutePath {
  const directory = asked(globals);
  const there = directory !== null && isFolder(directory);
  // Node remembers where it stands: in a process that lives on it must be looked at
  if (directory === null || (!there && globals.directories.length === 0)) {
    throw new FlightError('not-a-repository', {
      directory: directory ?? process.env['PWD'] ?? 'This folder',
      why: 'the folder was removed',
    });
  }
  if (!there) {
    throw new FlightError('usage', { detail: `-C ${directory}: there is no such folder.` });
  }
  return directory;
}

/** How commands are spelled: `whole` ones run from any directory, `here` ones where we stand. */
export function speller(frame: Frame, form: 'whole' | 'here'): Speller {
  const away = frame.globals.directories.length > 0;
  const gone = frame.warnings.some(({ code }) => code === 'cwd-gone');
  const whole = form === 'whole' || frame.globals.json || away || gone;
  const spelling: Spelling = {
    program: frame.program,
    directory: whole ? projectDirectory(frame) : null,
    json: frame.globals.json,
  };
  return {
    command: (args) => spell(spelling, args),
    suggestions: (all) => keepable(all).map((one) => spellSuggestion(spelling, one)),
  };
}

/** The project a call is about, as soon as that is known; before, where it was started. */
export function projectDirectory(frame: Frame): AbsolutePath | null {
  return frame.root ?? asked(frame.globals);
}

/** Suggestions that this version can keep: a command it lacks is never named. */
function keepable(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  return suggestions.filter(
    (suggestion) =>
      'argv' in suggestion ||
      locate([...operations, ...besideCommands], suggestion.args).kind !== 'unknown',
  );
}

function asked(globals: Globals): AbsolutePath | null {
  const last = globals.directories.reduce<AbsolutePath | null>(
    (from, next) => (from === null ? absoluteOnly(next) : absolute(next, from)),
    workingDirectory(),
  );
  return last;
}

/** `null` in a folder that was removed. */
function workingDirectory(): AbsolutePath | null {
  try {
    return absolute(process.cwd());
  } catch {
    return null;
  }
}

/** Without a working directory only an absolute path says where. */
function absoluteOnly(path: string): AbsolutePath | null {
  return path.startsWith('/') ? absolute(path, absolute('/')) : null;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
