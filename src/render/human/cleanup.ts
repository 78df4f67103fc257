/** `parallel cleanup`: the plan before, the report after. Nothing is said to be done that is not. */
import type { CleanupItem, CleanupReport } from '../../operations/shapes/cleanup.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, indent, pad, wrap } from '../text.ts';
import { width } from '../widths.ts';
import { renderer, type View } from './view.ts';
import { count, onlyHere, short } from './words.ts';

export const cleanup = renderer<CleanupReport>((data, view) => {
  const { items, untouched } = data;
  if (items.length === 0 && untouched.length === 0) return ['Nothing to clean up.'];
  const executed = items.some((item) => item.done || item.error !== undefined);
  return executed ? report(data, view) : plan(data, view);
});

function plan({ items, untouched }: CleanupReport, view: View): readonly string[] {
  const alone = untouched.length === 0 ? '' : ` ${left(untouched.length)}`;
  const head = items.length === 0 ? 'Nothing to clean up.' : `${things(items)} can be cleaned up.`;
  const names = [...items.map(nameOf), ...untouched.map(({ what }) => visible(what))];
  const column = columnOf(names);
  return [
    `${head}${alone}`,
    '',
    ...items.flatMap((item) =>
      besideName(
        nameOf(item),
        [reasonText(item), ...item.actions.map(visible), ...lostCommits(item)],
        column,
        view,
      ),
    ),
    ...untouched.flatMap(({ what, why }) =>
      besideName(visible(what), [`left alone: ${visible(why)}`], column, view),
    ),
  ];
}

function report({ items, untouched }: CleanupReport, view: View): readonly string[] {
  const done = items.filter((item) => item.done);
  const failed = items.filter((item) => !item.done);
  const column = columnOf(items.map(nameOf));
  return [
    ...(done.length === 0 ? [] : [view.theme.good(`Cleaned up ${things(done)}.`)]),
    ...done.flatMap((item) => [
      ...besideName(nameOf(item), [went(item)], column, view),
      ...(item.restore === undefined
        ? []
        : indent(
            beside(
              'back with: ',
              view.theme.command(visible(item.restore.command)),
              view.width - column - 4,
            ),
            column + 4,
          )),
    ]),
    ...(failed.length === 0
      ? []
      : [view.theme.problem(`Not cleaned up: ${things(failed)}. What failed is unchanged.`)]),
    ...failed.flatMap((item) =>
      besideName(nameOf(item), [visible(item.error?.message ?? 'not tried')], column, view),
    ),
    ...(untouched.length === 0 ? [] : [left(untouched.length)]),
  ];
}

/** Those that are found nowhere else: the first ten, and how many more. */
function lostCommits({ commits = [], onlyHere: all }: CleanupItem): readonly string[] {
  const more = Math.max(0, (all ?? 0) - 10);
  return [
    ...commits.slice(0, 10).map(({ oid, subject }) => `${short(oid)} ${visible(subject)}`),
    ...(more === 0 ? [] : [`and ${count(more, 'more commit')}`]),
  ];
}

function reasonText(item: CleanupItem): string {
  switch (item.reason) {
    case 'orphaned':
      if (item.branch === null) return 'not a session that can be read';
      return `folder gone, ${onlyHere(item.onlyHere)}`;
    case 'interrupted':
      return 'an operation was cut off';
    case 'moved':
      return 'its folder was found elsewhere';
    case 'landed':
      return `landed: ${visible(item.landedBy ?? 'its work is in the base')}`;
    case 'expired':
      return `goes for good, cannot be undone: ${onlyHere(item.onlyHere)}`;
  }
}

function went(item: CleanupItem): string {
  if (item.branch === null || item.trash === undefined) {
    return item.actions.length === 0 ? 'done' : item.actions.map(visible).join('; ');
  }
  const tip = item.branchTip === null ? '' : ` (${short(item.branchTip)})`;
  return `branch ${visible(item.branch)}${tip} kept as ${visible(item.trash.id)}`;
}

function nameOf(item: CleanupItem): string {
  return visible(item.id ?? item.name);
}

function things(items: readonly CleanupItem[]): string {
  return items.every((item) => item.reason === 'expired')
    ? count(items.length, 'trash entry', 'trash entries')
    : count(items.length, 'session');
}

function left(number: number): string {
  return `${number} ${number === 1 ? 'is' : 'are'} left alone.`;
}

/** Longer names get a line of their own. */
function columnOf(names: readonly string[]): number {
  return Math.max(0, ...names.map(width).filter((columns) => columns <= 24));
}

function besideName(
  name: string,
  sentences: readonly string[],
  column: number,
  view: View,
): readonly string[] {
  const lines = sentences.flatMap((sentence) => wrap(sentence, view.width - column - 4));
  const margin = ' '.repeat(column + 4);
  if (width(name) > column) return [`  ${name}`, ...lines.map((line) => margin + line)];
  return lines.map((line, at) => (at === 0 ? `  ${pad(name, column)}  ${line}` : margin + line));
}
