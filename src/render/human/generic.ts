/** Any data as indented lines: for operations without a renderer of their own. */
import { visible } from '../../kernel/visible.ts';

export function generic(data: unknown): readonly string[] {
  return lines(data, '');
}

function lines(value: unknown, margin: string): readonly string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${margin}none`];
    return value.flatMap((item: unknown) => {
      if (isFlat(item)) return [`${margin}${flat(item)}`];
      const [first = '', ...rest] = lines(item, `${margin}  `);
      return [`${margin}- ${first.trimStart()}`, ...rest];
    });
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
      isFlat(inner)
        ? [`${margin}${visible(key)}: ${flat(inner)}`]
        : [`${margin}${visible(key)}:`, ...lines(inner, `${margin}  `)],
    );
  }
  return [`${margin}${flat(value)}`];
}

function isFlat(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function flat(value: unknown): string {
  if (value === null) return 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return visible(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'unknown'));
}
