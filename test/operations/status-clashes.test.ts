// Clashes where sessions are shown, started and ended.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { devSessionStart } from '../../src/operations/dev-session-start.ts';
import { remove } from '../../src/operations/remove.ts';
import type { StatusReport } from '../../src/operations/shapes/status.ts';
import { status } from '../../src/operations/status.ts';
import { rendererOf } from '../../src/render/human/renderers.ts';
import { theme } from '../../src/render/theme.ts';
import { loadWidths } from '../../src/render/widths.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { makeRepo, temporaryFolder, type TestRepo } from '../support/repo.ts';

const lines = Array.from({ length: 12 }, (_, at) => `line ${at}`);

function changed(at: number, by: string): string {
  return lines.map((line, index) => (index === at ? `${line} by ${by}\n` : `${line}\n`)).join('');
}

/** `auth` and `limits` clash, `limits` uncommitted; `search` has nothing to do with them. */
function threeSessions(): TestRepo {
  const repo = makeRepo();
  repo.commit('shared.txt', `${lines.join('\n')}\n`);
  repo.addSession('auth').commit('shared.txt', changed(1, 'auth'));
  repo.addSession('limits').write('shared.txt', changed(1, 'limits'));
  repo.addSession('search').commit('other.txt', 'other\n');
  return repo;
}

async function show(repo: TestRepo, input = {}): Promise<Answered & { report: StatusReport }> {
  const answered = await operate(status, { all: false, ...input }, { directory: repo.root });
  expect(answered.exit).toBe(0);
  return { ...answered, report: answered.data as unknown as StatusReport };
}

function one(report: StatusReport, name: string): StatusReport['sessions'][number] | undefined {
  return report.sessions.find((session) => session.name === name);
}

describe('status', () => {
  test('names who clashes with whom, where, and what helps', async () => {
    const repo = threeSessions();
    const before = fingerprint(repo.root);
    const { report, warnings } = await show(repo);
    expect(one(report, 'auth')).toMatchObject({
      needs: ['clash'],
      clashes: ['limits'],
      why: 'Clashes with limits: shared.txt',
      next: [{ command: 'parallel land auth' }],
    });
    expect(one(report, 'limits')).toMatchObject({
      needs: ['clash'],
      clashes: ['auth'],
      next: [
        {
          command: 'parallel sync limits --leave-conflicts',
          why: 'commit its changes; land auth first, then',
        },
      ],
    });
    expect(one(report, 'search')).toMatchObject({ needs: [] });
    expect(one(report, 'search')).not.toHaveProperty('clashes');
    expect(report.summary).toMatchObject({ needYou: 2, clashing: 2 });
    expect(warnings).toEqual([]);
    expect(fingerprint(repo.root)).toEqual(before);
  });

  test('says it when a session clashes with its base', async () => {
    const repo = threeSessions();
    repo.commit('other.txt', 'main\n');
    const { report } = await show(repo);
    expect(one(report, 'search')).toMatchObject({
      needs: ['clash'],
      why: 'Clashes with main, which has moved on: other.txt',
      next: [
        {
          command: 'parallel sync search --leave-conflicts',
          why: 'brings main in, to resolve it there',
        },
      ],
    });
  });

  test('of many the first are told with their paths, all by name', async () => {
    const repo = makeRepo();
    repo.commit('shared.txt', 'base\n');
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) repo.addSession(name).write('shared.txt', `${name}\n`);
    const { report } = await show(repo);
    const last = one(report, 'f');
    expect(last?.clashes).toHaveLength(5);
    expect(last?.why).toMatch(
      /^Clashes with \w: shared\.txt; with \w: shared\.txt; with \w: shared\.txt; with 2 more$/u,
    );
  });

  test('of one session says the same as of all', async () => {
    const repo = threeSessions();
    const { report } = await show(repo, { name: 'limits' });
    expect(report.sessions).toMatchObject([{ needs: ['clash'], clashes: ['auth'] }]);
    expect(report.session).toMatchObject({ needs: ['clash'], clashes: ['auth'] });
  });

  test('one whose work has landed clashes with nobody', async () => {
    const repo = threeSessions();
    repo.git('merge', '-q', '--squash', 'session/auth');
    repo.git('commit', '-q', '-m', 'squashed');
    repo.commit('shared.txt', changed(1, 'main since then'));
    const { report } = await show(repo);
    expect(one(report, 'auth')).toMatchObject({ needs: ['landed'], landed: true });
    expect(one(report, 'limits')?.why).toMatch(/^Clashes with main, which has moved on: shared/u);
  });

  test('looks for nothing where nothing can clash', async () => {
    const repo = makeRepo();
    const cache = temporaryFolder('cache-');
    repo.addSession('alone').commit('a.txt', 'a\n');
    const env = { XDG_CACHE_HOME: cache };
    const answered = await operate(status, { all: false }, { directory: repo.root, env });
    expect(answered.data['sessions']).toMatchObject([{ name: 'alone', needs: [] }]);
    expect(readdirSync(cache)).toEqual([]);
  });

  test('people read it', async () => {
    await loadWidths();
    const { report } = await show(threeSessions());
    const render = await rendererOf('parallel status');
    const text = render(report, {
      width: 80,
      theme: theme('plain'),
      now: new Date('2026-11-22T15:22:00Z'),
      home: null,
      command: (args) => ['flight-rules', ...args].join(' '),
    });
    expect(text[0]).toMatch(/3 sessions: 3 active\. 2 need you\. 2 clash\.$/u);
    expect(text.filter((line) => line.startsWith('! '))).toEqual([
      expect.stringMatching(/^! (?:auth|limits) +CLASH +main/u),
      expect.stringMatching(/^! (?:auth|limits) +CLASH +main/u),
    ]);
    expect(text).toContain('    Clashes with auth: shared.txt');
    expect(text).toContain('    > commit its changes; land auth first, then:');
    expect(text).toContain('      parallel sync limits --leave-conflicts');
  });
});

