// The shape of answers: envelopes, exit codes, decisions, globals, and that an agent can afford them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anyList, anyText, ask, askProgram, must, say, textLike } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/u;

describe('data', () => {
  test('of create, status and path has the fields that are promised', async () => {
    const { root } = makeRepo();
    writeIn(root, '.git/info/exclude', '.env\n');
    writeIn(root, '.env', 'x\n');
    const created = await askProgram(root, [
      'parallel',
      'create',
      'one',
      '--goal',
      'ä\n"b"',
      '--agent',
      'claude',
    ]);
    expect(created).toMatchObject({ exit: 0, stderr: '' });
    const worktree = `${root}-sessions/one`;
    expect(created.body).toEqual({
      schema: 1,
      ok: true,
      data: {
        created: true,
        session: {
          name: 'one',
          branch: 'session/one',
          worktree,
          base: { name: 'main', oid: gitIn(root, 'rev-parse', 'main') },
          goals: ['ä\n"b"'],
          startedAt: textLike(iso),
          agent: 'claude',
        },
        copied: ['.env'],
        enter: `cd ${worktree} && claude`,
      },
      warnings: [],
      next: [
        { command: anyText, argv: anyList, why: anyText },
        { command: anyText, argv: anyList, why: anyText },
      ],
    });
    const status = await must(root, ['parallel', 'status']);
    expect(status.at('data')).toMatchObject({
      here: { kind: 'main' },
      summary: { total: 1, active: 1, inReview: 0, orphaned: 0, needYou: 0 },
      project: { name: 'project', root, sessionsDir: `${root}-sessions` },
      main: { branch: 'main', dirty: false, modified: 0, untracked: 0 },
      sessions: [
        {
          name: 'one',
          state: 'active',
          health: 'ok',
          needs: [],
          branch: 'session/one',
          worktree,
          base: { name: 'main', ahead: 0, behind: 0 },
          changes: { staged: 0, modified: 0, untracked: 0, conflicted: 0 },
          goals: ['ä\n"b"'],
          startedAt: textLike(iso),
          lastActivityAt: textLike(iso),
          agent: 'claude',
          activity: null,
          landed: false,
        },
      ],
      strays: [],
      interrupted: [],
      trash: { count: 0 },
      enter: textLike(/parallel path NAME\)" && AGENT$/u),
      observedAt: textLike(iso),
    });
    expect((await must(root, ['parallel', 'path', 'one'])).body).toEqual({
      schema: 1,
      ok: true,
      data: { path: worktree },
      warnings: [],
      next: [],
    });
    const full = await must(root, ['parallel', 'status', 'one']);
    expect(full.at('data.session')).toMatchObject({
      branchTip: gitIn(root, 'rev-parse', 'session/one'),
      paths: [],
      commits: [],
      copied: ['.env'],
      log: null,
      signals: [],
    });
  });

  test('ten sessions of which three need something: at most 6,000 bytes', async () => {
    const root = join(temporaryFolder(), 'a-shop-of-some-name');
    mkdirSync(root);
    gitIn(root, 'init', '-q', '-b', 'main');
    commitIn(root, 'README.md', 'x\n');
    const names = [
      'auth-jwt',
      'billing',
      'search',
      'ui-polish',
      'limits',
      'import',
      'docs',
      'perf',
      'i18n',
      'mail',
    ];
    for (const name of names) {
      await must(root, ['parallel', 'create', name, '--goal', `Improve ${name} of the shop`]);
    }
    expect(`${root}-sessions/auth-jwt`.length).toBeLessThanOrEqual(60);
    for (const name of names.slice(0, 3)) {
      commitIn(`${root}-sessions/${name}`, 'a.txt', 'a\n');
      rmSync(`${root}-sessions/${name}`, { recursive: true });
    }
    const bin = temporaryFolder();
    execFileSync('ln', [
      '-s',
      join(import.meta.dirname, '../../dist/main.js'),
      join(bin, 'flight-rules'),
    ]);
    const { start } = await import('../support/cli.ts');
    const ended = await start(join(bin, 'flight-rules'), ['parallel', 'status', '--json'], {
      cwd: root,
      env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      data: { summary: { total: 10, needYou: 3 } },
    });
    expect(Buffer.byteLength(ended.stdout)).toBeLessThanOrEqual(6_000);
    // 80 columns hold all but what is never cut
    const shown = await say(root, ['parallel', 'status']);
    expect(shown.stdout).toMatch(
      /^a-shop-of-some-name {2}10 sessions: 7 active, 3 orphaned\. 3 need you\.\n/u,
    );
    const first = shown.stdout.split('\n').filter((line) => /^[! ] [a-z0-9]/u.test(line));
    expect(
      first.slice(0, 3).every((line) => line.startsWith('! ') && line.includes('ORPHANED')),
    ).toBe(true);
    expect(shown.stdout).toMatch(/^[\n -~]*$/u);
  });
});

