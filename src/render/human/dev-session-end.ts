/**
 * `dev-session end`: what was written where, and what became of the work. Before the question of
 * the strategy: which log it will be, and the tasks.
 */
import type { EndReport } from '../../operations/shapes/dev-session-end.ts';
import { visible } from '../../kernel/visible.ts';
import { beside } from '../text.ts';
import { remove } from './remove.ts';
import { renderer, type View } from './view.ts';
import { short } from './words.ts';

/** What a decision shows: nothing is written yet. */
type Shown = EndReport | Pick<EndReport, 'log' | 'tasks'>;

export const devSessionEnd = renderer<Shown>((data, view) => {
  const tasks = data.tasks.flatMap((task) =>
    beside('  Task          ', visible(`${task.id} ${task.title}: ${task.status}`), view.width),
  );
  if (!('progress' in data)) {
    return [...beside('  Log           ', visible(data.log ?? ''), view.width), ...tasks];
  }
  const headline =
    data.integration === undefined
      ? [view.theme.good('The session is written down.')]
      : remove(data.integration, view);
  return [...headline, ...written(data, view), ...tasks, ...uncommitted(data, view)];
});

function written(data: EndReport, view: View): readonly string[] {
  if (data.log === null) return [];
  const where = data.committed === undefined ? '' : ` (committed as ${short(data.committed)})`;
  return [
    ...beside('  Log           ', `${visible(data.log)}${where}`, view.width),
    ...(data.progress === null
      ? []
      : beside('  Progress      ', visible(data.progress), view.width)),
    ...(data.saved === undefined
      ? []
      : beside('  Copy of it    ', visible(data.saved), view.width)),
  ];
}

function uncommitted({ uncommitted: paths }: EndReport, view: View): readonly string[] {
  if (paths === undefined || paths.length === 0) return [];
  const shown = paths.slice(0, 10).map((path) => `    ${visible(path)}`);
  const rest = paths.length - shown.length;
  return [
    view.theme.heading('  Not committed:'),
    ...shown,
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}
