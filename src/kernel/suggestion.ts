/**
 * A command that helps, before it is spelled out. What is inside knows only the arguments of ours;
 * the face knows how we were started, from where, and whether `--json` was asked for, and makes
 * a line of it that runs as it stands from any directory.
 */
export type Suggestion =
  /** a command of ours: what follows the global flags, e.g. `['parallel', 'restore', 'auth']` */
  | { readonly args: readonly string[]; readonly why: string; readonly directory?: string }
  /** somebody else's command, complete, e.g. `['git', '-C', path, 'status']` */
  | { readonly argv: readonly string[]; readonly why: string };

/** A command as it can be run: one line for a POSIX shell, and the same as arguments. */
export interface SpelledCommand {
  readonly command: string;
  readonly argv: readonly string[];
}

/** `args` of ours, with the reason why it helps. */
export function ours(args: readonly string[], why: string): Suggestion {
  return { args, why };
}

/** A complete command of another program. */
export function theirs(argv: readonly string[], why: string): Suggestion {
  return { argv, why };
}
