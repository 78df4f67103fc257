import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../../src/kernel/visible.ts';
import { beside, pad, table, wrap } from '../../src/render/text.ts';
import { cut, width, loadWidths, WidthsMissing, withWidths } from '../../src/render/widths.ts';
import { ago, day, size } from '../../src/render/time.ts';

test('what counts Unicode is loaded by the first text that needs it', async () => {
  expect(width('plain')).toBe(5);
  expect(width('\u001b[31mred\u001b[39m')).toBe(3);
  expect(cut('a long goal that does not fit', 12)).toBe('a long go...');
  expect(() => width('世界')).toThrow(WidthsMissing);
  let rendered = 0;
  const render = (): number => {
    rendered += 1;
    return width('世界');
  };
  expect(await withWidths(render)).toBe(4);
  expect(rendered).toBe(2);
  expect(await withWidths(render)).toBe(4);
  expect(rendered).toBe(3);
});

test('ASCII is counted and cut as the libraries do it', async () => {
  await loadWidths();
  const { default: stringWidth } = await import('string-width');
  const { default: cliTruncate } = await import('cli-truncate');
  fc.assert(
    fc.property(
      fc.stringMatching(/^[ -~]*$/u),
      fc.integer({ min: 4, max: 60 }),
      (text, columns) => {
        expect(width(text)).toBe(stringWidth(text));
        expect(cut(text, columns)).toBe(cliTruncate(text, columns, { truncationCharacter: '...' }));
      },
    ),
  );
});

test('nothing that steers a terminal passes', () => {
  expect(visible('a\u001b[31mb\nc\td\u0007\u009b')).toBe('a\\x1b[31mb\\nc\\td\\x07\\x9b');
  expect(visible('abc\u202egpj.exe')).toBe('abc\\u202egpj.exe');
  expect(visible('\u{e0041}')).toBe('\\u{e0041}');
  expect(visible('Grüße, 世界 👩‍👩‍👧')).toBe('Grüße, 世界 👩‍👩‍👧');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // eslint-disable-next-line no-control-regex -- these are what must not pass
      expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\p{Cs}]/u);
    }),
  );
});

test('wrapping keeps the words and the width, whatever their script', () => {
  const word = fc.stringMatching(/^[a-z世界é]{1,12}$/u);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1 }),
      fc.integer({ min: 10, max: 40 }),
      (words, room) => {
        const lines = wrap(words.join(' '), room);
        expect(lines.join(' ').split(' ')).toEqual(words);
        for (const line of lines.filter((one) => one.includes(' '))) {
          expect(width(line)).toBeLessThanOrEqual(room);
        }
      },
    ),
  );
});

test('columns are counted as they are seen', () => {
  expect(pad('世界', 6)).toBe('世界  ');
  expect(width(cut('a long goal that does not fit', 12))).toBeLessThanOrEqual(12);
  expect(
    table([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
  ).toEqual(['a    bb  c', 'aaa  b']);
});

test('a command that does not fit has a line of its own, whole', () => {
  expect(beside('> go:  ', 'short', 20)).toEqual(['> go:  short']);
  expect(beside('  > go:  ', 'x'.repeat(30), 20)).toEqual(['  > go:', `    ${'x'.repeat(30)}`]);
});

test('times and sizes', () => {
  const now = new Date('2026-11-22T15:00:00Z');
  expect(ago('2026-11-22T14:59:30Z', now)).toBe('a moment');
  expect(ago('2026-11-22T14:20:00Z', now)).toBe('40 min');
  expect(ago('2026-11-21T15:00:00Z', now)).toBe('24 h');
  expect(ago('2026-11-20T14:00:00Z', now)).toBe('2 days');
  expect(ago('nonsense', now)).toBe('unknown');
  expect(day('2026-11-29T00:00:00Z', now)).toBe('29 Nov');
  expect(day('2027-01-02T00:00:00Z', now)).toBe('2 Jan 2027');
  expect([size(0), size(999), size(1_500), size(212_298_112)]).toEqual([
    '0 bytes',
    '999 bytes',
    '1.5 kB',
    '212 MB',
  ]);
});
