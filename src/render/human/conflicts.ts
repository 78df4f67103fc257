/**
 * `parallel conflicts`: a matrix of all, then what clashes with what and where, then the order.
 * Paths are never cut; they have lines of their own.
 */
import type { ConflictsReport } from '../../operations/shapes/conflicts.ts';
import { visible } from '../../kernel/visible.ts';
import { indent, pad, wrap } from '../text.ts';
import { cut, width } from '../widths.ts';
import { matrix } from './conflicts-matrix.ts';
import { renderer, type View } from './view.ts';
import { count } from './words.ts';

type Judged = Pick<ConflictsReport['pairs'][number], 'verdict' | 'paths' | 'morePaths' | 'why'>;

/** Paths of one clash that are shown; `--json` has more. */
const mostPaths = 20;

/** Pairs that are no clash are only named, and so many of them. */
const mostNamed = 10;

export const conflicts = renderer<ConflictsReport>((data, view) => {
  if (data.sessions.length === 0) return ['No sessions: nothing can clash.'];
  const parts = [
    wrap(summary(data), view.width),
    matrix(data, view),
    clashes(data, view),
    others(data, view),
    order(data, view),
  ].filter(({ length }) => length > 0);
  return parts.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));
});

function summary({ sessions, pairs, base }: ConflictsReport): string {
  const how = (verdict: string): number => pairs.filter((one) => one.verdict === verdict).length;
  const withBase = base.filter(({ verdict }) => verdict === 'clash').length;
  const said = [
    ...(pairs.length === 0 ? [] : [`${count(how('clash'), 'pair')} ${verb(how('clash'))}`]),
    ...(how('touching') === 0 ? [] : [`${how('touching')} changed the same files`]),
    ...(how('unknown') === 0 ? [] : [`${how('unknown')} unknown`]),
  ];
  const against = withBase === 0 ? '' : ` ${withBase} ${verb(withBase)} with the base.`;
  const pairwise = said.length === 0 ? '.' : `: ${said.join(', ')}.`;
  return `${count(sessions.length, 'session')}${pairwise}${against}`;
}

function verb(number: number): string {
  return number === 1 ? 'clashes' : 'clash';
}

/** Each with the two goals, and where. */
function clashes({ sessions, pairs, base }: ConflictsReport, view: View): readonly string[] {
  const goal = new Map(sessions.map((one) => [one.name, one.goals[0] ?? '']));
  const blocks = [
    ...base
      .filter(({ verdict }) => verdict === 'clash')
      .map((one) =>
        clash(`${visible(one.name)} and its base ${visible(one.base)}`, [one.name], one),
      ),
    ...pairs
      .filter(({ verdict }) => verdict === 'clash')
      .map((one) => clash(`${visible(one.a)} and ${visible(one.b)}`, [one.a, one.b], one)),
  ];
  return blocks.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));

  function clash(who: string, names: readonly string[], judged: Judged): readonly string[] {
    const column = Math.max(...names.map((name) => width(visible(name))));
    const goals = names
      .filter((name) => (goal.get(name) ?? '') !== '')
      .map((name) => `${pad(visible(name), column)}  ${visible(goal.get(name) ?? '')}`);
    return [
      ...wrap(`${view.theme.problem('Clash')}  ${who}`, view.width),
      ...indent(
        goals.map((line) => cut(line, view.width - 4)),
        4,
      ),
      ...indent(pathLines(judged), 4),
    ];
  }
}

function pathLines({ paths, morePaths = 0 }: Judged): readonly string[] {
  const shown = paths.slice(0, mostPaths);
  const column = Math.max(0, ...shown.map(({ path }) => width(visible(path))));
  const more = paths.length - shown.length + morePaths;
  return [
    ...shown.map(({ path, kind }) => {
      const text = visible(path);
      // a long path beside a short one would push all words to the right
      return `${column > 48 ? text : pad(text, column)}  ${visible(kind)}`;
    }),
    ...(more > 0 ? [`and ${count(more, 'more path')}`] : []),
  ];
}

/** Those that changed the same files without a clash, and those of which nothing is known. */
function others({ pairs, base }: ConflictsReport, view: View): readonly string[] {
  const touching = pairs.filter(({ verdict }) => verdict === 'touching');
  const unknown = [
    ...base
      .filter(({ verdict }) => verdict === 'unknown')
      .map((one) => ({ ...one, who: `${one.name} and its base ${one.base}` })),
    ...pairs
      .filter(({ verdict }) => verdict === 'unknown')
      .map((one) => ({ ...one, who: `${one.a} and ${one.b}` })),
  ];
  return [
    ...named(
      touching.map(({ a, b, paths, morePaths = 0 }) => {
        const more = paths.length + morePaths - 3;
        const some = paths.slice(0, 3).map(({ path }) => path);
        const list = `${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
        return `Both changed: ${a} and ${b}: ${list}`;
      }),
      view,
    ),
    ...named(
      unknown.map(({ who, why }) => `Unknown: ${who}${why === undefined ? '' : `: ${why}`}`),
      view,
    ),
  ];
}

function named(lines: readonly string[], view: View): readonly string[] {
  const more = lines.length - mostNamed;
  return [
    ...lines.slice(0, mostNamed).flatMap((line) => hanging(visible(line), view)),
    ...(more > 0 ? [`and ${more} more such ${more === 1 ? 'pair' : 'pairs'}`] : []),
  ];
}

function order({ order: names }: ConflictsReport, view: View): readonly string[] {
  if (names.length < 2) return [];
  return hanging(`Landing order: ${names.map(visible).join(', ')}`, view);
}

/** Wrapped, with further lines further in. */
function hanging(text: string, view: View): readonly string[] {
  const [first = '', ...rest] = wrap(text, view.width);
  const more = rest.length === 0 ? [] : wrap(rest.join(' '), view.width - 4);
  return [first, ...indent(more, 4)];
}
