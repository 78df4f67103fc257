/**
 * `docs/critical-learnings.md`: a list of what was learned, each once. Pure. What stands there
 * stays as it is; new ones go to the end of the file.
 */
import { exactList, readExactList } from './exact-text.ts';
import { lineEnd, listEntries } from './markdown.ts';

export const learningsFile = 'docs/critical-learnings.md';

/** @param text the file; `null` if there is none */
export function withLearnings(text: string | null, learned: readonly string[]): string | null {
  const fresh = newOnes(text ?? '', learned);
  if (fresh.length === 0) return text;
  const list = exactList(fresh);
  if (text === null || text.trim() === '') return `${text ?? ''}# Critical learnings\n\n${list}\n`;
  const end = lineEnd(text);
  const whole = text.endsWith('\n') ? text : text + end;
  const lines = whole.trimEnd().split('\n');
  const inList = /^\s*[-*+]\s|^ {2,}\S/u.test(lines.at(-1) ?? '');
  const gap = inList || /\n\r?\n$/u.test(whole) ? '' : end;
  const added = list.replaceAll('\n', end);
  return `${whole}${gap}${added}${text.endsWith('\n') ? end : ''}`;
}

function newOnes(text: string, learned: readonly string[]): readonly string[] {
  const known = new Set([...readExactList(text), ...listEntries(text)].map(flat));
  const fresh: string[] = [];
  for (const one of learned) {
    if (known.has(flat(one))) continue;
    known.add(flat(one));
    fresh.push(one);
  }
  return fresh;
}

function flat(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}
