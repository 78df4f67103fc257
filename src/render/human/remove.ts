/** `parallel remove`: where the work is now, and the way back. */
import type { RemoveReport } from '../../operations/shapes/remove.ts';
import { visible } from '../../kernel/visible.ts';
import { beside } from '../text.ts';
import { day } from '../time.ts';
import { renderer, type View } from './view.ts';
import { short, shown } from './words.ts';

export const remove = renderer<RemoveReport>((data, view) => [
  view.theme.good(headline(data)),
  ...(data.pullRequest === undefined
    ? []
    : beside('  Pull request  ', visible(data.pullRequest.url), view.width)),
  `  Branch        ${data.branchDeleted ? 'deleted, its commits are in the trash' : 'stays'}`,
  ...trashLines(data, view),
  ...(data.cwdAfter === undefined
    ? []
    : ['', 'This folder is gone. Go on in:', `  ${shown(data.cwdAfter, view)}`]),
]);

function headline(data: RemoveReport): string {
  const name = visible(data.name);
  switch (data.strategy) {
    case 'pr':
      return `Session ${name} is in review.`;
    case 'merge':
      return data.integrated === undefined
        ? `Session ${name} has ended: there was nothing to merge.`
        : `Session ${name} is in ${visible(data.integrated.into)} (${short(data.integrated.oid)}).`;
    case 'keep':
      return `Session ${name} is kept: its branch stays here, not pushed.`;
    case 'abandon':
      return `Session ${name} was abandoned. Its work is in the trash.`;
  }
}

function trashLines(data: RemoveReport, view: View): readonly string[] {
  if (data.trash === null) return [];
  const back = view.command(['parallel', 'restore', data.trash.id]);
  return [
    ...beside(`  Back with     `, view.theme.command(visible(back)), view.width),
    `  Kept until    ${day(data.trash.expiresAt, view.now)} at least`,
  ];
}
