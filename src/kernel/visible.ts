/**
 * Text from a repository, made safe to look at. A person approves what they see, so what is shown
 * must not move the cursor, hide a part, or read from right to left.
 */

/** Control characters, what reorders text, what has no width, and line and paragraph separators. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

const named = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** `text` on one line, with everything that cannot be seen spelled as an escape: `\n`, `\u{1b}`. */
export function visible(text: string): string {
  return text.replace(
    unseen,
    (character) => named.get(character) ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