describe('decisions', () => {
  test('each choice runs as it stands, from anywhere, and asks nothing that could be foreseen', async () => {
    const { root } = makeRepo();
    gitIn(root, 'checkout', '-q', '--detach');
    writeIn(root, 'README.md', 'edited\n');
    const sub = join(root, 'sub');
    mkdirSync(sub);
    const first = await askProgram(sub, [
      'parallel',
      'create',
      'one',
      '--goal',
      'a b',
      '--agent',
      'codex',
    ]);
    expect(first.exit).toBe(6);
    expect(first.body).toMatchObject({
      schema: 1,
      ok: false,
      decision: { id: 'base', question: anyText, ifDeclined: anyText },
      warnings: [],
      next: [],
    });
    const command = first.text('decision.choices.0.command');
    const run = (line: string): unknown => {
      try {
        return JSON.parse(execFileSync('sh', ['-c', line], { cwd: '/', encoding: 'utf8' }));
      } catch (error) {
        return JSON.parse(String(Reflect.get(Object(error), 'stdout')));
      }
    };
    // the changes would be a second question, which the first one can foresee
    expect(first.at('decision.choices')).toMatchObject([
      { value: 'main', available: true },
      { value: 'main-carry', available: true },
    ]);
    expect(run(command)).toMatchObject({
      ok: true,
      data: { created: true, session: { goals: ['a b'], agent: 'codex' } },
    });
    expect(gitIn(`${root}-sessions/one`, 'status', '--porcelain')).toBe('');
    const other = await askProgram(sub, ['parallel', 'create', 'two']);
    expect(run(other.text('decision.choices.1.command'))).toMatchObject({ ok: true });
    expect(gitIn(`${root}-sessions/two`, 'status', '--porcelain')).toBe(' M README.md');
  });

  test('without a terminal nothing is asked, with or without --json', async () => {
    const { root } = makeRepo();
    writeIn(root, 'README.md', 'edited\n');
    const ended = await say(root, ['parallel', 'create', 'one']);
    expect(ended.exit).toBe(6);
    expect(ended.stdout + ended.stderr).toContain('--dirty carry');
  });
});

describe('exit codes', () => {
  test('and ok agree; each error has code, what happened, what is safe, and what helps', async () => {
    const { root } = makeRepo();
    const nowhere = temporaryFolder();
    for (const [cwd, exit, ...args] of [
      [root, 2, 'parallel', 'create'],
      [root, 2, 'parallel', 'create', 'one', 'two'],
      [root, 2, 'parallel', 'create', 'one', '--dirty', 'maybe'],
      [root, 2, 'parallel', 'create', 'one', '--goal'],
      [root, 2, '-C', '/no/such/folder', 'parallel', 'status'],
      [root, 2, 'no', 'such'],
      [root, 3, 'parallel', 'status', 'nobody'],
      [root, 3, 'parallel', 'path', 'nobody'],
      [nowhere, 3, 'parallel', 'status'],
      [root, 4, 'parallel', 'adopt', nowhere],
    ] as const) {
      const reply = await ask(cwd, args);
      expect(reply.exit).toBe(exit);
      expect(reply.body).toMatchObject({
        schema: 1,
        ok: false,
        error: {
          code: textLike(/^[a-z-]+$/u),
          message: anyText,
          hints: anyList,
        },
        warnings: [],
        next: [],
      });
      expect(reply.text('error.message')).toMatch(/Nothing was changed\.$/u);
    }
  });
});

describe('adopt', () => {
  test('nothing moves; branch, path, name, base and goals are recorded', async () => {
    const { root, git } = makeRepo();
    const path = join(temporaryFolder(), 'fix typo');
    git('worktree', 'add', '-q', '-b', 'typo', path);
    commitIn(path, 'a.txt', 'a\n');
    writeIn(path, 'b.txt', 'b\n');
    const adopted = await must(root, ['parallel', 'adopt', path, '--goal', 'fix it']);
    expect(adopted.at('data.session')).toMatchObject({
      name: 'fix-typo',
      branch: 'typo',
      worktree: path,
      base: { name: 'main' },
      goals: ['fix it'],
    });
    const status = await must(path, ['parallel', 'status']);
    expect(status.at('data.here')).toEqual({ kind: 'session', name: 'fix-typo' });
    expect(status.at('data.strays')).toEqual([]);
    expect(status.at('data.sessions.0')).toMatchObject({
      health: 'ok',
      base: { ahead: 1, behind: 0 },
      changes: { untracked: 1 },
    });
    await must(root, ['parallel', 'remove', 'fix-typo', '--strategy', 'abandon', '--yes']);
    await must(root, ['parallel', 'restore', 'fix-typo']);
    expect(gitIn(path, 'status', '--porcelain')).toBe('?? b.txt');
  });

  test('refused: detached, an operation in progress, the main checkout, a live owner, a taken name', async () => {
    const { root, git, commit } = makeRepo();
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    git('worktree', 'add', '-q', '--detach', at('detached'));
    git('worktree', 'add', '-q', '-b', 'busy', at('busy'));
    commitIn(at('busy'), 'README.md', 'theirs\n');
    commit('README.md', 'ours\n');
    expect(() => gitIn(at('busy'), 'merge', '-q', 'main')).toThrow(/failed/u);
    git('worktree', 'add', '-q', '-b', 'taken', at('taken'));
    git('worktree', 'add', '-q', '-b', 'used', at('used'));
    await must(root, ['parallel', 'create', 'taken']);
    git('worktree', 'lock', '--reason', `claude agent (pid ${process.pid})`, at('used'));
    for (const [path, why] of [
      [at('detached'), 'on no branch'],
      [at('busy'), 'merge is in progress'],
      [root, 'main checkout'],
      [at('taken'), 'taken'],
      [folder, 'no worktree'],
      [`${root}-sessions/taken`, 'it is session taken'],
    ] as const) {
      const reply = await ask(root, ['parallel', 'adopt', path]);
      expect(reply.exit).toBe(4);
      expect(reply.text('error.message')).toContain(why);
    }
    // not a child of this process, which would be the caller's own
    const line = 'sleep 60 > /dev/null 2>&1 & echo $!';
    const pid = execFileSync('sh', ['-c', line], { cwd: at('used'), encoding: 'utf8' });
    const reply = await ask(root, ['parallel', 'adopt', at('used')]);
    process.kill(Number(pid));
    expect(reply.exit).toBe(4);
    expect(reply.text('error.message')).toContain('somebody works there');
  });
});
