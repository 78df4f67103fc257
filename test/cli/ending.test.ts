// Ending sessions through the released program: what it prints, how it exits, and that the command
// of every choice of every decision runs as it stands, from anywhere.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, json, releasedProgram as main, start, type Ended } from '../support/cli.ts';
import { fakeForge } from '../support/fake-forge.ts';
import { fingerprint } from '../support/operate.ts';
import {
  gitIn,
  makeRepo,
  temporaryFolder,
  type TestRepo,
  type TestSession,
} from '../support/repo.ts';

interface Choice {
  readonly value: string;
  readonly available: boolean;
  readonly recommended?: boolean;
  readonly unavailableWhy?: string;
  readonly effect: string;
  readonly undo: string;
  readonly command: string;
  readonly argv: readonly string[];
}

interface Answer {
  readonly ok: boolean;
  readonly data?: Record<string, unknown>;
  readonly error?: { code: string; message: string; hints: { command: string }[]; data?: object };
  readonly decision?: { id: string; choices: Choice[]; input?: { argv: string[] } };
  readonly warnings?: { code: string }[];
}

const answer = (ended: Ended): Answer => json(ended) as unknown as Answer;

async function run(cwd: string, ...args: string[]): Promise<Ended & { readonly answer: Answer }> {
  const ended = await cli(main, [...args, '--json'], { cwd });
  return { ...ended, answer: answer(ended) };
}

/** A project with session `auth`, one commit ahead; a quote in its path, since commands are quoted. */
function project(): { readonly repo: TestRepo; readonly session: TestSession } {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('a.txt', 'a\n');
  return { repo, session };
}

/** The decision that `args` ends in; nothing has changed. */
async function decisionOf(
  cwd: string,
  root: string,
  args: readonly string[],
  env = {},
): Promise<Choice[]> {
  const before = fingerprint(root);
  const ended = await cli(main, [...args, '--json'], { cwd, env });
  expect(ended.exit).toBe(6);
  const { ok, decision } = answer(ended);
  expect(ok).toBe(false);
  expect(fingerprint(root)).toEqual(before);
  const choices = decision?.choices ?? [];
  expect(choices.filter(({ recommended }) => recommended === true).length).toBeLessThan(2);
  for (const { available, unavailableWhy, effect, undo } of choices) {
    expect(unavailableWhy === undefined).toBe(available);
    expect(effect).not.toBe('');
    expect(undo).not.toBe('');
  }
  return choices;
}

describe('the command of every choice runs from another directory', () => {
  test('remove without a strategy', async () => {
    const values = ['pr', 'merge', 'keep', 'abandon'];
    for (const value of values) {
      const { repo } = project();
      const folder = temporaryFolder();
      gitIn(folder, 'init', '-q', '--bare', 'remote.git');
      repo.git('remote', 'add', 'origin', join(folder, 'remote.git'));
      const { bin } = await fakeForge(folder, 'gh', {
        'auth status': {},
        'pr list': { stdout: '[]' },
        'pr create': { stdout: 'https://github.com/acme/app/pull/7\n' },
      });
      const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      const choices = await decisionOf(repo.root, repo.root, ['parallel', 'remove', 'auth'], env);
      expect(choices.map((choice) => [choice.value, choice.available])).toEqual(
        values.map((one) => [one, true]),
      );
      const command = choices.find((choice) => choice.value === value)?.command ?? '';
      const ended = await start('sh', ['-c', command], { cwd: '/', env });
      expect([value, ended.exit]).toEqual([value, 0]);
      expect(answer(ended).data).toMatchObject({ name: 'auth', strategy: value });
    }
  });

  test('abandon without consent', async () => {
    const { repo } = project();
    const args = ['parallel', 'remove', 'auth', '--strategy', 'abandon'];
    const choices = await decisionOf(repo.root, repo.root, args);
    const ended = await start('sh', ['-c', choices[0]?.command ?? ''], { cwd: '/' });
    expect(ended.exit).toBe(0);
    expect(answer(ended).data).toMatchObject({ strategy: 'abandon', branchDeleted: true });
  });

  test('what cannot work stays listed, with the reason', async () => {
    const { repo, session } = project();
    session.write('new.txt', 'new\n');
    repo.git('branch', '-m', 'main', 'renamed');
    const choices = await decisionOf(repo.root, repo.root, ['parallel', 'remove', 'auth']);
    const why = Object.fromEntries(choices.map((one) => [one.value, one.unavailableWhy]));
    expect(why['keep']).toContain('new.txt');
    expect(why['pr']).toContain('new.txt');
    expect(why['merge']).toContain('new.txt');
    expect(why['abandon']).toBeUndefined();
    rmSync(join(session.worktree, 'new.txt'));
    const clean = await decisionOf(repo.root, repo.root, ['parallel', 'remove', 'auth']);
    const now = Object.fromEntries(clean.map((one) => [one.value, one.unavailableWhy]));
    expect(now['pr']).toContain('remote');
    expect(now['merge']).toContain('main');
    expect(now['keep']).toBeUndefined();
  });

  test('cleanup, restore and emptying the trash', async () => {
    const { repo, session } = project();
    repo.addSession('spared');
    rmSync(session.worktree, { recursive: true });
    const asked = ['parallel', 'cleanup'];
    const byValue = async (args: string[], value: string): Promise<Ended> => {
      const choices = await decisionOf(repo.root, repo.root, args);
      const command = choices.find((choice) => choice.value === value)?.command;
      expect(command).toBeDefined();
      return start('sh', ['-c', command ?? ''], { cwd: '/' });
    };
    expect((await byValue(asked, 'leave')).exit).toBe(0);
    const back = await byValue(asked, 'restore');
    expect(answer(back).data).toMatchObject({ name: 'auth', from: { strategy: 'orphaned' } });
    rmSync(session.worktree, { recursive: true });
    const cleaned = await byValue(asked, 'clean');
    expect(answer(cleaned).data).toMatchObject({ items: [{ name: 'auth', done: true }] });
    const restored = await byValue(['parallel', 'restore'], 'auth~1');
    expect(answer(restored).data).toMatchObject({ name: 'auth', from: { id: 'auth~1' } });
    const expired = ['parallel', 'cleanup', '--expired', 'auth~1'];
    expect((await byValue(expired, 'leave')).exit).toBe(0);
    const emptied = await byValue(expired, 'clean');
    expect(answer(emptied).data).toMatchObject({ items: [{ id: 'auth~1', done: true }] });
  });
});

