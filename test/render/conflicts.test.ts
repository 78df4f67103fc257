// The matrix of twenty sessions in eighty columns, and what else people see of clashes.
import { beforeAll, describe, expect, test } from 'vitest';
import type { ConflictsReport } from '../../src/operations/shapes/conflicts.ts';
import { rendererOf } from '../../src/render/human/renderers.ts';
import type { View } from '../../src/render/human/view.ts';
import { loadWidths, width } from '../../src/render/widths.ts';
import { theme } from '../../src/render/theme.ts';

beforeAll(loadWidths);

type Verdict = ConflictsReport['pairs'][number]['verdict'];

const view: View = {
  width: 80,
  theme: theme('plain'),
  now: new Date('2026-11-22T15:22:00Z'),
  home: '/home/me',
  command: (args) => ['flight-rules', ...args].join(' '),
};

const signs: Readonly<Record<string, Verdict>> = {
  X: 'clash',
  o: 'touching',
  '.': 'clear',
  '?': 'unknown',
};

/** Sessions by name, and per session a sign for its base and one for each of those before it. */
function report(rows: readonly (readonly [string, string])[]): ConflictsReport {
  const judged = (sign: string | undefined) => {
    const verdict = signs[sign ?? '.'] ?? 'clear';
    if (verdict === 'clear') return { verdict, paths: [] };
    if (verdict === 'unknown') return { verdict, paths: [], why: 'its status could not be read' };
    const kind = verdict === 'clash' ? 'contents' : 'both changed';
    return { verdict, paths: [{ path: 'src/api/client.ts', kind }] };
  };
  const names = rows.map(([name]) => name);
  return {
    sessions: names.map((name) => ({
      name,
      state: 'active',
      base: 'main',
      goals: [`The goal of ${name}`],
    })),
    pairs: names.flatMap((a, one) =>
      names.slice(one + 1).map((b, further) => ({
        a,
        b,
        ...judged(rows[one + 1 + further]?.[1][one + 1]),
      })),
    ),
    base: rows.map(([name, row]) => ({ name, base: 'main', ...judged(row[0]) })),
    order: names,
  };
}

async function show(data: ConflictsReport, columns = 80): Promise<readonly string[]> {
  const render = await rendererOf('parallel conflicts');
  const lines = render(data, { ...view, width: columns });
  for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
  expect(lines.join('\n')).toMatch(/^[ -~\n]*$/u);
  return lines;
}

const many = ['auth-jwt', 'api-limits', 'billing-export', 'a-name-as-long-as-anybody-would-write'];

describe('the matrix', () => {
  test('of four', async () => {
    const lines = await show(
      report([
        ['auth-jwt', '.'],
        ['api-limits', '.X'],
        ['search-index', '..o'],
        ['ui-polish', 'X..?'],
      ]),
    );
    expect(lines).toEqual([
      '4 sessions: 1 pair clashes, 1 changed the same files, 1 unknown. 1 clashes with',
      'the base.',
      '',
      '                base 1 2 3',
      '1 auth-jwt         .',
      '2 api-limits       . X',
      '3 search-index     . . o',
      '4 ui-polish        X . . ?',
      '',
      'X clash   o changed the same files, merges clean   . clear   ? unknown',
      '',
      'Clash  ui-polish and its base main',
      '    ui-polish  The goal of ui-polish',
      '    src/api/client.ts  contents',
      '',
      'Clash  auth-jwt and api-limits',
      '    auth-jwt    The goal of auth-jwt',
      '    api-limits  The goal of api-limits',
      '    src/api/client.ts  contents',
      '',
      'Both changed: api-limits and search-index: src/api/client.ts',
      'Unknown: search-index and ui-polish: its status could not be read',
      '',
      'Landing order: auth-jwt, api-limits, search-index, ui-polish',
    ]);
  });

  test('of twenty fits eighty columns, whole', async () => {
    const rows = Array.from({ length: 20 }, (_, at): readonly [string, string] => [
      many[at] ?? `session-${at + 1}`,
      `.${'.'.repeat(Math.max(0, at - 1))}${at % 4 === 1 ? 'X' : '.'}`,
    ]);
    const lines = await show(report(rows));
    const [head = ''] = lines.filter((line) => line.includes(' base '));
    expect(head).toMatch(/ base {2}1 {2}2 .* 18 19$/u);
    expect(width(head)).toBe(80);
    expect(lines).toContain(' 2 api-limits         .  X');
    expect(lines.find((line) => line.startsWith(' 4 '))).toMatch(/^ 4 a-name-as-l\.\.\. {5}\. /u);
    expect(lines.filter((line) => /^[ 12]\d \S/u.test(line))).toHaveLength(20);
  });

  test('of more than fit shows those that have to do with others, and says so', async () => {
    const rows = Array.from({ length: 60 }, (_, at): readonly [string, string] => [
      `session-${at + 1}`,
      `.${'.'.repeat(Math.max(0, at - 1))}${at === 7 ? 'X' : '.'}`,
    ]);
    const lines = await show(report(rows));
    expect(lines).toContain('2 session-8     . X');
    expect(lines).toContain('58 sessions without any of these left out.');
    const crowd = rows.map(([name, row]): readonly [string, string] => [
      name,
      row.replaceAll('.', 'X'),
    ]);
    const crowded = await show(report(crowd));
    expect(crowded.join('\n')).toContain('do not fit into a matrix');
    expect(crowded.join('\n')).toContain('Clash  session-1 and session-2');
  });

  test('is not there where only some pairs were asked about', async () => {
    const data = report([
      ['one', '.'],
      ['two', '.X'],
      ['three', '...'],
    ]);
    const some = { ...data, pairs: data.pairs.filter(({ a }) => a === 'one'), order: ['one'] };
    const lines = await show(some);
    expect(lines.join('\n')).not.toContain('base 1');
    expect(lines).toContain('Clash  one and two');
    expect(lines.join('\n')).not.toContain('Landing order');
  });
});

test('paths are never cut, and many are counted', async () => {
  const long = `${'deep/'.repeat(20)}file.ts`;
  const data = report([
    ['one', '.'],
    ['two', '.X'],
  ]);
  const paths = [
    { path: long, kind: 'contents' },
    ...Array.from({ length: 30 }, (_, at) => ({ path: `f${at}`, kind: 'add/add' })),
  ];
  const [pair] = data.pairs;
  if (pair === undefined) throw new Error('there is a pair');
  const render = await rendererOf('parallel conflicts');
  const lines = render({ ...data, pairs: [{ ...pair, paths, morePaths: 70 }] }, view);
  expect(lines).toContain(`    ${long}  contents`);
  expect(lines).toContain('    and 81 more paths');
});

test('nothing, one, and hostile names', async () => {
  expect(await show(report([]))).toEqual(['No sessions: nothing can clash.']);
  expect(await show(report([['one', '.']]))).toEqual(['1 session.']);
  const data = report([
    ['one', '.'],
    ['two', '.X'],
  ]);
  const goals = ['\u001b[31mred\u001b[0m\nnext'];
  const lines = await show({ ...data, sessions: data.sessions.map((s) => ({ ...s, goals })) });
  expect(lines.join('\n')).not.toContain('\u001b');
});
