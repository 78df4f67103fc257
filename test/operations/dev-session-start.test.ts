// `dev-session start`, sentence by sentence; `--parallel` has a file of its own.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readLog } from '../../src/workflow/session-log.ts';
import { documented, logs, start, take, unchanged, values } from '../support/dev-session.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { ask, must, textLike } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

describe('without goals', () => {
  test('the context in one call, and the decision "goals"; nothing is written', async () => {
    const repo = documented();
    repo.addSession('auth').write('new file.txt', 'x');
    rmSync(repo.addSession('gone').worktree, { recursive: true });
    const reply = await unchanged(repo, 6);
    expect(reply.at('data.context')).toMatchObject({
      nextSteps: ['Sign tokens'],
      tasks: [
        {
          id: '3.8.3',
          title: 'Go',
          status: '🟡 In Progress',
          file: 'docs/implementation/3/3.8.md',
        },
        { id: '3.8.2', title: 'Clean', status: '🔵 Planned', file: 'docs/implementation/3/3.8.md' },
      ],
      progress: [
        { title: '2026-11-21 Two', text: '2' },
        { title: '2026-11-20 One', text: '1' },
      ],
      sessions: [{ name: 'auth', paths: ['new file.txt'] }],
      omitted: {},
    });
    const unfinished = reply.at('data.context.unfinished') as {
      name: string;
      reason: string;
      ways: { value: string; available: boolean; command?: string }[];
    }[];
    expect(unfinished.map(({ name, reason }) => [name, reason])).toEqual([
      ['gone', 'orphaned'],
      ['auth', 'idle'],
    ]);
    for (const { ways } of unfinished) {
      expect(ways.map(({ value }) => value)).toEqual(['resume', 'cleanup', 'ignore']);
    }
    expect(unfinished[0]?.ways[0]?.command).toContain('parallel restore gone --json');
    expect(unfinished[1]?.ways[0]?.command).toBe(`cd ${repo.root}-sessions/auth`);
    expect(reply.at('decision.id')).toBe('goals');
    expect(reply.at('decision.input')).toMatchObject({
      flag: '--goal',
      repeatable: true,
      suggestions: ['Sign tokens', 'Go', 'Clean'],
    });
    const argv = reply.at('decision.input.argv') as string[];
    const from = argv.indexOf('-C');
    const answer = await ask(
      '/',
      [...argv.slice(from), '--goal', 'One'].filter((w) => w !== '--json'),
    );
    expect(answer.at('decision.id')).toBe('mode');
  });

  test('is bounded: 20 tasks, 5 entries, 8 kB, and says what was left out', async () => {
    const repo = makeRepo();
    const many = (nth: number): string =>
      `## 1.${nth}. Task ${nth} ${'long '.repeat(10)}\n**Status**: Planned\n`;
    const all = Array.from({ length: 60 }, (_, nth) => nth);
    writeIn(repo.root, 'docs/implementation/1.md', all.map(many).join(''));
    writeIn(
      repo.root,
      'docs/progress.md',
      all.map((nth) => `## Entry ${nth}\n${'word '.repeat(400)}\n`).join(''),
    );
    const steps = all.map((nth) => `- Step ${nth} ${'é'.repeat(400)}\n`).join('');
    writeIn(repo.root, 'docs/session_logs/20261101_1200_session.md', `## Next steps\n${steps}`);
    const reply = await unchanged(repo, 6);
    const context = reply.at('data.context');
    expect(Buffer.byteLength(JSON.stringify(context))).toBeLessThanOrEqual(8000);
    const { tasks, progress, nextSteps, omitted } = context as Record<string, unknown[]> & {
      omitted: Record<string, number>;
    };
    expect(tasks?.length).toBeLessThanOrEqual(20);
    expect((tasks?.length ?? 0) + (omitted['tasks'] ?? 0)).toBe(60);
    expect((progress?.length ?? 0) + (omitted['progress'] ?? 0)).toBe(60);
    expect((nextSteps?.length ?? 0) + (omitted['nextSteps'] ?? 0)).toBe(60);
    expect(omitted['texts']).toBeGreaterThan(0);
    expect(
      Math.min(tasks?.length ?? 0, progress?.length ?? 0, nextSteps?.length ?? 0),
    ).toBeGreaterThan(2);
  });

  test('in an empty project: nothing of all that, and the question', async () => {
    const reply = await unchanged(makeRepo(), 6);
    expect(reply.at('data.context')).toEqual({
      nextSteps: [],
      tasks: [],
      progress: [],
      sessions: [],
      unfinished: [],
      omitted: {},
    });
  });
});

