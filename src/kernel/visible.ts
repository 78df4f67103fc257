/**
 * Text from a repository or a file system, made safe to look at: it must not move the cursor, hide
 * a part, or read from right to left.
 */

/** Control characters, what reorders text, what has no width, and line and paragraph separators. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** The joiners: no width, but emoji and several scripts are spelled with them. */
const joiner = /[\u200c\u200d]/u;

const named = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** `text` on one line, with what steers or hides as an escape: `\n`, `\x1b`, `\u202e`. */
export function visible(text: string): string {
  return text.replace(unseen, (one) => (joiner.test(one) ? one : escaped(one)));
}

/** As `visible`, the joiners too: of what a person approves, not one character may hide. */
export function spelledOut(text: string): string {
  return text.replace(unseen, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const known = named.get(character);
  if (known !== undefined) return known;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}
