/** `parallel land`: what came home. What did not is an error, and said by that. */
import type { LandReport } from '../../operations/shapes/land.ts';
import { visible } from '../../kernel/visible.ts';
import { beside } from '../text.ts';
import { renderer, type View } from './view.ts';
import { count, short, shown } from './words.ts';

export const land = renderer<LandReport>((data, view) => {
  const published = data.published ?? [];
  const all = data.landed.length + published.length;
  return [
    all === 0
      ? // why a session was left alone, or that no queue waits, is a warning
        'There is nothing to land.'
      : headline(data, view),
    ...data.landed.map(
      ({ name, into, oid }) => `  ${visible(name)}: ${visible(into)} ${short(oid)}`,
    ),
    ...published.flatMap(({ name, url }) =>
      beside(`  ${visible(name)}:  `, visible(url), view.width),
    ),
    ...(data.cwdAfter === undefined
      ? []
      : beside('Go on in  ', shown(data.cwdAfter, view), view.width)),
  ];
});

function headline({ landed, published = [] }: LandReport, view: View): string {
  const sentences = [
    ...(landed.length === 0 ? [] : [`Landed ${count(landed.length, 'session')}.`]),
    ...(published.length === 0 ? [] : [`${count(published.length, 'session')} in review.`]),
  ];
  return view.theme.good(sentences.join(' '));
}
