/**
 * Recent entries of `docs/progress.md`, as `dev-session end` appends them or as people write it:
 * under headings, as a list, or as paragraphs. Parsing is pure.
 */
import { below, type AbsolutePath } from '../kernel/path.ts';
import { readWithin } from './bounded-read.ts';
import { headingsOf, linesOf, listEntries, withoutComments } from './markdown.ts';

const progressFile: readonly string[] = ['docs', 'progress.md'];

const mostBytes = 512 * 1024;

export interface ProgressEntry {
  /** of its heading; `''` for one that has none */
  readonly title: string;
  readonly text: string;
}

/** All entries, the newest first: by the dates in their titles, else those at the end are newest. */
export function parseProgress(text: string): readonly ProgressEntry[] {
  const plain = withoutComments(text);
  const headings = headingsOf(plain);
  // the first heading of the first level is the title of the file
  const level = Math.min(...headings.filter((one) => one.level > 1).map((one) => one.level));
  const entries = headings
    .filter((one) => one.level === level)
    .map((one) => ({
      title: one.title,
      text: oneLine(plain.slice(one.bodyStart, one.bodyEnd)),
    }));
  const all =
    entries.length > 0
      ? entries
      : listEntries(withoutHeadings(plain)).map((line) => ({ title: '', text: line }));
  const dated = all.map((entry, at) => ({ entry, at, date: dateOf(entry) }));
  const byDate = dated.every(({ date }) => date !== null);
  return dated
    .toSorted((a, b) => {
      if (byDate && a.date !== b.date) return (a.date ?? '') < (b.date ?? '') ? 1 : -1;
      return b.at - a.at;
    })
    .map(({ entry }) => entry);
}

/** The entries of the checkout, the newest first. @param checkout real path */
export async function readProgress(checkout: AbsolutePath): Promise<readonly ProgressEntry[]> {
  const read = await readWithin(checkout, below(checkout, ...progressFile), mostBytes);
  return read.kind === 'text' ? parseProgress(read.text) : [];
}

function dateOf({ title, text }: ProgressEntry): string | null {
  const match = /\b(?<year>\d{4})[-/.]?(?<month>\d{2})[-/.]?(?<day>\d{2})\b/u.exec(title || text);
  const { year, month, day } = match?.groups ?? {};
  return year === undefined ? null : `${year}-${month}-${day}`;
}

function withoutHeadings(text: string): string {
  return linesOf(text)
    .map((line) => line.text)
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

function oneLine(body: string): string {
  return linesOf(body)
    .map((line) => line.text.trim())
    .filter((line) => line !== '' && line !== '---')
    .join(' ');
}
