/**
 * Texts of the user's in a Markdown file: readable, exact, and unable to become anything else than
 * that text. Pure. Goals are a list, one entry each, in the first of three forms that holds it:
 *
 *     - Words on one line, as they are
 *     - ```text
 *       more lines, or what Markdown would take for something
 *       ```
 *     - ```json
 *       "with\u0000what cannot be seen"
 *       ```
 *
 * Values of header lines are as they are, or a JSON string if they hold what cannot be seen.
 */
import { linesOf } from './markdown.ts';

/** Control characters, what reorders text, what has no width, and line and paragraph separators. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** Begins like a sentence, not like a block of Markdown, and holds no HTML. */
const words = /^(?!\d+[.)])[\p{L}\p{N}"'(][^<]*$/u;

/** The entries of a list, for a section's body; ends without a line end. `''` for none. */
export function exactList(texts: readonly string[]): string {
  return texts.map(entry).join('\n');
}

function entry(text: string): string {
  if (isSeen(text) && words.test(text) && text.trim() === text) return `- ${text}`;
  const seen = isSeen(text.replaceAll('\n', ''));
  const body = seen ? text : json(text);
  const longest = Math.max(0, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  const lines = body.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
  return [`- ${fence}${seen ? 'text' : 'json'}`, ...lines, `  ${fence}`].join('\n');
}

/** The texts of a list as `exactList` writes it; entries written by hand are read as words. */
export function readExactList(body: string): readonly string[] {
  const lines = linesOf(body).map(({ text }) => text);
  const texts: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = /^- (?<fence>`{3,})(?<form>text|json)$/u.exec(line)?.groups;
    const end = fence === undefined ? -1 : lines.indexOf(`  ${fence['fence'] ?? ''}`, at + 1);
    if (fence !== undefined && end > at) {
      const inner = lines.slice(at + 1, end).map((one) => one.replace(/^ {2}/u, ''));
      texts.push(fence['form'] === 'json' ? fromJson(inner.join('\n')) : inner.join('\n'));
      at = end;
    } else {
      const item = /^\s*[-*+]\s+(?:\[[ xX]\]\s+)?(?<text>.*)$/u.exec(line)?.groups?.['text'];
      if (item !== undefined && item !== '') texts.push(item);
    }
  }
  return texts;
}

/** A value for a header line. */
export function exactValue(value: string): string {
  const plain = isSeen(value) && value.trim() === value && value !== '' && !value.startsWith('"');
  return plain ? value : json(value);
}

export function readExactValue(text: string): string {
  return text.startsWith('"') ? fromJson(text) : text;
}

function isSeen(text: string): boolean {
  return text.search(unseen) < 0;
}

/** JSON in which nothing is unseen. */
function json(text: string): string {
  return JSON.stringify(text).replace(unseen, (one) =>
    [...Array(one.length).keys()]
      .map((at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function fromJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}
