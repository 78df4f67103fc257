// Help of every command: whole in 80 columns, with examples, in paragraphs.
import { beforeAll, expect, test } from 'vitest';
import { besideCommands } from '../../src/faces/beside.ts';
import { helpOf, helpOfBeside, overview } from '../../src/faces/cli/help.ts';
import { withoutHelpWord } from '../../src/faces/cli/words.ts';
import { operations } from '../../src/operations/index.ts';
import { loadWidths } from '../../src/render/widths.ts';

const all = [...operations, ...besideCommands];
const groups = ['', 'parallel', 'dev-session', 'agents', 'trust'];

let texts: ReadonlyMap<string, string>;
beforeAll(async () => {
  await loadWidths();
  const loaded = operations.map(
    async ({ name, load }) => [name, helpOf(await load(), 80)] as const,
  );
  texts = new Map([
    ...(await Promise.all(loaded)),
    ...besideCommands.map((one) => [one.name, helpOfBeside(one, 80)] as const),
    ...groups.map((group) => [`${group} ...`, overview(all, group, 80)] as const),
  ]);
});

test('no line is longer than 80 columns, and each has an example', () => {
  for (const [name, text] of texts) {
    const long = text.split('\n').filter((line) => line.length > 80);
    expect({ name, long }).toEqual({ name, long: [] });
    expect(text).toContain('\nExamples:\n');
  }
});

test('a paragraph is not torn where its source was broken', () => {
  const lines = (texts.get('init') ?? '').split('\n');
  const at = lines.findIndex((line) => line.startsWith('Writes the four commands'));
  expect(lines.slice(at, at + 4).every((line) => line !== '')).toBe(true);
});

test('the overview names every command', () => {
  const text = texts.get(' ...') ?? '';
  for (const { name } of all) expect(text).toMatch(new RegExp(`^  ${name}(?: |$)`, 'mu'));
});

test.each([
  [['help'], ['--help']],
  [
    ['help', 'parallel', 'create'],
    ['parallel', 'create', '--help'],
  ],
  [
    ['-C', 'help', '--json', 'help', 'mcp'],
    ['-C', 'help', '--json', 'mcp', '--help'],
  ],
  [
    ['parallel', 'path', 'help'],
    ['parallel', 'path', 'help'],
  ],
])('%j is %j', (typed, means) => {
  expect(withoutHelpWord(typed)).toEqual(means);
});
