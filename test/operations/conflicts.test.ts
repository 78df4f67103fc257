// What `parallel conflicts` answers, and that asking changes nothing.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { conflicts } from '../../src/operations/conflicts.ts';
import type { ConflictsReport } from '../../src/operations/shapes/conflicts.ts';
import { status } from '../../src/operations/status.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { must } from '../support/program.ts';
import { commitIn, makeRepo, temporaryFolder, writeIn, type TestRepo } from '../support/repo.ts';

const lines = Array.from({ length: 12 }, (_, at) => `line ${at}`);

function changed(at: number, by: string): string {
  return lines.map((line, index) => (index === at ? `${line} by ${by}\n` : `${line}\n`)).join('');
}

/** `auth` and `limits` clash, `limits` uncommitted; `search` touches the file elsewhere. */
function threeSessions(): TestRepo {
  const repo = makeRepo();
  repo.commit('shared.txt', `${lines.join('\n')}\n`);
  repo.addSession('auth').commit('shared.txt', changed(1, 'auth'));
  repo.addSession('limits').write('shared.txt', changed(1, 'limits'));
  repo.addSession('search').commit('shared.txt', changed(10, 'search'));
  return repo;
}

interface Asked extends Answered {
  readonly report: ConflictsReport;
}

async function ask(repo: TestRepo, names: readonly string[] = [], env = {}): Promise<Asked> {
  const answered = await operate(conflicts, { names }, { directory: repo.root, env });
  return { ...answered, report: answered.data as unknown as ConflictsReport };
}

function verdicts({ report }: Asked): string[] {
  return [
    ...report.pairs.map(({ a, b, verdict }) => `${a} ${b} ${verdict}`),
    ...report.base.map(({ name, base, verdict }) => `${name} ${base} ${verdict}`),
  ];
}

describe('pairs and bases', () => {
  test('what is not committed counts; nothing is changed, and the second time is the same', async () => {
    const repo = threeSessions();
    const before = fingerprint(repo.root);
    for (let time = 0; time < 2; time += 1) {
      const asked = await ask(repo);
      expect(asked.exit).toBe(0);
      expect(verdicts(asked)).toEqual([
        'auth limits clash',
        'auth search touching',
        'limits search touching',
        'auth main clear',
        'limits main clear',
        'search main clear',
      ]);
      expect(asked.report.pairs[0]?.paths).toEqual([{ path: 'shared.txt', kind: 'contents' }]);
      expect(asked.report.order).toEqual(['auth', 'search', 'limits']);
      expect(asked.report.sessions.map(({ name }) => name)).toEqual(['auth', 'limits', 'search']);
      expect(asked.warnings).toEqual([]);
    }
    expect(fingerprint(repo.root)).toEqual(before);
  });

  test('a base that has moved on clashes with what was changed there', async () => {
    const repo = threeSessions();
    repo.commit('shared.txt', changed(10, 'main'));
    const asked = await ask(repo);
    expect(verdicts(asked)).toContain('search main clash');
    expect(verdicts(asked)).toContain('auth main touching');
    expect(asked.report.order.at(-1)).toBe('search');
  });

  test('one without work of its own clashes with nobody, whatever its base has got', async () => {
    const repo = threeSessions();
    repo.git('merge', '-q', '--ff-only', 'session/auth');
    repo.addSession('fresh');
    expect(verdicts(await ask(repo))).toEqual(
      expect.arrayContaining([
        'auth limits clear',
        'auth main clear',
        'limits main clash',
        'fresh limits clear',
      ]),
    );
  });

  test('without sessions, and with one, there is nothing to compare', async () => {
    const repo = makeRepo();
    expect((await ask(repo)).report).toEqual({ sessions: [], pairs: [], base: [], order: [] });
    repo.addSession('alone').commit('a.txt', 'a\n');
    expect((await ask(repo)).report).toMatchObject({
      pairs: [],
      base: [{ name: 'alone', base: 'main', verdict: 'clear', paths: [] }],
      order: ['alone'],
    });
  });
});

describe('with names', () => {
  test('only what involves them', async () => {
    const repo = threeSessions();
    const one = await ask(repo, ['SEARCH']);
    expect(verdicts(one)).toEqual([
      'auth search touching',
      'limits search touching',
      'search main clear',
    ]);
    expect(one.report.order).toEqual(['search']);
    const two = await ask(repo, ['limits', 'auth']);
    expect(verdicts(two)).toEqual([
      'auth limits clash',
      'auth search touching',
      'limits search touching',
      'auth main clear',
      'limits main clear',
    ]);
    expect(two.report.order).toEqual(['auth', 'limits']);
  });

  test('one that does not exist is exit 3, and no name at all is exit 2', async () => {
    const repo = threeSessions();
    expect(await ask(repo, ['auth', 'none'])).toMatchObject({ exit: 3, code: 'no-such-session' });
    expect(await ask(repo, ['a..b'])).toMatchObject({ exit: 2, code: 'bad-name' });
  });
});

