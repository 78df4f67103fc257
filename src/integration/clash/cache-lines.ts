/**
 * What is remembered, as one line of text each. Pure. What a file says is checked: one that was
 * damaged, or written by somebody else, makes no answer of a shape that nobody expects.
 */
import type { ClashPath, Judgement } from './model.ts';
import type { KnownSnapshot } from './verdict-cache.ts';

/** `clear`, `clash [["path","kind"]]`; `null`: not to be remembered. */
export function encodeJudgement({ verdict, paths }: Judgement): string | null {
  // what could not be found out is asked again
  if (verdict === 'unknown') return null;
  if (paths.length === 0) return verdict;
  return `${verdict} ${JSON.stringify(paths.map(({ path, kind }) => [path, kind]))}`;
}

export function decodeJudgement(line: string | undefined): Judgement | undefined {
  if (line === undefined) return undefined;
  const [verdict, list] = parted(line);
  if (verdict !== 'clash' && verdict !== 'touching' && verdict !== 'clear') return undefined;
  const paths = list === null ? [] : pairs(list);
  return paths === null ? undefined : { verdict, paths };
}

/** The commit, and what was touched if that does not take more than `most` characters. */
export function encodeSnapshot({ tip, touched }: KnownSnapshot, most: number): string | null {
  if (!isOid(tip)) return null;
  const line = touched === undefined ? tip : `${tip} ${JSON.stringify(touched)}`;
  return line.length > most ? tip : line;
}

export function decodeSnapshot(line: string | undefined): KnownSnapshot | undefined {
  if (line === undefined) return undefined;
  const [tip, list] = parted(line);
  if (!isOid(tip)) return undefined;
  if (list === null) return { tip };
  const touched = parse(list);
  return isTexts(touched) ? { tip, touched } : undefined;
}

function parted(line: string): readonly [string, string | null] {
  const space = line.indexOf(' ');
  return space < 0 ? [line, null] : [line.slice(0, space), line.slice(space + 1)];
}

function pairs(text: string): readonly ClashPath[] | null {
  const list = parse(text);
  if (!Array.isArray(list)) return null;
  const found: ClashPath[] = [];
  for (const one of list) {
    if (!isTexts(one) || one.length !== 2) return null;
    const [path = '', kind = ''] = one;
    found.push({ path, kind });
  }
  return found;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isOid(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(text);
}
