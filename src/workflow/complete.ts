/**
 * Completing a log: summary, goals, commits, files, next steps. Pure. A log that the user has
 * written into is added to, never overwritten: every other byte stays, and nothing that is there
 * is written again.
 */
import { exactList } from './exact-text.ts';
import { headingsOf, isTitled, lineEnd, withoutComments } from './markdown.ts';
import { oneLine } from './one-line.ts';
import { asSection, completeSection, type SectionTitle } from './session-log.ts';

export interface Ending {
  /** Markdown, `null` if there is none */
  readonly summary: string | null;
  readonly goals: readonly string[];
  readonly next: readonly string[];
  readonly commits: readonly { readonly oid: string; readonly subject: string }[];
  /** relative */
  readonly files: readonly string[];
}

/** More than this a log does not list. */
const mostLines = 100;

export function completeLog(text: string, ending: Ending): string {
  let log = text;
  if (isBare(log, 'Goals')) log = withBlock(log, 'Goals', exactList(ending.goals));
  if (ending.summary !== null) log = withBlock(log, 'Summary', ending.summary);
  const commits = ending.commits.map(({ oid, subject }) => {
    const id = oid.slice(0, 10);
    return { known: id, line: `- ${id} ${oneLine(subject)}` };
  });
  log = withLines(log, 'Commits', commits);
  const files = ending.files.map((path) => {
    const line = `- \`${path.replaceAll('`', "'").replaceAll(/\p{Cc}/gu, '?')}\``;
    return { known: line, line };
  });
  log = withLines(log, 'Files touched', files);
  const next = ending.next.map((step) => {
    const line = exactList([oneLine(step)]);
    return { known: line, line };
  });
  return withLines(log, 'Next steps', next);
}

/** The words of a section: hints of the template do not count. `''` if there are none. */
export function sectionText(text: string, title: SectionTitle): string {
  return withoutComments(bodyText(text, title)).trim();
}

function bodyText(text: string, title: SectionTitle): string {
  const place = placeOf(text, title);
  if (place === null) return '';
  return text.slice(place.start, place.end).replaceAll('\r\n', '\n').trim();
}

function isBare(text: string, title: SectionTitle): boolean {
  return sectionText(text, title) === '';
}

function withBlock(text: string, title: SectionTitle, body: string): string {
  const content = asSection(body);
  if (content === '' || blocksOf(bodyText(text, title), content)) return text;
  return isBare(text, title) ? completeSection(text, title, body) : added(text, title, content, 2);
}

/** Does `content` stand in `there` as paragraphs of its own? */
function blocksOf(there: string, content: string): boolean {
  return `\n\n${there}\n\n`.includes(`\n\n${content}\n\n`);
}

function withLines(
  text: string,
  title: SectionTitle,
  wanted: readonly { readonly known: string; readonly line: string }[],
): string {
  const there = sectionText(text, title);
  const fresh = wanted.filter(({ known }) => !there.includes(known)).map(({ line }) => line);
  if (fresh.length === 0) return text;
  const shown = fresh.slice(0, mostLines);
  const rest = fresh.length - shown.length;
  const list = [...shown, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n');
  if (there === '') return completeSection(text, title, list);
  return added(text, title, list, /^\s*[-*+] /u.test(there.split('\n').at(-1) ?? '') ? 1 : 2);
}

/** `content` behind what stands in the section, whose bytes stay. */
function added(text: string, title: SectionTitle, content: string, lineEnds: 1 | 2): string {
  const place = placeOf(text, title);
  if (place === null) return completeSection(text, title, content);
  const end = lineEnd(text);
  const whole = text.slice(0, place.end).trimEnd();
  const after = text.slice(whole.length);
  const tail = after === '' ? end : after;
  return whole + end.repeat(lineEnds) + content.replaceAll('\n', end) + tail;
}

function placeOf(text: string, title: SectionTitle): { start: number; end: number } | null {
  const found = headingsOf(text).find((one) => one.level === 2 && isTitled(one, title));
  return found === undefined ? null : { start: found.bodyStart, end: found.bodyEnd };
}