describe('sessions without a worktree', () => {
  test('orphaned ones take part by their commits, kept ones if they are named', async () => {
    const repo = makeRepo();
    repo.commit('shared.txt', `${lines.join('\n')}\n`);
    for (const name of ['orphan', 'kept', 'live']) {
      await must(repo.root, ['parallel', 'create', name, '--goal', 'g']);
      commitIn(`${repo.root}-sessions/${name}`, 'shared.txt', changed(2, name));
    }
    await must(repo.root, ['parallel', 'remove', 'kept', '--strategy', 'keep']);
    rmSync(`${repo.root}-sessions/orphan`, { recursive: true });
    const usual = await ask(repo);
    expect(verdicts(usual).filter((one) => one.includes('clash'))).toHaveLength(1);
    expect(usual.report.sessions.map(({ name }) => name).toSorted()).toEqual(['live', 'orphan']);
    const named = await ask(repo, ['kept']);
    expect(named.report.pairs.map(({ verdict }) => verdict)).toEqual(['clash', 'clash']);
    expect(named.report.sessions.find(({ name }) => name === 'kept')?.state).toBe('kept');
  });

  test('one whose branch is gone is left out, and said', async () => {
    const repo = threeSessions();
    rmSync(`${repo.root}-sessions/search`, { recursive: true });
    repo.git('worktree', 'prune');
    repo.git('branch', '-D', 'session/search');
    expect((await ask(repo)).report.sessions.map(({ name }) => name)).toEqual(['auth', 'limits']);
    const named = await ask(repo, ['search']);
    expect(named).toMatchObject({ exit: 0, warnings: [{ code: 'left-out' }] });
    expect(named.report.pairs).toEqual([]);
  });

  test('of one that was moved nobody knows what is in its folder', async () => {
    const repo = threeSessions();
    renameSync(`${repo.root}-sessions/limits`, `${repo.root}-sessions/elsewhere`);
    const asked = await ask(repo);
    expect(verdicts(asked)).toContain('auth limits unknown');
    expect(asked.report.pairs[0]?.why).toMatch(/could not be read/u);
    expect(asked.report.order).toEqual(['auth', 'search', 'limits']);
  });
});

describe('what it leaves behind', () => {
  test('a cache of the user, found again; without one the answer is the same', async () => {
    const repo = threeSessions();
    const cache = temporaryFolder('cache-');
    const first = await ask(repo, [], { XDG_CACHE_HOME: cache });
    const [file = ''] = readdirSync(join(cache, 'flight-rules', 'clashes'));
    expect(file).toMatch(/^[0-9a-f]{64}$/u);
    expect((await ask(repo, [], { XDG_CACHE_HOME: cache })).report).toEqual(first.report);
    const blocked = join(temporaryFolder('cache-'), 'file');
    writeFileSync(blocked, '');
    expect((await ask(repo, [], { XDG_CACHE_HOME: blocked })).report).toEqual(first.report);
    const inside = join(repo.root, 'cache');
    mkdirSync(inside);
    expect((await ask(repo, [], { XDG_CACHE_HOME: inside })).report).toEqual(first.report);
    expect(readdirSync(inside)).toEqual([]);
  });

  test('where no temporary folder can be made, what needs a merge is unknown', async () => {
    const repo = threeSessions();
    const before = process.env['TMPDIR'];
    const cache = { XDG_CACHE_HOME: temporaryFolder('cache-') };
    process.env['TMPDIR'] = join(repo.root, 'README.md');
    try {
      const asked = await ask(repo, [], cache);
      expect(asked.exit).toBe(0);
      expect(verdicts(asked)).toContain('auth limits unknown');
      const shown = await operate(status, {}, { directory: repo.root, env: cache });
      expect(shown.exit).toBe(0);
      expect(shown.warnings).toMatchObject([{ code: 'clashes-unknown' }]);
      expect(shown.data['sessions']).toMatchObject([
        { clashes: null, needs: [] },
        { clashes: null, needs: [] },
        { clashes: null, needs: [] },
      ]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
    // and is found out as soon as that is possible
    expect(verdicts(await ask(repo, [], cache))).toContain('auth limits clash');
  });
});

test('from within a session, and by the command line', async () => {
  const repo = threeSessions();
  const reply = await must(`${repo.root}-sessions/auth`, ['parallel', 'conflicts', 'auth']);
  expect(reply.at('data.pairs')).toMatchObject([{ verdict: 'clash' }, { verdict: 'touching' }]);
  // what helps is named, and is there
  expect(reply.at('next')).toMatchObject([
    { argv: expect.arrayContaining(['parallel', 'land', 'auth']) as unknown },
    { argv: expect.arrayContaining(['parallel', 'sync', 'limits']) as unknown },
  ]);
  expect(existsSync(join(repo.root, '.git', 'index.lock'))).toBe(false);
});

test('very many paths are counted, not listed', async () => {
  const repo = makeRepo();
  for (const name of ['one', 'two']) {
    const session = repo.addSession(name);
    for (let n = 0; n < 150; n += 1) writeIn(session.worktree, `many/${n}.txt`, `${name}\n`);
  }
  const [pair] = (await ask(repo)).report.pairs;
  expect(pair).toMatchObject({ verdict: 'clash', morePaths: 50 });
  expect(pair?.paths).toHaveLength(100);
});
