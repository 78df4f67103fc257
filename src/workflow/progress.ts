/**
 * `docs/progress.md`: one short entry per session, never twice. Pure. The entry comes from a
 * template; the file keeps its shape: the order of its dated entries, the level of their headings,
 * its line ends and how it ends. An entry is known by the name of its log.
 */
import { headingsOf, lineEnd, type Heading } from './markdown.ts';

export interface ProgressEntry {
  /** `2026-11-22` */
  readonly date: string;
  /** one line each */
  readonly title: string;
  readonly summary: string;
  /** of the log: its file name */
  readonly log: string;
}

export const progressFile = 'docs/progress.md';

const dated = /\d{4}-\d{2}-\d{2}|\b20\d{6}\b/u;

/**
 * @param text the file; `null` if there is none
 * @param template with `{{date}}`, `{{title}}`, `{{summary}}`, `{{log}}`
 */
export function withEntry(text: string | null, entry: ProgressEntry, template: string): string {
  if (text === null || text.trim() === '') {
    return `${text ?? ''}# Progress\n\n${filled(template, entry)}\n`;
  }
  if (hasEntry(text, entry.log)) return text;
  const entries = datedEntries(text);
  const end = lineEnd(text);
  const made = atLevel(filled(template, entry), entries[0]?.level).replaceAll('\n', end);
  const first = entries[0];
  if (first !== undefined && isNewestFirst(text, entries)) {
    return `${text.slice(0, first.start)}${made}${end}${end}${text.slice(first.start)}`;
  }
  const last = entries.at(-1);
  return inserted(text, last?.bodyEnd ?? text.length, made, end);
}

function hasEntry(text: string, log: string): boolean {
  return text.includes(log);
}

function filled(template: string, entry: ProgressEntry): string {
  const values = new Map([
    ['date', entry.date],
    ['title', entry.title],
    ['summary', entry.summary],
    ['log', `session_logs/${entry.log}`],
  ]);
  const whole = template.replaceAll('\r\n', '\n').trim();
  const text = whole.replaceAll(
    /\{\{(?<key>date|title|summary|log)\}\}/gu,
    (_, key: string) => values.get(key) ?? '',
  );
  // an empty value must not leave a hole; a template of the project's may forget the log
  const tight = text.replaceAll(/\n{3,}/gu, '\n\n');
  return hasEntry(tight, entry.log) ? tight : `${tight}\n\nLog: session_logs/${entry.log}`;
}

/** Those at the highest level at which headings have dates. */
function datedEntries(text: string): readonly Heading[] {
  const all = headingsOf(text).filter(({ title }) => dated.test(title));
  const level = Math.min(...all.map((one) => one.level));
  return all.filter((one) => one.level === level);
}

function atLevel(entry: string, level: number | undefined): string {
  const own = /^#{1,6}(?=\s)/u.exec(entry)?.[0].length;
  if (level === undefined || own === undefined) return entry;
  return entry.replaceAll(/^#{1,6}(?=\s)/gmu, (marks) =>
    '#'.repeat(Math.min(6, Math.max(1, marks.length + level - own))),
  );
}

function isNewestFirst(text: string, entries: readonly Heading[]): boolean {
  const dates = entries.map(({ title }) => (dated.exec(title)?.[0] ?? '').replaceAll('-', ''));
  const [first = '', last = ''] = [dates[0], dates.at(-1)];
  if (first !== last) return first > last;
  // of one day, or a single one: what the file says of itself
  const preamble = text.slice(0, entries[0]?.start ?? 0);
  return /\b(?:newest|latest|most recent)\b[^.\n]*\b(?:first|top)\b|reverse chronological/iu.test(
    preamble,
  );
}

/** `made` at `at`, one empty line apart from what is around it. The end of the file stays as it was. */
function inserted(text: string, at: number, made: string, end: string): string {
  const before = text.slice(0, at);
  const rest = text.slice(at);
  const gap = /\n\r?\n$/u.test(before) ? '' : before.endsWith('\n') ? end : end + end;
  if (rest !== '') return `${before}${gap}${made}${end}${end}${rest}`;
  return `${before}${gap}${made}${before.endsWith('\n') ? end : ''}`;
}
