// Command lines, against the operations they reach. Parsing is pure, so it is tested in process.
import { describe, expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { locate } from '../../src/faces/cli/locate.ts';
import {
  parseArguments,
  parseGlobals,
  refuseNames,
  type Parsed,
} from '../../src/faces/cli/parse.ts';
import { withAbsolutePaths } from '../../src/faces/cli/words.ts';
import { absolute } from '../../src/kernel/path.ts';
import { operations } from '../support/toy-operations.ts';

async function parse(...argv: string[]): Promise<Parsed> {
  const located = locate(operations, argv);
  if (located.kind === 'unknown') return refuseNames(operations, argv);
  if (located.kind === 'none') {
    return { globals: parseGlobals(located.args), input: {}, commandLine: [] };
  }
  return parseArguments(await located.entry.load(), located.args);
}

async function refusal(...argv: string[]): Promise<string> {
  try {
    await parse(...argv);
  } catch (error) {
    if (isFlightError(error, 'usage')) return error.data.detail;
    throw error;
  }
  throw new Error(`understood: ${argv.join(' ')}`);
}

test('a call that is repeated from elsewhere has absolute paths', () => {
  const from = absolute('/home/me/project/src');
  const flags = {
    path: { about: '', positional: 'one', path: true },
    bodyFile: { about: '', value: 'FILE', path: true },
    goals: { about: '', value: 'TEXT', flag: 'goal' },
  } as const;
  const repeated = (...words: string[]): readonly string[] => withAbsolutePaths(words, flags, from);
  expect(repeated('../fix', '--goal', '../x', '--body-file', 'a.md')).toEqual([
    '/home/me/project/fix',
    '--goal',
    '../x',
    '--body-file',
    '/home/me/project/src/a.md',
  ]);
  expect(repeated('--body-file=/etc/b', '--body-file', '-', '/fix')).toEqual([
    '--body-file=/etc/b',
    '--body-file',
    '-',
    '/fix',
  ]);
});

describe('flags', () => {
  test('global ones may stand anywhere', async () => {
    const want = { directories: ['/a'], json: true, quiet: true, breakLock: 't' };
    for (const argv of [
      ['-C', '/a', '--json', '--quiet', '--break-lock', 't', 'toy', 'echo', 'x'],
      ['toy', '-C', '/a', '--json', 'echo', '--quiet', '--break-lock=t', 'x'],
      ['toy', 'echo', 'x', '--json', '-C/a', '--quiet', '--break-lock', 't'],
    ]) {
      const parsed = await parse(...argv);
      expect(parsed.globals).toMatchObject(want);
      expect(parsed.input).toEqual({ name: 'x' });
      expect(parsed.commandLine).toEqual(['toy', 'echo', 'x']);
    }
  });

  test('values may begin with a dash, and may look like global flags', async () => {
    const parsed = await parse(
      'toy',
      'echo',
      'x',
      '--goal',
      '-y',
      '--goal=--x',
      '--goal',
      '--json',
    );
    expect(parsed.input['goals']).toEqual(['-y', '--x', '--json']);
    expect(parsed.globals.json).toBe(false);
    expect(parsed.commandLine).toEqual([
      'toy',
      'echo',
      'x',
      '--goal',
      '-y',
      '--goal=--x',
      '--goal',
      '--json',
    ]);
  });

  test('a value that may be left out', async () => {
    const there = await parse('toy', 'echo', 'x', '--aside', 'there', '--json');
    expect(there.input).toEqual({ name: 'x', aside: 'there' });
    expect(there.commandLine).toEqual(['toy', 'echo', 'x', '--aside', 'there']);
    const bare = await parse('toy', 'echo', 'x', '--aside', '--json', '-C', '/a');
    expect(bare.input).toEqual({ name: 'x', aside: true });
    expect(bare.globals).toMatchObject({ json: true, directories: ['/a'] });
    expect(bare.commandLine).toEqual(['toy', 'echo', 'x', '--aside']);
  });

  test('what another face has is unknown here', async () => {
    expect(await refusal('toy', 'echo', 'x', '--words', 'w')).toMatch(/unknown option '--words'/iu);
  });

  test('what follows -- is left alone', async () => {
    const parsed = await parse('toy', 'echo', 'x', '--yes', '--', 'npm', '--json', '--', '-h');
    expect(parsed.input).toEqual({
      name: 'x',
      yes: true,
      command: ['npm', '--json', '--', '-h'],
    });
    expect(parsed.globals).toMatchObject({ json: false, help: false });
    expect((await parse('toy', 'echo', '--goal', '--', 'x')).input).toEqual({
      name: 'x',
      goals: ['--'],
    });
  });

  test('an alias is the same flag', async () => {
    expect((await parse('toy', 'echo', 'x', '--force')).input['yes']).toBe(true);
  });

  test('an empty value is a value', async () => {
    expect((await parse('toy', 'echo', 'x', '--title', '')).input['title']).toBe('');
    expect((await parse('toy', 'echo', 'x', '--title=')).input['title']).toBe('');
  });

  test('help asks for nothing else', async () => {
    expect((await parse('toy', 'echo', '-h')).globals.help).toBe(true);
    expect((await parse('toy', '--help')).globals.help).toBe(true);
  });
});

describe('what is not understood', () => {
  test.each([
    [['toy', 'ehco', 'x'], "Unknown command 'ehco'. Did you mean echo?"],
    [['tyo', 'echo', 'x'], "Unknown command 'tyo'. Did you mean toy?"],
    [['--jsno', 'toy', 'echo'], "Unknown option '--jsno'. Did you mean --json?"],
    [['toy', 'echo', 'x', '--gaol', 'y'], "Unknown option '--gaol'. Did you mean --goal?"],
    [['toy', 'echo', 'x', 'y'], 'Too many arguments. Expected 1 argument but got 2.'],
    [['toy', 'echo'], '<name> is missing: the name.'],
    [['toy', 'echo', 'x', '--goal'], "Option '--goal <T>' argument missing."],
    [['toy', 'echo', 'x', '--json=yes'], "Unknown option '--json=yes'"],
    [['toy', 'echo', 'x', '--strategy', 'pull'], 'Allowed choices are keep, merge.'],
    [['-C'], "Option '-C <DIR>' argument missing."],
  ])('%j', async (argv, want) => {
    const said = await refusal(...argv);
    expect(said).toContain(want);
  });

  test('a value that the operation refuses is named by its flag', async () => {
    const operation = await operations.find(({ name }) => name === 'toy echo')?.load();
    const call = (): unknown =>
      // refused before the context is looked at
      operation?.call({ name: 'x', title: 'much too long for a title' }, {} as never);
    expect(call).toThrow(
      expect.objectContaining({
        data: { detail: '--title: is too long.', command: ['toy', 'echo'] },
      }),
    );
  });
});
