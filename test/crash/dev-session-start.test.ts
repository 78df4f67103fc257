// `dev-session start` killed on its way: the log is there whole or not at all, and the next start
// gives the session exactly one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readLog, sections } from '../../src/workflow/session-log.ts';
import { cli } from '../support/cli.ts';
import { must } from '../support/program.ts';
import { gitIn, makeRepo, temporaryFolder } from '../support/repo.ts';

const program = fileURLToPath(new URL('../../dist-test/main.js', import.meta.url));
const parallel = ['dev-session', 'start', '--goal', 'One', '--parallel', 'new', '--json'];
const standard = ['dev-session', 'start', '--goal', 'One', '--standard', '--json'];

beforeAll(() => {
  if (!existsSync(program)) throw new Error('dist-test is missing: npm run build');
});

function logs(checkout: string): string[] {
  const folder = join(checkout, 'docs/session_logs');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function expectWhole(log: string, session: string | null): void {
  const read = readLog(readFileSync(log, 'utf8'));
  expect(read).toMatchObject({ goals: ['One'], session });
  expect(read.sections.map(({ title }) => title)).toEqual(sections);
}

test('the points are passed in this order', async () => {
  const repo = makeRepo();
  const file = join(temporaryFolder(), 'points');
  const ended = await cli(program, parallel, {
    cwd: repo.root,
    env: { FLIGHT_RULES_FAULT_LOG: file },
  });
  expect(ended.exit).toBe(0);
  const points = readFileSync(file, 'utf8').trim().split('\n');
  const own = points.filter((point) => point.startsWith('log.'));
  expect(own).toEqual([
    'log.write:before',
    'log.write:after',
    'log.record:before',
    'log.record:after',
  ]);
  expect(points.indexOf('create.done:after')).toBeLessThan(points.indexOf('log.write:before'));
});

describe('a parallel one', () => {
  // cut off before the session was whole, the same call makes it; from then on it is resumed
  test.each([
    ['create.refs:after', 'parallel'],
    ['create.checkout:after', 'parallel'],
    ['create.done:after', 'in-session'],
    ['log.write:before', 'in-session'],
    ['log.write:after', 'in-session'],
    ['log.record:before', 'in-session'],
    ['log.record:after', 'in-session'],
  ])('killed at %s, the next start is %s', async (point, mode) => {
    const repo = makeRepo();
    const killed = await cli(program, parallel, {
      cwd: repo.root,
      env: { FLIGHT_RULES_FAULT: point },
    });
    expect(killed.exit).toBeNull();
    const worktree = `${repo.root}-sessions/new`;
    for (const log of logs(worktree)) expectWhole(log, 'new');
    const next =
      mode === 'parallel'
        ? await must(repo.root, parallel.slice(0, -1))
        : await must(worktree, ['dev-session', 'start']);
    expect(next.at('data')).toMatchObject({ mode, goals: ['One'] });
    expect(logs(worktree)).toEqual([next.text('data.log')]);
    const [log = ''] = logs(worktree);
    expectWhole(log, 'new');
    const status = await must(repo.root, ['parallel', 'status', 'new']);
    expect(join(worktree, status.text('data.session.log'))).toBe(log);
    expect(status.at('data.interrupted')).toEqual([]);
    await must(worktree, ['dev-session', 'start']);
    expect(logs(worktree)).toEqual([log]);
  });
});

describe('a standard one', () => {
  test.each([
    ['log.write:before', 0],
    ['log.write:after', 1],
  ])('killed at %s', async (point, written) => {
    const repo = makeRepo();
    const env = { FLIGHT_RULES_FAULT: point };
    expect((await cli(program, standard, { cwd: repo.root, env })).exit).toBeNull();
    expect(logs(repo.root)).toHaveLength(written);
    await must(
      repo.root,
      standard.filter((word) => word !== '--json'),
    );
    expect(logs(repo.root)).toHaveLength(written + 1);
    for (const log of logs(repo.root)) expectWhole(log, null);
    expect(gitIn(repo.root, 'status', '--porcelain')).toBe('?? docs/');
  });
});