describe('from inside of a folder in the trash', () => {
  test('every command but restore, status and any with -C ends with in-trash', async () => {
    const { repo, session } = project();
    await run(repo.root, 'parallel', 'remove', 'auth', '--strategy', 'keep');
    expect(existsSync(session.worktree)).toBe(false);
    const inside = join(`${repo.root}-sessions`, '.trash', 'auth-1');
    const before = fingerprint(repo.root);
    for (const args of [
      ['create', 'new'],
      ['cleanup', '--yes'],
      ['remove', 'auth', '--strategy', 'abandon', '--yes'],
      ['adopt', '.'],
      ['path', 'auth'],
    ]) {
      const ended = await run(inside, 'parallel', ...args);
      expect([args, ended.exit, ended.answer.error?.code]).toEqual([args, 4, 'in-trash']);
      expect(ended.answer.error?.message).toContain('auth');
      expect(ended.answer.error?.hints.map(({ command }) => command).join()).toContain('restore');
    }
    expect(fingerprint(repo.root)).toEqual(before);
    const shown = await run(inside, 'parallel', 'status');
    expect([shown.exit, shown.answer.data?.['here']]).toEqual([0, { kind: 'trash', name: 'auth' }]);
    const away = await run(inside, 'parallel', 'cleanup', '--dry-run', '-C', repo.root);
    expect(away.exit).toBe(0);
    const back = await run(inside, 'parallel', 'restore', 'auth');
    expect([back.exit, existsSync(session.worktree)]).toEqual([0, true]);
  });

  test('removed while standing in it: where to go on', async () => {
    const { repo, session } = project();
    const ended = await run(session.worktree, 'parallel', 'remove', '--strategy', 'merge');
    expect(ended.exit).toBe(0);
    expect(ended.answer.data).toMatchObject({ name: 'auth', cwdAfter: repo.root });
    expect(ended.answer.warnings?.map(({ code }) => code)).toContain('cwd-gone');
  });
});

test("the caller's own shell does not count, somebody else's process does", async () => {
  const { repo, session } = project();
  // a shell that stands in the worktree and calls us
  const inside = await start('sh', [
    '-c',
    `cd '${session.worktree}' && '${process.execPath}' '${main}' parallel remove --strategy keep --json; true`,
  ]);
  expect(answer(inside)).toMatchObject({ ok: true, data: { name: 'auth', strategy: 'keep' } });
  await run(repo.root, 'parallel', 'restore', 'auth');
  // left behind by a shell that has ended, so that it is nobody's child
  const left = await start('sh', [
    '-c',
    `cd '${session.worktree}' && (setsid sleep 60 >/dev/null 2>&1 & echo $!)`,
  ]);
  const ended = await run(repo.root, 'parallel', 'remove', 'auth', '--strategy', 'keep');
  expect([ended.exit, ended.answer.error?.code]).toEqual([4, 'in-use']);
  expect(ended.answer.error?.message).toContain('sleep 60');
  const [forced] = ended.answer.error?.hints ?? [];
  expect(forced?.command).toContain('--force-in-use');
  expect((await start('sh', ['-c', forced?.command ?? ''], { cwd: '/' })).exit).toBe(0);
  expect(Number(left.stdout)).toBeGreaterThan(1);
  const pids = /pid (\d+)/u.exec(ended.answer.error?.message ?? '');
  if (pids?.[1] !== undefined) process.kill(Number(pids[1]));
});

test('exit codes: usage 2, nobody 3, refused 4, conflicts 5', async () => {
  const { repo } = project();
  const exits: Record<string, number | null> = {};
  for (const args of [
    'remove auth --force',
    'remove',
    'remove nobody --strategy keep',
    'cleanup --expired --landed',
    'cleanup --expired auth',
    'cleanup nobody',
    'restore nobody',
    'remove auth --strategy pr',
  ]) {
    exits[args] = (await run(repo.root, 'parallel', ...args.split(' '))).exit;
  }
  repo.commit('a.txt', 'of the base\n');
  exits['conflict'] = (
    await run(repo.root, 'parallel', 'remove', 'auth', '--strategy', 'merge')
  ).exit;
  expect(exits).toEqual({
    'remove auth --force': 2,
    remove: 2,
    'remove nobody --strategy keep': 3,
    'cleanup --expired --landed': 2,
    'cleanup --expired auth': 2,
    'cleanup nobody': 3,
    'restore nobody': 3,
    'remove auth --strategy pr': 4,
    conflict: 5,
  });
});
