/** `demo`: the steps were told as they happened; here the picture of status, and how it ended. */
import type { DemoReport } from '../../operations/shapes/demo.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, indent, wrap } from '../text.ts';
import { status } from './status.ts';
import { renderer } from './view.ts';
import { count } from './words.ts';

export const demo = renderer<DemoReport>((data, view) => {
  const { steps, folder } = data;
  const claims = steps.reduce((sum, { saw }) => sum + saw.length, 0);
  const told = `All ${count(steps.length, 'step')} went as told, in ${data.seconds} s; ${count(claims, 'claim')} looked up in git and on disk.`;
  return [
    'What status showed after the folder had been deleted:',
    '',
    ...indent(status(data.status, { ...view, width: view.width - 2 }), 2),
    '',
    ...wrap(told, view.width).map(view.theme.good),
    ...(folder === null
      ? ['The temporary folder is removed; nothing else was touched.']
      : beside(
          'Look around in:  ',
          view.theme.command(visible(`cd ${folder}/my-project`)),
          view.width,
        )),
  ];
});
