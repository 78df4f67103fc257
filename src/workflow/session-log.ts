/**
 * The log of a session: a Markdown file. Pure; where it lies and how it is named is `log-name.ts`.
 *
 * Header lines, before the first section, none of them in a standard session:
 * `**Session:** <name>`, `**Branch:** <branch>`, `**Worktree:** <absolute path>`,
 * `**Base:** <branch> (<oid in full>)`; a value that holds what cannot be seen is a JSON string.
 * Sections are `## Title` at the beginning of a line, those of `sections` in that order; further
 * ones are the user's. Goals are a list as `exact-text.ts` writes it. Users edit logs, with CRLF
 * too: what is read bears that, and what is written leaves every byte outside of it as it is.
 */
import { exactList, exactValue, readExactList, readExactValue } from './exact-text.ts';
import {
  headingsOf,
  isTitled,
  lineEnd,
  linesOf,
  listEntries,
  openLines,
  withClosedFence,
  type Heading,
} from './markdown.ts';

/** The sections every log has. */
export const sections = [
  'Goals',
  'Plan',
  'Summary',
  'Commits',
  'Files touched',
  'Next steps',
] as const;

export type SectionTitle = (typeof sections)[number];

export interface LogFacts {
  /** of the user's clock, e.g. `2026-11-22` */
  readonly date: string;
  /** of the user's clock, e.g. `14:03` */
  readonly time: string;
  readonly goals: readonly string[];
  /** `null`: a standard session */
  readonly session: {
    readonly name: string;
    readonly branch: string;
    readonly worktree: string;
    readonly base: { readonly name: string; readonly oid: string };
  } | null;
}

/** A log as read. */
export interface SessionLog {
  readonly session: string | null;
  readonly branch: string | null;
  readonly worktree: string | null;
  /** `<branch> (<oid>)` */
  readonly base: string | null;
  /** byte for byte as they were given */
  readonly goals: readonly string[];
  /** in the order of the file, as they stand there */
  readonly sections: readonly { readonly title: string; readonly body: string }[];
  /** those that are not ticked, one line each */
  readonly nextSteps: readonly string[];
}

const labels = ['Session', 'Branch', 'Worktree', 'Base'] as const;
const header = /^(?:[-*] )?\*\*(?<label>Session|Branch|Worktree|Base):\*\*(?<value>.*)$/u;

/**
 * The text of a new log. `{{date}}`, `{{time}}` and `{{session}}` in the template are filled in;
 * header lines and sections that it lacks are added, those it has are written by us alone.
 */
export function newLog(template: string, facts: LogFacts): string {
  const end = lineEnd(template);
  const name = facts.session === null ? '' : facts.session.name;
  const fill = new Map([
    ['date', facts.date],
    ['time', facts.time],
    ['session', name],
  ]);
  const filled = template.replaceAll(
    /\{\{(?<key>date|time|session)\}\}/gu,
    (_, key: string) => fill.get(key) ?? '',
  );
  let text = withHeader(filled, headerLines(facts), end);
  for (const title of sections) {
    const known = sectionOf(text, title) !== undefined;
    if (title === 'Goals') text = completeSection(text, title, exactList(facts.goals));
    else if (!known) text = completeSection(text, title, '');
  }
  return text.endsWith('\n') ? text : text + end;
}

function headerLines({ session }: LogFacts): readonly string[] {
  if (session === null) return [];
  const { name, branch, worktree, base } = session;
  const values = [name, branch, worktree, `${base.name} (${base.oid})`];
  return labels.map((label, at) => `**${label}:** ${exactValue(values[at] ?? '')}`);
}

/** Puts `wanted` where the template has its header lines, else below its title. */
function withHeader(text: string, wanted: readonly string[], end: string): string {
  const head = text.slice(0, headEnd(text));
  const lines = linesOf(head);
  const old = lines.filter((line) => header.test(line.text));
  const title = headingsOf(head)[0];
  const at = old[0]?.start ?? title?.bodyStart ?? 0;
  const keep = (part: readonly { text: string; start: number; end: number }[]): string =>
    part
      .filter((line) => !header.test(line.text))
      .map((line) => head.slice(line.start, line.end))
      .join('');
  const before = keep(lines.filter((line) => line.start < at));
  const after = keep(lines.filter((line) => line.start >= at));
  const rest = text.slice(head.length);
  if (wanted.length === 0)
    return before + (old.length > 0 ? afterGap(before, after) : after) + rest;
  const gapBefore = before === '' || /(?:^|\n)\r?\n$/u.test(before) ? '' : end;
  const gapAfter = after === '' && rest === '' ? '' : /^\r?\n/u.test(after) ? '' : end;
  return before + gapBefore + wanted.map((line) => line + end).join('') + gapAfter + after + rest;
}

