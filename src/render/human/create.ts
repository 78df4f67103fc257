/** `parallel create` and `parallel adopt`: what there is now, and how to go there. */
import type { AdoptReport } from '../../operations/shapes/adopt.ts';
import type { CreateReport } from '../../operations/shapes/create.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, wrap } from '../text.ts';
import { ago } from '../time.ts';
import { renderer, type View } from './view.ts';
import { count, short, shown } from './words.ts';

export const create = renderer<CreateReport>((data, view) => {
  const { session, existing } = data;
  const head = data.created
    ? view.theme.good(`Session ${visible(session.name)} is ready.`)
    : `Session ${visible(session.name)} exists already; nothing was changed.`;
  return [
    head,
    ...about(session, view),
    ...(existing === undefined ? [] : existingLines(existing, view)),
    ...(data.copied.length === 0
      ? []
      : wrap(`  Copied   ${data.copied.map(visible).join(', ')}`, view.width)),
    '',
    ...beside('Go there:  ', view.theme.command(visible(data.enter)), view.width),
  ];
});

export const adopt = renderer<AdoptReport>((data, view) => [
  view.theme.good(`${visible(data.session.name)} is a session now. Nothing was moved.`),
  ...about(data.session, view),
  ...(data.enter === undefined
    ? []
    : ['', ...beside('Go there:  ', view.theme.command(visible(data.enter)), view.width)]),
]);

function about(session: CreateReport['session'], view: View): readonly string[] {
  const { base } = session;
  return [
    ...beside('  Folder   ', shown(session.worktree, view), view.width),
    ...beside('  Branch   ', visible(session.branch), view.width),
    ...beside('  Base     ', `${visible(base.name)} at ${short(base.oid)}`, view.width),
    ...session.goals.flatMap((goal) => wrap(`  Goal     ${visible(goal)}`, view.width)),
  ];
}

function existingLines(
  existing: NonNullable<CreateReport['existing']>,
  view: View,
): readonly string[] {
  const { ahead, changes, lastActivityAt } = existing;
  const facts = [
    ahead === null ? 'commits unknown' : count(ahead, 'commit'),
    changes === null ? 'changes unknown' : `${count(changes, 'file')} not committed`,
    lastActivityAt === null
      ? 'last activity unknown'
      : `last activity ${ago(lastActivityAt, view.now)} ago`,
  ];
  return [`  There    ${facts.join(', ')}`];
}
