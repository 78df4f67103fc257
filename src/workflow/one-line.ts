/**
 * Text of the user's where a line of Markdown is wanted: no line break, and nothing at its
 * beginning or inside that would make Markdown of the lines around it. Pure.
 */

/** What begins a block: headings, quotes, lists, fences, rules, tables. */
const begins = /^(?:(?:#{1,6}|>|[-*+]|\d+[.)])(?:\s+|$)|`{3,}|~{3,}|[-*_=]{3,}$|\|)+/u;

/** @param most characters; what is longer is cut at a word and ends with `…` */
export function oneLine(text: string, most = Number.POSITIVE_INFINITY): string {
  const flat = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .replace(begins, '')
    // a comment that is never closed would hide the rest of the file
    .replaceAll('<!--', '&lt;!--')
    .trim();
  if (flat.length <= most) return flat;
  const cut = flat.slice(0, most);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > most / 2 ? space : most).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

/** The first paragraph that says something, headings apart. */
export function firstParagraph(text: string): string {
  const paragraphs = text.replaceAll(/\r\n?/gu, '\n').split(/\n\s*\n/u);
  const said = paragraphs.map((one) =>
    one
      .split('\n')
      .filter((line) => !/^\s*#{1,6}(?:\s|$)/u.test(line))
      .join('\n'),
  );
  return said.find((one) => oneLine(one) !== '') ?? '';
}
