/**
 * As much Markdown as logs, progress and task files need. Pure. Headings and fences count only
 * where a line begins with them, so that text indented into a list item can forge neither; a
 * fence that is never closed is none. CRLF and LF are both line ends; every byte stays where it is.
 */

export interface Line {
  /** without its line end */
  readonly text: string;
  readonly start: number;
  /** behind its line end */
  readonly end: number;
}

export interface Heading {
  /** 1 for `#` */
  readonly level: number;
  /** without markers around it */
  readonly title: string;
  readonly start: number;
  readonly bodyStart: number;
  /** where the next heading of this or a higher level begins, or the text ends */
  readonly bodyEnd: number;
}

export function linesOf(text: string): readonly Line[] {
  return [...text.matchAll(/[^\n]*\n|[^\n]+$/gu)].map((match) => ({
    text: match[0].replace(/\r?\n$/u, ''),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** A fence that opens in a line. */
interface Fence {
  readonly mark: string;
  /** index of the line that closes it, `null`: none does */
  readonly close: number | null;
}

/** The lines that are not inside of a fenced block, in order. */
export function openLines(text: string): readonly Line[] {
  return parted(linesOf(text)).open;
}

/** `text`, its last fence closed if it was left open. */
export function withClosedFence(text: string): string {
  const { unclosed } = parted(linesOf(text));
  return unclosed === null ? text : `${text}\n${unclosed}`;
}

function parted(lines: readonly Line[]): {
  readonly open: readonly Line[];
  /** mark of the first fence that is never closed */
  readonly unclosed: string | null;
} {
  const open: Line[] = [];
  let unclosed: string | null = null;
  // what nothing closes from here on is closed by nothing further down: each length is tried once
  const hopeless = new Set<string>();
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined) break;
    const fence = fenceAt(lines, at, hopeless);
    if (fence !== null && fence.close !== null) {
      at = fence.close;
      continue;
    }
    if (fence !== null) unclosed ??= fence.mark;
    open.push(line);
  }
  return { open, unclosed };
}

function fenceAt(lines: readonly Line[], at: number, hopeless: Set<string>): Fence | null {
  const text = lines[at]?.text ?? '';
  const mark = /^(?:`{3,}|~{3,})/u.exec(text)?.[0];
  if (mark === undefined) return null;
  if (mark.startsWith('`') && text.slice(mark.length).includes('`')) return null;
  if (hopeless.has(mark)) return { mark, close: null };
  const end = new RegExp(`^ {0,3}${mark[0] ?? ''}{${mark.length},}$`, 'u');
  for (let close = at + 1; close < lines.length; close += 1) {
    if (end.test(lines[close]?.text.trimEnd() ?? '')) return { mark, close };
  }
  hopeless.add(mark);
  return { mark, close: null };
}

/** All headings (`## Title`) outside of fenced blocks. */
export function headingsOf(text: string): readonly Heading[] {
  const found = openLines(text).flatMap((line) => {
    const level = /^#{1,6}(?=[ \t]|$)/u.exec(line.text)?.[0].length;
    if (level === undefined) return [];
    const title = withoutMarks(line.text.slice(level).trim());
    return [{ level, title, start: line.start, bodyStart: line.end }];
  });
  const ends = endsOf(found, text.length);
  return found.map((one, at) => ({ ...one, bodyEnd: ends[at] ?? text.length }));
}

/** `Title ##` is `Title`. */
function withoutMarks(title: string): string {
  let end = title.length;
  while (end > 0 && title[end - 1] === '#') end -= 1;
  const before = title[end - 1];
  return end === 0 || before === ' ' || before === '\t' ? title.slice(0, end).trim() : title;
}

/** Where each ends: from the last to the first, the nearest of each level is known. */
function endsOf(
  found: readonly { readonly level: number; readonly start: number }[],
  end: number,
): readonly number[] {
  const next = [end, end, end, end, end, end, end];
  const ends: number[] = [];
  for (const { level, start } of found.toReversed()) {
    ends.push(next[level] ?? end);
    next.fill(start, level);
  }
  return ends.toReversed();
}

/** Is `heading` the one people mean by `title`? `## Next steps:` is `Next Steps`. */
export function isTitled(heading: Heading, title: string): boolean {
  const plain = (words: string): string =>
    words.replaceAll(/[*_:]/gu, '').trim().replaceAll(/\s+/gu, ' ').toLowerCase();
  return plain(heading.title) === plain(title);
}

/** `text` without `<!-- … -->`: hints of a template. One that never ends is none. */
export function withoutComments(text: string): string {
  let rest = '';
  let at = 0;
  for (;;) {
    const from = text.indexOf('<!--', at);
    const to = from < 0 ? -1 : text.indexOf('-->', from);
    if (to < 0) return rest + text.slice(at);
    rest += text.slice(at, from);
    at = to + 3;
  }
}

/** The line end that `text` uses. */
export function lineEnd(text: string): '\n' | '\r\n' {
  return /^[^\n]*\r\n/u.test(text) ? '\r\n' : '\n';
}

/**
 * The entries of a list, each on one line; where there is no list, the paragraphs. Those that are
 * ticked (`[x]`) are done and left out.
 */
export function listEntries(body: string): readonly string[] {
  const entries: { text: string; readonly done: boolean; readonly item: boolean }[] = [];
  let apart = true;
  for (const { text } of linesOf(withoutComments(body))) {
    const item = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[(?<tick>[ xX])\]\s+)?(?<text>.*)$/u.exec(text);
    const last = entries.at(-1);
    if (text.trim() === '') apart = true;
    else if (item !== null) {
      const done = item.groups?.['tick']?.toLowerCase() === 'x';
      entries.push({ text: item.groups?.['text']?.trim() ?? '', done, item: true });
      apart = false;
    } else if (last !== undefined && (!apart || /^\s{2,}/u.test(text))) {
      last.text = `${last.text} ${text.trim()}`;
      apart = false;
    } else if (!text.startsWith('#')) {
      entries.push({ text: text.trim(), done: false, item: false });
      apart = false;
    }
  }
  const listed = entries.some(({ item }) => item);
  return entries
    .filter(({ done, item, text }) => !done && text !== '' && (item || !listed))
    .map(({ text }) => text);
}
