import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteAll } from '../../src/kernel/quote.ts';

const argument = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...'\'"\\$`~*?[]{}()<>|&;!#= \t\n\r-%^a'.split('')) }),
  )
  // a shell knows no NUL, and a lone surrogate is no text
  .filter((text) => !text.includes('\0') && !/\p{Cs}/u.test(text));

test('a shell reads back what was quoted', () => {
  // All cases in one shell: a process for each would be slow.
  const cases = fc.sample(fc.array(argument, { minLength: 1, maxLength: 6 }), {
    numRuns: 400,
    seed: 1,
  });
  const script = cases.map((argv) => `printf '%s\\0' ${quoteAll(argv)}`).join('\n');
  for (const shell of ['sh', 'bash']) {
    const said = execFileSync(shell, ['-c', script]).toString('utf8').split('\0').slice(0, -1);
    expect(said).toEqual(cases.flat());
  }
});

test('what needs no quotes has none', () => {
  expect(quoteAll(['flight-rules', '-C', '/a/b', 'parallel', 'restore', 'x~1', ''])).toBe(
    "flight-rules -C /a/b parallel restore 'x~1' ''",
  );
});

test('nothing that a shell would read as its own stays bare', () => {
  for (const word of ['~', '~root', '=ls', 'A=b', '#x', '!x', '-n*', '{a,b}', 'a\nb']) {
    expect(quoteAll([word])).toMatch(/^'/u);
  }
});
