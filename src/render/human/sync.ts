/** `parallel sync`: per session what came in, or that it had all of its base already. */
import type { SyncItem, SyncReport } from '../../operations/shapes/sync.ts';
import { visible } from '../../kernel/visible.ts';
import { nameBeside } from '../../sessions/name.ts';
import { beside, pad, wrap } from '../text.ts';
import { width } from '../widths.ts';
import { renderer, type View } from './view.ts';
import { short } from './words.ts';

/** Longer names get a line of their own. */
const widestName = 24;

export const sync = renderer<SyncReport>(({ sessions }, view) => {
  if (sessions.length === 0) return ['No active session to sync.'];
  const names = sessions.map(({ name }) => width(visible(name)));
  const column = Math.max(0, ...names.filter((columns) => columns <= widestName));
  return sessions.flatMap((item) => itemLines(item, column, view));
});

function itemLines(item: SyncItem, column: number, view: View): readonly string[] {
  const name = visible(item.name);
  const said = wrap(sentence(item), view.width - column - 2);
  const lines =
    width(name) > column
      ? [name, ...said.map((line) => `  ${line}`)]
      : said.map((line, at) => `${pad(at === 0 ? name : '', column)}  ${line}`);
  return [...lines, ...wayBack(item, column, view)];
}

function sentence({ result, base: name, from, to, shape, why, paths = [] }: SyncItem): string {
  const base = visible(name);
  const moved = from === undefined || to === undefined ? '' : ` (${short(from)} to ${short(to)})`;
  switch (result) {
    case 'synced':
      if (shape === 'rebase') return `rebased onto ${base}${moved}`;
      return `${shape === 'ff' ? 'moved forward to' : 'has all of'} ${base} now${moved}`;
    case 'current':
      return `has all of ${base} already`;
    case 'conflicts':
      return `conflicts with ${base}: ${paths.map(visible).join(', ')}`;
    case 'skipped':
      return `left alone: ${visible(why ?? '')}`;
    case 'aborted':
      return `is what it was before; nothing of ${base} came in`;
  }
}

/** What a rebase has replaced waits in the trash. */
function wayBack(
  { result, pinned, name }: SyncItem,
  column: number,
  view: View,
): readonly string[] {
  if (result !== 'synced' || pinned === undefined) return [];
  const as = nameBeside(name, 'before', pinned);
  const back = view.command(['parallel', 'restore', pinned, '--as', as]);
  const lead = `${' '.repeat(column)}  the branch before: `;
  return beside(lead, view.theme.command(visible(back)), view.width);
}
