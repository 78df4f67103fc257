/** `config`: each value and where it comes from. */
import { visible } from '../../kernel/visible.ts';
import { table } from '../text.ts';
import { renderer } from './view.ts';
import { shown } from './words.ts';

interface ConfigData {
  readonly values: readonly {
    readonly key: string;
    readonly value: unknown;
    readonly source: string;
  }[];
}

export const config = renderer<ConfigData>((data, view) =>
  table(
    data.values.map(({ key, value, source }) => [
      visible(key),
      value === null ? 'not set' : visible(typeof value === 'string' ? value : text(value)),
      shown(source, view),
    ]),
  ),
);

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'not set';
}
