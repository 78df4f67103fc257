/** One argument, or a whole command, as a POSIX shell reads it back. */

/** Nothing in these has a meaning to sh, bash, zsh or fish, at any place of a word. */
const plain = /^[A-Za-z0-9_@%+:,./-]+$/u;

/** `argument` as one word of a shell line. Newlines, quotes, `~`, `=` and the empty text included. */
export function quote(argument: string): string {
  return plain.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** `argv` as a shell line. */
export function quoteAll(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}