describe('with goals, without mode', () => {
  test('standard or parallel, with a free name made of the goals', async () => {
    const repo = makeRepo();
    repo.addSession('sign-tokens-uber');
    repo.git('branch', 'session/sign-tokens-uber-2');
    const reply = await unchanged(repo, 6, '--goal', 'Sign the "tokens" über $(x)');
    expect(values(reply)).toEqual(['standard', 'parallel']);
    expect(reply.at('decision.facts.name')).toBe('sign-tokens-uber-x');
    expect(
      (await unchanged(repo, 6, '--goal', 'Sign tokens: über')).at('decision.facts.name'),
    ).toBe('sign-tokens-uber-3');
    expect((await unchanged(repo, 6, '--goal', '署名する')).text('decision.facts.name')).toMatch(
      /^session-\d{8}-\d{4}$/u,
    );
    // something in the trash wants its name back
    await must(repo.root, [
      'parallel',
      'remove',
      'sign-tokens-uber',
      '--strategy',
      'abandon',
      '--yes',
    ]);
    expect(
      (await unchanged(repo, 6, '--goal', 'Sign tokens: über')).at('decision.facts.name'),
    ).toBe('sign-tokens-uber-3');
    const made = await take(reply, 'parallel', '/');
    expect(made.at('data.session')).toMatchObject({
      name: 'sign-tokens-uber-x',
      goals: ['Sign the "tokens" über $(x)'],
    });
  });

  test('with a dirty main three ways at once, and none ends in another question', async () => {
    for (const [way, has] of [
      ['parallel', false],
      ['parallel-carry', true],
    ] as const) {
      const repo = makeRepo();
      repo.write('README.md', 'changed\n');
      const reply = await unchanged(repo, 6, '--goal', 'One');
      expect(values(reply)).toEqual(['standard', 'parallel', 'parallel-carry']);
      const made = await take(reply, way, '/');
      expect(made.exit).toBe(0);
      const readme = join(made.text('data.session.worktree'), 'README.md');
      expect(readFileSync(readme, 'utf8') === 'changed\n').toBe(has);
      expect((await take(reply, 'standard', '/')).at('data.mode')).toBe('standard');
    }
  });

  test('where main is on no branch, the base is answered along', async () => {
    const repo = makeRepo();
    repo.git('checkout', '-q', '--detach');
    const reply = await unchanged(repo, 6, '--goal', 'One');
    const made = await take(reply, 'parallel', '/');
    expect(made.at('data.session.base.name')).toBe('main');
  });

  test('without commits parallel is listed with the reason', async () => {
    const root = temporaryFolder();
    gitIn(root, 'init', '-q', '-b', 'main');
    const reply = await ask(root, [...start, '--goal', 'One']);
    expect(reply.at('decision.choices.0')).toMatchObject({ value: 'standard', available: true });
    expect(reply.at('decision.choices.1')).toMatchObject({
      value: 'parallel',
      available: false,
      unavailableWhy: textLike(/no commit yet/u),
    });
    expect((await ask(root, [...start, '--goal', 'x', '--parallel'])).at('error.code')).toBe(
      'no-commits',
    );
    expect((await take(reply, 'standard', '/')).exit).toBe(0);
  });
});

describe('--standard', () => {
  test('a log in the main checkout; two of one minute are two', async () => {
    const repo = makeRepo();
    const first = await must(repo.root, [...start, '--goal', 'One', '--standard']);
    const second = await must(join(repo.root), [...start, '--goal', 'Two', '--standard']);
    expect(first.at('data')).toMatchObject({ mode: 'standard', goals: ['One'] });
    expect(first.at('data.session')).toBeUndefined();
    expect(logs(repo.root)).toHaveLength(2);
    for (const [reply, goal] of [
      [first, 'One'],
      [second, 'Two'],
    ] as const) {
      const log = readLog(readFileSync(reply.text('data.log'), 'utf8'));
      expect(log).toMatchObject({ goals: [goal], session: null, branch: null, base: null });
    }
    expect(repo.git('for-each-ref', 'refs/flight-rules')).toBe('');
  });

  test('what does not go together is a usage error', async () => {
    const repo = makeRepo();
    for (const args of [
      ['--standard', '--dirty', 'carry'],
      ['--standard', '--parallel'],
      ['--standard', '--base', 'main'],
      ['--goal', ' '],
    ]) {
      expect((await unchanged(repo, 2, '--goal', 'x', ...args)).at('error.code')).toBe('usage');
    }
  });
});

