/** Who is at the other end: a person at a terminal, or a program. */

const agentMarkers = ['CLAUDECODE', 'CODEX_SANDBOX', 'CURSOR_AGENT', 'GEMINI_CLI', 'OPENCODE'];

export interface Streams {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** True if questions may be asked: nobody said not to, and somebody is there to answer. */
export function isTerminal(
  streams: Streams,
  env: Environment,
  flags: { readonly json: boolean; readonly noInput: boolean },
): boolean {
  if (flags.json || flags.noInput) return false;
  if (isSet(env['CI']) && env['CI'] !== 'false') return false;
  if (agentMarkers.some((name) => isSet(env[name]))) return false;
  return streams.stdin.isTTY === true && streams.stdout.isTTY === true;
}

/** True if the answer may be coloured. */
export function mayColour(
  stream: { readonly isTTY?: boolean },
  env: Environment,
  flags: { readonly noColor: boolean },
): boolean {
  if (flags.noColor || isSet(env['NO_COLOR'])) return false;
  if (isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Columns to fill: the terminal's, within reason; 80 where there is none. */
export function columns(stream: { readonly columns?: number }): number {
  return Math.min(Math.max(stream.columns ?? 80, 40), 120);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
