/**
 * Who clashes with whom, as the lower half of a square: a row per session, numbers as heads of
 * columns, one sign per pair and its meaning in words below. Where not all rows fit, those that
 * have nothing to do with others are left out, and said; where even that does not fit there is no
 * matrix, since what counts is listed anyway.
 */
import type { ConflictsReport } from '../../operations/shapes/conflicts.ts';
import { visible } from '../../kernel/visible.ts';
import { pad, wrap } from '../text.ts';
import { cut, width } from '../widths.ts';
import type { View } from './view.ts';
import { count } from './words.ts';

type Verdict = ConflictsReport['pairs'][number]['verdict'];

const signs: Readonly<Record<Verdict, string>> = {
  clash: 'X',
  touching: 'o',
  clear: '.',
  unknown: '?',
};

const widestName = 30;
const shortestName = 8;

export function matrix(data: ConflictsReport, view: View): readonly string[] {
  const { sessions, pairs } = data;
  const all = sessions.map(({ name }) => name);
  // with names there are pairs that nobody asked about
  if (all.length < 2 || pairs.length < (all.length * (all.length - 1)) / 2) return [];
  if (roomForName(all.length, view) >= shortestName) return rows(data, all, view);
  const busy = new Set([
    ...pairs.flatMap((one) => (one.verdict === 'clear' ? [] : [one.a, one.b])),
    ...data.base.flatMap((one) => (one.verdict === 'clear' ? [] : [one.name])),
  ]);
  const some = all.filter((name) => busy.has(name));
  const left = `${count(all.length - some.length, 'session')} without any of these left out.`;
  if (some.length === 0) return [];
  return roomForName(some.length, view) >= shortestName
    ? [...rows(data, some, view), ...wrap(left, view.width)]
    : wrap('So many do not fit into a matrix here; each that clashes is listed below.', view.width);
}

/** Columns of one pair, and of a row's number. */
function cellWidth(many: number): number {
  return many > 9 ? 3 : 2;
}

/** What the number, the base and the cells leave. */
function roomForName(many: number, view: View): number {
  const number = String(many).length;
  return view.width - number - 1 - '  base'.length - (many - 1) * cellWidth(many);
}

function rows(
  { pairs, base }: ConflictsReport,
  names: readonly string[],
  view: View,
): readonly string[] {
  const verdicts = new Map(pairs.flatMap((one) => bothWays(one.a, one.b, one.verdict)));
  const bases = new Map(base.map(({ name, verdict }) => [name, verdict]));
  const cell = cellWidth(names.length);
  const number = String(names.length).length;
  const longest = Math.max(...names.map((name) => width(visible(name))));
  const column = Math.min(longest, widestName, roomForName(names.length, view));
  const sign = (verdict: Verdict | undefined, columns: number): string => {
    const text = (verdict === undefined ? ' ' : signs[verdict]).padStart(columns);
    return verdict === 'clash' ? view.theme.problem(text) : text;
  };
  const heads = names.slice(0, -1).map((_, at) => String(at + 1).padStart(cell));
  const row = (name: string, at: number): string => {
    const cells = names
      .slice(0, at)
      .map((other) => sign(verdicts.get(`${name} ${other}`), cell))
      .join('');
    const label = `${String(at + 1).padStart(number)} ${pad(cut(visible(name), column), column)}`;
    return `${label}${sign(bases.get(name), '  base'.length)}${cells}`.trimEnd();
  };
  const used = new Set([...verdicts.values(), ...bases.values()]);
  return [
    `${' '.repeat(number + 1 + column)}  base${heads.join('')}`,
    ...names.map(row),
    '',
    ...wrap(legend(used), view.width),
  ];
}

function bothWays(a: string, b: string, verdict: Verdict): [string, Verdict][] {
  return [
    [`${a} ${b}`, verdict],
    [`${b} ${a}`, verdict],
  ];
}

function legend(used: ReadonlySet<Verdict>): string {
  const words: readonly (readonly [Verdict, string])[] = [
    ['clash', 'clash'],
    ['touching', 'changed the same files, merges clean'],
    ['clear', 'clear'],
    ['unknown', 'unknown'],
  ];
  return words
    .filter(([verdict]) => used.has(verdict))
    .map(([verdict, word]) => `${signs[verdict]} ${word}`)
    .join('   ');
}