/** What follows lines that were taken out: not two empty lines in a row. */
function afterGap(before: string, after: string): string {
  return /(?:^|\n)\r?\n$/u.test(before) ? after.replace(/^\r?\n/u, '') : after;
}

/** Reads a log, also one that was edited or written by hand. Never throws. */
export function readLog(text: string): SessionLog {
  const headings = headingsOf(text);
  const own = headings.filter(({ level }) => level === 2);
  const head = text.slice(0, own[0]?.start ?? text.length);
  const values = new Map<string, string>();
  for (const line of openLines(head)) {
    const found = header.exec(line.text)?.groups;
    const label = found?.['label'];
    const value = found?.['value']?.trim() ?? '';
    if (label !== undefined && value !== '' && !values.has(label)) {
      values.set(label, readExactValue(value));
    }
  }
  const goals = own.find((one) => isTitled(one, 'Goals'));
  const next = headings.find((one) => isTitled(one, 'Next steps'));
  return {
    session: values.get('Session') ?? null,
    branch: values.get('Branch') ?? null,
    worktree: values.get('Worktree') ?? null,
    base: values.get('Base') ?? null,
    goals: goals === undefined ? [] : readExactList(bodyOf(text, goals)),
    sections: own.map((one) => ({ title: one.title, body: bodyOf(text, one) })),
    nextSteps: next === undefined ? [] : listEntries(bodyOf(text, next)),
  };
}

/**
 * The log with `body` as the whole content of section `title`; every byte outside of that section
 * stays. A section that is missing is added at its place among those that are there.
 * @param body Markdown; headings of the first two levels become deeper ones and a fence left open
 *   is closed, so that it stays one section. The log's line ends are used.
 */
export function completeSection(text: string, title: string, body: string): string {
  const end = lineEnd(text);
  const there = sectionOf(text, title);
  const complete = (content: string): string => {
    const inner = content === '' ? '' : end + content.replaceAll('\n', end) + end;
    if (there === undefined) return added(text, title, inner, end);
    const head = text.slice(0, there.bodyStart);
    const rest = text.slice(there.bodyEnd);
    const whole = head.endsWith('\n') ? head : head + end;
    return whole + inner + (rest === '' ? '' : end) + rest;
  };
  const done = complete(asSection(body));
  const wanted = topHeadings(text).length + (there === undefined ? 1 : 0);
  if (sectionOf(done, title) !== undefined && topHeadings(done).length === wanted) return done;
  // above it somebody left a fence open, which one of ours would close
  return complete(asSection(body.replaceAll(/^(?= {0,3}(?:`{3}|~{3}))/gmu, '    ')));
}

function added(text: string, title: string, inner: string, end: string): string {
  const order: readonly string[] = sections;
  const later = order.indexOf(title) < 0 ? [] : order.slice(order.indexOf(title) + 1);
  const next = headingsOf(text).find(
    (one) => one.level === 2 && later.some((other) => isTitled(one, other)),
  );
  const at = next?.start ?? text.length;
  const before = text.slice(0, at);
  const whole = before === '' || before.endsWith('\n') ? before : before + end;
  const gap = whole === '' || /(?:^|\n)\r?\n$/u.test(whole) ? '' : end;
  const rest = text.slice(at);
  return `${whole}${gap}## ${title}${end}${inner}${rest === '' ? '' : end}${rest}`;
}

/** `body` as the content of one section: LF, no heading that would end it, no open fence. */
export function asSection(body: string): string {
  const text = withClosedFence(body.replaceAll(/\r\n?/gu, '\n').replace(/^\n+/u, '').trimEnd());
  let shifted = '';
  let at = 0;
  for (const { level, start } of headingsOf(text)) {
    shifted += text.slice(at, start) + (level <= 2 ? '#'.repeat(3 - level) : '');
    at = start;
  }
  return shifted + text.slice(at);
}

function topHeadings(text: string): readonly Heading[] {
  return headingsOf(text).filter(({ level }) => level <= 2);
}

function sectionOf(text: string, title: string): Heading | undefined {
  return headingsOf(text).find((one) => one.level === 2 && isTitled(one, title));
}

function bodyOf(text: string, heading: Heading): string {
  return text.slice(heading.bodyStart, heading.bodyEnd);
}

/** Where the first section begins. */
function headEnd(text: string): number {
  return headingsOf(text).find(({ level }) => level === 2)?.start ?? text.length;
}
