// Every error reads as sentences: what happened, what is safe, which command helps.
import { describe as suite, expect, test } from 'vitest';
import { samples } from '../../src/faces/reference/samples.ts';
import { describe, FlightError, type ErrorCode } from '../../src/kernel/errors.ts';
import { operations } from '../../src/operations/index.ts';

const codes = Object.keys(samples) as ErrorCode[];
const commands = operations.map(({ name }) => name);

/** A sentence, or one that ends in a colon and a list. */
function isSentence(text: string): boolean {
  const [first = '', ...list] = text.split('\n');
  if (list.length === 0) return /[^.][.)]$/u.test(first);
  return /[.:]$/u.test(first) && list.every((line) => line.trim() !== '');
}

suite.each(codes)('%s', (code) => {
  const { message, safe, hints } = describe(new FlightError(code, samples[code]));

  test('says what happened and what is safe, in sentences', () => {
    expect(isSentence(message) ? '' : message).toBe('');
    expect(isSentence(safe) ? '' : safe).toBe('');
    for (const text of [message, safe]) {
      expect(text).not.toMatch(/undefined|\[object|null|NaN|\.\.(?!\.)|:\s*\.$/u);
    }
  });

  test('hints name commands that exist, each with its reason', () => {
    for (const hint of hints) {
      expect(hint.why).not.toMatch(/undefined|\.$|^[A-Z]/u);
      if ('argv' in hint) continue;
      const words = hint.args.join(' ');
      const exists = words.startsWith('-') || commands.some((name) => words.startsWith(name));
      expect(exists ? '' : words).toBe('');
    }
  });
});