describe('inside a session', () => {
  test('it is resumed: goals, log, uncommitted paths, commits; nothing is written', async () => {
    const repo = documented();
    const made = await must(repo.root, [...start, '--goal', 'One', '--parallel', 'auth']);
    const tree = made.text('data.session.worktree');
    commitIn(tree, 'a.txt', 'a');
    writeIn(tree, 'sub/b.txt', 'b');
    const before = fingerprint(repo.root, `${repo.root}-sessions`);
    const reply = await must(join(tree, 'sub'), start);
    expect(reply.at('data')).toMatchObject({
      mode: 'in-session',
      log: made.text('data.log'),
      goals: ['One'],
      session: { name: 'auth' },
      uncommitted: [textLike(/^docs\/session_logs\//u), 'sub/b.txt'],
      commits: [{ subject: 'change a.txt' }],
      context: { nextSteps: ['Sign tokens'], sessions: [], unfinished: [] },
    });
    expect(reply.at('data.enter')).toBeUndefined();
    // other goals and modes change nothing and are said
    for (const args of [
      ['--goal', 'Other'],
      ['--goal', 'Other', '--parallel', 'two'],
      ['--goal', 'Other', '--standard'],
    ]) {
      const again = await must(tree, [...start, ...args]);
      expect(again.at('data')).toMatchObject({ mode: 'in-session', goals: ['One'] });
      const codes = (again.at('warnings') as { code: string }[]).map(({ code }) => code);
      expect(codes).toContain('goals-differ');
      expect(codes.includes('in-session')).toBe(args.length > 2);
    }
    expect(fingerprint(repo.root, `${repo.root}-sessions`)).toEqual(before);
  });

  test('a log is written only if there is none', async () => {
    const repo = makeRepo();
    const made = await must(repo.root, ['parallel', 'create', 'auth', '--goal', 'One']);
    const tree = made.text('data.session.worktree');
    const first = await must(tree, start);
    expect(readLog(readFileSync(first.text('data.log'), 'utf8'))).toMatchObject({
      session: 'auth',
      goals: ['One'],
    });
    expect((await must(tree, start)).at('data.log')).toBe(first.at('data.log'));
    expect(logs(tree)).toHaveLength(1);
    // one that is gone is written anew
    rmSync(first.text('data.log'));
    await must(tree, start);
    expect(logs(tree)).toHaveLength(1);
  });

  test('an adopted worktree is a session like any other', async () => {
    const repo = makeRepo();
    const path = join(temporaryFolder(), 'wt');
    repo.git('worktree', 'add', '-q', '-b', 'own', path);
    const stray = await ask(path, [...start, '--goal', 'One']);
    expect([stray.exit, stray.at('decision.id'), values(stray)]).toEqual([
      6,
      'mode',
      ['adopt', 'standard'],
    ]);
    const adopted = await take(stray, 'adopt', path);
    expect(adopted.at('data.session')).toMatchObject({ goals: ['One'], branch: 'own' });
    expect((await must(path, start)).at('data')).toMatchObject({
      mode: 'in-session',
      goals: ['One'],
    });
  });

  test('adopt is offered only as it can be done: with a free name, and if it is not refused', async () => {
    const repo = makeRepo();
    repo.addSession('wt');
    const path = join(temporaryFolder(), 'wt');
    repo.git('worktree', 'add', '-q', '-b', 'own', path);
    const stray = await ask(path, [...start, '--goal', 'One']);
    const adopted = await take(stray, 'adopt', path);
    expect(adopted.at('data.session')).toMatchObject({ name: 'wt-2', branch: 'own' });
    expect(adopted.at('next.0.argv')).toEqual(expect.arrayContaining(['dev-session', 'start']));
    const busy = join(temporaryFolder(), 'busy');
    repo.git('worktree', 'add', '-q', '-b', 'busy', busy);
    gitIn(busy, 'bisect', 'start');
    const other = await ask(busy, [...start, '--goal', 'Two']);
    expect(other.at('decision.choices.0')).toMatchObject({ value: 'adopt', available: false });
    expect(other.text('decision.choices.0.unavailableWhy')).toContain('bisect is in progress');
  });

  test('from a stray a standard session is one of the main checkout', async () => {
    const repo = makeRepo();
    const path = join(temporaryFolder(), 'wt');
    repo.git('worktree', 'add', '-q', '--detach', path);
    const stray = await ask(path, [...start, '--goal', 'One']);
    expect(stray.at('decision.choices.0')).toMatchObject({ value: 'adopt', available: false });
    expect((await take(stray, 'standard', path)).text('data.log')).toContain(`${repo.root}/docs/`);
    expect(gitIn(path, 'status', '--porcelain')).toBe('');
  });
});

describe('unusual places', () => {
  test('a bare repository: standard is not possible, parallel is', async () => {
    const repo = makeRepo();
    const bare = join(temporaryFolder(), 'bare.git');
    gitIn(repo.root, 'clone', '-q', '--bare', repo.root, bare);
    const reply = await ask(bare, [...start, '--goal', 'One']);
    expect(reply.at('decision.choices.0')).toMatchObject({ value: 'standard', available: false });
    expect((await ask(bare, [...start, '--goal', 'One', '--standard'])).at('error.code')).toBe(
      'no-checkout',
    );
    const made = await take(reply, 'parallel', '/');
    expect(made.exit).toBe(0);
    const inside = await must(made.text('data.session.worktree'), start);
    expect(inside.at('data.log')).toBe(made.at('data.log'));
  });

  test('the trash, and no repository', async () => {
    const repo = makeRepo();
    await must(repo.root, [...start, '--goal', 'One', '--parallel', 'auth']);
    await must(repo.root, ['parallel', 'remove', 'auth', '--strategy', 'abandon', '--yes']);
    const inTrash = await ask(`${repo.root}-sessions/.trash/auth-1`, start);
    expect([inTrash.exit, inTrash.at('error.code')]).toEqual([4, 'in-trash']);
    const none = await ask(temporaryFolder(), start);
    expect([none.exit, none.at('error.code')]).toEqual([3, 'not-a-repository']);
  });
});