describe('where a session begins and ends', () => {
  test('the context says what the others touch, uncommitted files too', async () => {
    const repo = threeSessions();
    const { data } = await operate(devSessionStart, {}, { directory: repo.root });
    expect(data['context']).toMatchObject({
      sessions: expect.arrayContaining([
        expect.objectContaining({ name: 'auth', paths: ['shared.txt'] }),
        expect.objectContaining({ name: 'limits', paths: ['shared.txt'] }),
        expect.objectContaining({ name: 'search', paths: ['other.txt'] }),
      ]) as unknown,
    });
  });

  test('the question how it comes home names those that clash, and what merging does to them', async () => {
    const repo = threeSessions();
    const asked = await operate(remove, { name: 'auth' }, { directory: repo.root });
    expect(asked.decision?.facts).toMatchObject({ clashes: ['limits'], conflicts: [] });
    const merge = asked.decision?.choices.find(({ value }) => value === 'merge');
    expect(merge?.effect).toMatch(/Then limits clashes with it\.$/u);
    const other = await operate(remove, { name: 'search' }, { directory: repo.root });
    expect(other.decision?.facts).toMatchObject({ clashes: [] });
    expect(other.decision?.choices.map(({ effect }) => effect).join('')).not.toMatch(/clash/u);
  });

  test('a merge is warned of, and not refused', async () => {
    const repo = threeSessions();
    const merged = await operate(
      remove,
      { name: 'auth', strategy: 'merge' },
      { directory: repo.root },
    );
    expect(merged.exit).toBe(0);
    const about = ({ warnings }: Answered) => warnings.filter(({ code }) => code === 'will-clash');
    expect(about(merged)).toEqual([
      {
        code: 'will-clash',
        message:
          'limits clashes with what auth brings into main; parallel sync limits --leave-conflicts brings it in, to be resolved there.',
      },
    ]);
    expect(one((await show(repo)).report, 'limits')?.needs).toEqual(['clash']);
    const quiet = await operate(
      remove,
      { name: 'search', strategy: 'merge' },
      { directory: repo.root },
    );
    expect(quiet.exit).toBe(0);
    expect(about(quiet)).toEqual([]);
  });

  test('without a worktree it is asked by its commits', async () => {
    const repo = threeSessions();
    rmSync(join(`${repo.root}-sessions`, 'auth'), { recursive: true });
    const asked = await operate(remove, { name: 'auth' }, { directory: repo.root });
    expect(asked.decision?.facts).toMatchObject({ clashes: ['limits'] });
  });
});
