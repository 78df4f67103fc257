// Command lines that are read without commander are read as commander reads them.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseArguments, readWords } from '../../src/faces/cli/parse.ts';
import { plainWords } from '../../src/faces/cli/plain-words.ts';
import { isFlightError } from '../../src/kernel/errors.ts';
import { operations as ours } from '../../src/operations/index.ts';
import { operations as toys } from '../support/toy-operations.ts';

const names = [
  'toy echo',
  'parallel status',
  'parallel create',
  'parallel cleanup',
  'parallel remove',
];
const loaded = await Promise.all(
  names.map(async (name) => {
    const entry = [...toys, ...ours].find((one) => one.name === name);
    if (entry === undefined) throw new Error(`no ${name}`);
    return entry.load();
  }),
);

const word = fc.oneof(
  fc.constantFrom('x', 'y', '', '-', '--', '-x', '--x', '-C', '-C/a', '/a', '--json', '--quiet'),
  fc.constantFrom('--break-lock', '--break-lock=t', '--help', '-h', '--version', '--no-input'),
  fc.constantFrom('--goal', '--goal=g', '--title', '--strategy', 'keep', 'merge', '--yes', '--y'),
  fc.constantFrom('--force', '--aside', '--words', '--all', '--base', '--dirty', 'leave', '--as'),
  fc.constantFrom('--landed', '--dry-run', '--expired', '--shape', 'ff', '--no-yes', '--verbose'),
);

test('whatever is read plainly commander reads the same', () => {
  let plainly = 0;
  fc.assert(
    fc.property(fc.constantFrom(...loaded), fc.array(word, { maxLength: 7 }), (operation, args) => {
      const specs = Object.entries(operation.flags).filter(([, spec]) => spec.face !== 'mcp');
      const plain = plainWords(specs, args);
      if (plain === null) return;
      plainly += 1;
      const read = readWords(operation, specs, args);
      expect(plain.globals).toEqual(read.globals);
      expect(Object.fromEntries(plain.found)).toEqual(Object.fromEntries(read.found));
    }),
    { numRuns: 5_000 },
  );
  expect(plainly).toBeGreaterThan(200);
});

test('what the input accepts plainly its schema accepts, and makes the same of it', () => {
  const value = fc.oneof(fc.string(), fc.boolean(), fc.constantFrom(null, 1, undefined, []));
  const input = fc.dictionary(fc.constantFrom('name', 'all', 'other'), value);
  for (const operation of loaded.filter(({ plainInput }) => plainInput !== undefined)) {
    fc.assert(
      fc.property(input, (given) => {
        const plain = operation.plainInput?.(given) ?? null;
        if (plain === null) return;
        expect(operation.input.safeParse(given)).toEqual({ success: true, data: plain });
      }),
    );
  }
  expect(loaded.some(({ plainInput }) => plainInput !== undefined)).toBe(true);
});

test('a field that is missing is named, plainly read or not', () => {
  for (const args of [[], ['--goal=x']]) {
    const [echo] = loaded;
    if (echo === undefined) throw new Error('no toy');
    let detail = '';
    try {
      parseArguments(echo, args);
    } catch (error) {
      if (!isFlightError(error, 'usage')) throw error;
      detail = error.data.detail;
    }
    expect(detail).toBe('<name> is missing: the name.');
  }
});
