/** Words for a POSIX shell. */

/** `word` so that a shell reads exactly it back; plain words stay as they are. */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_/.,:=@%+-]+$/u.test(word) && !word.startsWith('=')) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A line that runs `argv`. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(shellQuote).join(' ');
}
