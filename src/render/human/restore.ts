/** `parallel restore`: what is back, or with `--list` what can come back. */
import type {
  RestorableEntry,
  RestoredSession,
  RestoreReport,
} from '../../operations/shapes/restore.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, table } from '../text.ts';
import { ago, day, size } from '../time.ts';
import { renderer, type View } from './view.ts';
import { short, shown } from './words.ts';

export const restore = renderer<RestoreReport>((data, view) => {
  if ('entries' in data) return entries(data.entries, view);
  if ('sessions' in data) return data.sessions.flatMap((session) => restored(session, view));
  return restored(data, view);
});

function entries(all: readonly RestorableEntry[], view: View): readonly string[] {
  if (all.length === 0) return ['Nothing to restore.'];
  const rows = all.map((entry) => [
    visible(entry.id),
    `${ago(entry.removedAt, view.now)} ago`,
    visible(entry.strategy),
    entry.branchTip === null ? 'no branch' : short(entry.branchTip),
    entry.hasWorktree ? 'with folder' : 'no folder',
    entry.bytes === null ? 'unknown' : size(entry.bytes),
    `until ${day(entry.expiresAt, view.now)}`,
  ]);
  return [
    ...table([['ID', 'REMOVED', 'HOW', 'TIP', 'FOLDER', 'SIZE', 'KEPT'], ...rows]),
    '',
    ...beside('Bring one back:  ', view.command(['parallel', 'restore', 'ID']), view.width),
  ];
}

function restored(session: RestoredSession, view: View): readonly string[] {
  // what could not come back is said as a warning
  const { from } = session;
  const source = from.id === null ? 'rebuilt from its branch' : `restored from ${visible(from.id)}`;
  return [
    view.theme.good(`Session ${visible(session.name)} is back, ${source}.`),
    ...beside('  Folder   ', shown(session.worktree, view), view.width),
    ...beside('  Branch   ', visible(session.branch), view.width),
  ];
}
