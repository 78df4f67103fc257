/** The flags that every command takes, before and after its name. */

export interface Globals {
  /** each `-C`, in order: one is relative to the one before */
  readonly directories: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly noInput: boolean;
  readonly noColor: boolean;
  readonly breakLock: string | null;
  readonly help: boolean;
  readonly version: boolean;
}

export const noGlobals: Globals = {
  directories: [],
  json: false,
  quiet: false,
  verbose: false,
  noInput: false,
  noColor: false,
  breakLock: null,
  help: false,
  version: false,
};

export interface GlobalFlag {
  readonly names: readonly string[];
  /** name of its value in help; without it a switch */
  readonly value?: string;
  readonly about: string;
  /** what it makes of the globals so far */
  readonly set: (globals: Globals, value: string) => Globals;
}

export const globalFlags: readonly GlobalFlag[] = [
  {
    names: ['-C'],
    value: 'DIR',
    about: 'run as if started in DIR',
    set: (globals, value) => ({ ...globals, directories: [...globals.directories, value] }),
  },
  {
    names: ['--json'],
    about: 'answer with one line of JSON, never ask',
    set: (globals) => ({ ...globals, json: true }),
  },
  {
    names: ['--quiet'],
    about: 'no progress on stderr',
    set: (globals) => ({ ...globals, quiet: true }),
  },
  {
    names: ['--verbose'],
    about: 'each git call with its milliseconds, on stderr',
    set: (globals) => ({ ...globals, verbose: true }),
  },
  {
    names: ['--no-input'],
    about: 'never ask, even at a terminal',
    set: (globals) => ({ ...globals, noInput: true }),
  },
  {
    names: ['--break-lock'],
    value: 'TOKEN',
    about: 'take over the lock, or what was begun, that exit 7 named by this token',
    set: (globals, value) => ({ ...globals, breakLock: value }),
  },
  {
    names: ['--no-color'],
    about: 'plain text (as NO_COLOR does)',
    set: (globals) => ({ ...globals, noColor: true }),
  },
  {
    names: ['--version'],
    about: 'print the version',
    set: (globals) => ({ ...globals, version: true }),
  },
  {
    names: ['-h', '--help'],
    about: 'this text',
    set: (globals) => ({ ...globals, help: true }),
  },
];

/** The global flag that `word` is or begins (`--break-lock=x`), `null` if it is none. */
export function globalFlagOf(
  word: string,
): { readonly flag: GlobalFlag; readonly inline: boolean } | null {
  for (const flag of globalFlags) {
    if (flag.names.includes(word)) return { flag, inline: false };
    if (flag.value === undefined) continue;
    const long = flag.names.some((name) => name.startsWith('--') && word.startsWith(`${name}=`));
    const short = flag.names.some((name) => !name.startsWith('--') && word.startsWith(name));
    if (long || short) return { flag, inline: true };
  }
  return null;
}
