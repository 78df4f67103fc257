import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { spelledOut } from '../../src/kernel/visible.ts';
import { approvalKey } from '../../src/trust/store.ts';
import { comesFromRepository, whyNoPerson } from '../../src/trust/trust.ts';

test('what is shown has nothing that moves the cursor, hides or reorders', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      expect(spelledOut(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test.each([
  ['npm test', 'npm test'],
  ['größe ✓ 漢字', 'größe ✓ 漢字'],
  ['a\r\u001B[2Kb', 'a\\r\\x1b[2Kb'],
  ['rm x\u202Etxt.', 'rm x\\u202etxt.'],
  ['one\ntwo\tthree', 'one\\ntwo\\tthree'],
  ['no\u200Bgap', 'no\\u200bgap'],
])('%j is shown as %s', (text, shown) => {
  expect(spelledOut(text)).toBe(shown);
});

test('an approval is of one kind and one text', () => {
  const key = approvalKey('verify', 'npm test');
  expect(approvalKey('verify', 'npm test ')).not.toBe(key);
  expect(approvalKey('setup', 'npm test')).not.toBe(key);
  expect(approvalKey('verify', 'npm test')).toBe(key);
});

test('only the defaults and the file of the user do not come from the repository', () => {
  const env = { XDG_CONFIG_HOME: '/u' };
  expect(comesFromRepository('default', env)).toBe(false);
  expect(comesFromRepository('/u/flight-rules/config.json', env)).toBe(false);
  expect(comesFromRepository('/p/.flight-rules/config.json', env)).toBe(true);
});

test.each(['CLAUDECODE', 'CODEX_SANDBOX', 'CURSOR_AGENT', 'GEMINI_CLI', 'OPENCODE', 'CI'])(
  'under %s nobody is taken for a person, terminal or not',
  (name) => {
    expect(whyNoPerson(true, { [name]: '1' })).toContain(name);
    expect(whyNoPerson(false, { [name]: '1' })).toContain(name);
    expect(whyNoPerson(true, { [name]: '' })).toBeNull();
  },
);

test('without a terminal there is no person', () => {
  expect(whyNoPerson(false, {})).toContain('terminal');
});
