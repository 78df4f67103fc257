// Questions at a terminal, typed by a pseudo terminal.
import { beforeAll, describe, expect, test } from 'vitest';
import { isTerminal, mayColour } from '../../src/faces/cli/terminal.ts';
import { atTerminal, cli, toyProgram } from '../support/cli.ts';

let main = '';
beforeAll(async () => {
  main = await toyProgram();
});

const up = '\u001b[A';
const escape = '\u001b';

describe('a decision at a terminal', () => {
  test('Enter takes what is recommended, and it runs as if typed', async () => {
    const ended = await atTerminal(main, ['toy', 'ask'], [['Which way?', '\r']]);
    expect(ended.stdout).toContain('seen: crossing');
    expect(ended.stdout).toContain('(recommended: Right; ');
    expect(ended.stdout).toContain("took: ri'ght");
    expect(ended.exit).toBe(0);
  });

  test('what is not available is shown with its reason and passed over', async () => {
    const ended = await atTerminal(main, ['toy', 'ask'], [['Which way?', `${up}\r`]]);
    expect(ended.stdout).toMatch(/Blocked\s+not possible: a tree fell/u);
    // all of it, above the list, where its line has no room
    expect(ended.stdout).toMatch(/Blocked is not possible: a tree fell\.[^]*in spring\./u);
    expect(ended.stdout).toContain('took: left');
    expect(ended.exit).toBe(0);
  });

  test('Esc leaves everything as it is', async () => {
    const ended = await atTerminal(main, ['toy', 'ask'], [['Which way?', escape]]);
    expect(ended.stdout).toContain('You stay here.');
    expect(ended.stdout).not.toContain('took:');
    expect(ended.exit).toBe(6);
  });

  test('an open question takes several answers, dashes included', async () => {
    // the full mark stands only where a question is open: an answered one is drawn again without
    const ended = await atTerminal(
      main,
      ['toy', 'open'],
      [
        ['◆', '-y first\r'],
        ['◆', 'second\r'],
        ['◆', '\r'],
      ],
    );
    expect(ended.stdout).toMatch(/goals:\s+-y first\s+second/u);
    expect(ended.exit).toBe(0);
  });
});

describe('nobody is asked', () => {
  const tty = { stdin: { isTTY: true }, stdout: { isTTY: true } };
  const free = { json: false, noInput: false };

  test('with --no-input, though it is a terminal', async () => {
    const ended = await atTerminal(main, ['toy', 'ask', '--no-input'], []);
    expect(ended.exit).toBe(6);
    expect(ended.stdout).not.toContain('Esc');
  });

  test('with a mark of CI or of an agent in the environment', () => {
    expect(isTerminal(tty, {}, free)).toBe(true);
    expect(isTerminal(tty, { CI: '', CLAUDECODE: '' }, free)).toBe(true);
    const marks = ['CI', 'CLAUDECODE', 'CODEX_SANDBOX', 'CURSOR_AGENT', 'GEMINI_CLI', 'OPENCODE'];
    expect(marks.filter((mark) => isTerminal(tty, { [mark]: '1' }, free))).toEqual([]);
  });

  test('with --json, or where a stream is no terminal', () => {
    expect(isTerminal(tty, {}, { ...free, json: true })).toBe(false);
    expect(isTerminal({ ...tty, stdin: {} }, {}, free)).toBe(false);
    expect(isTerminal({ ...tty, stdout: {} }, {}, free)).toBe(false);
  });
});

describe('colour', () => {
  const sequence = '\u001b[';
  const args = ['toy', 'ask', '--no-input'];

  test('at a terminal, unless NO_COLOR', async () => {
    expect((await atTerminal(main, args, [])).stdout).toContain(sequence);
    const plain = await atTerminal(main, args, [], { env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain(sequence);
  });

  test('elsewhere only if it is forced', async () => {
    expect((await cli(main, args)).stdout).not.toContain(sequence);
    const forced = await cli(main, args, { env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain(sequence);
  });

  test('what decides', () => {
    const tty = { isTTY: true };
    expect(mayColour(tty, {}, { noColor: false })).toBe(true);
    expect(mayColour(tty, {}, { noColor: true })).toBe(false);
    expect(mayColour(tty, { TERM: 'dumb' }, { noColor: false })).toBe(false);
    expect(mayColour({}, { FORCE_COLOR: '0' }, { noColor: false })).toBe(false);
    expect(mayColour(tty, { NO_COLOR: '1', FORCE_COLOR: '1' }, { noColor: false })).toBe(false);
  });
});
