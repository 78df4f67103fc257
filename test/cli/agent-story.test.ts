// The whole story as an agent lives it: no terminal, only the installed program on PATH, and of its
// answers only JSON. What a choice's command says is run as it stands, by a shell, from elsewhere.
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { releasedProgram } from '../support/cli.ts';
import { fakeForge } from '../support/fake-forge.ts';

interface Choice {
  readonly value: string;
  readonly command: string;
  readonly available: boolean;
  readonly effect: string;
  readonly undo: string;
}

interface Answer {
  readonly exit: number | null;
  readonly ok: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: string;
    readonly hints: readonly { readonly command: string }[];
  };
  readonly decision?: {
    readonly id: string;
    readonly choices: readonly Choice[];
    readonly input?: { readonly command: string; readonly flag: string };
  };
}

interface Agent {
  readonly project: string;
  readonly sessions: string;
  /** a command line, by a shell, in a folder that has nothing to do with the project */
  readonly say: (command: string, at?: string, stdin?: string) => Promise<Answer>;
  readonly git: (at: string, ...args: readonly string[]) => string;
}

/** A project with a remote and some history, and the program on PATH as npm links it. */
async function begin(): Promise<Agent> {
  const folder = realpathSync(mkdtempSync(join(inject('runHome'), 'story-')));
  const url = 'https://github.com/someone/project/pull/7';
  const { bin } = await fakeForge(folder, 'gh', {
    '--version': { stdout: 'gh version 2.23.0\n' },
    'auth status': {},
    'pr list': { stdout: '[]\n' },
    'pr create': { stdout: `${url}\n` },
  });
  symlinkSync(releasedProgram, join(bin, 'flight-rules'));
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const project = join(folder, 'project');
  const git: Agent['git'] = (at, ...args) =>
    execFileSync('git', args, { cwd: at, env, encoding: 'utf8' }).trimEnd();
  git(folder, 'init', '-q', '--bare', '-b', 'main', 'github.com.git');
  git(folder, 'init', '-q', '-b', 'main', project);
  mkdirSync(join(project, 'docs', 'implementation'), { recursive: true });
  const task = '# 1. Tokens\n\n## 1.1. Sign tokens\n\n**Status**: 🔵 Planned\n';
  writeFileSync(join(project, 'docs', 'implementation', '1-tokens.md'), task);
  writeFileSync(join(project, 'app.txt'), 'one\n');
  git(project, 'add', '--all');
  git(project, 'commit', '-q', '-m', 'first');
  git(project, 'remote', 'add', 'origin', join(folder, 'github.com.git'));
  git(project, 'push', '-q', 'origin', 'main');
  const say: Agent['say'] = (command, at = '/', stdin = '') =>
    new Promise((settle, fail) => {
      const child = spawn('sh', ['-c', command], { cwd: at, env, stdio: ['pipe', 'pipe', 'pipe'] });
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
      child.on('error', fail);
      child.on('close', (exit) => {
        // one line, and nothing beside it
        expect({ command, lines: out.trimEnd().split('\n').length, err }).toEqual({
          command,
          lines: 1,
          err: '',
        });
        const answer = JSON.parse(out) as Answer;
        settle({ ...answer, data: answer.data ?? {}, exit });
      });
      child.stdin.on('error', () => undefined).end(stdin);
    });
  return { project, sessions: `${project}-sessions`, say, git };
}

/** The command of a choice that is there and can be taken. */
function commandOf({ decision }: Answer, value: string): string {
  const choice = decision?.choices.find((one) => one.value === value);
  expect(choice).toMatchObject({ available: true });
  return choice?.command ?? '';
}

/** Goals, then the question how; the session is made by the command of the choice. */
async function startParallel(agent: Agent, choice = 'parallel'): Promise<Answer> {
  const context = await agent.say('flight-rules dev-session start --json', agent.project);
  expect(context).toMatchObject({ exit: 6, decision: { id: 'goals', input: { flag: '--goal' } } });
  expect(JSON.stringify(context.data)).toContain('1.1');
  const open = context.decision?.input?.command ?? '';
  const mode = await agent.say(`${open} --goal "Sign tokens" --goal 'Don'\\''t log them'`);
  expect(mode).toMatchObject({ exit: 6 });
  const made = await agent.say(commandOf(mode, choice));
  expect(made).toMatchObject({ exit: 0, ok: true, data: { mode: 'parallel' } });
  return made;
}

/** Two commits, a restart that knows nothing, and the end as far as the question how. */
async function workAndEnd(agent: Agent, made: Answer): Promise<Answer> {
  const { name, worktree } = made.data['session'] as { name: string; worktree: string };
  const log = made.data['log'] as string;
  expect(log.startsWith(`${worktree}/docs/session_logs/`)).toBe(true);
  const text = readFileSync(log, 'utf8');
  for (const line of [
    `**Session:** ${name}`,
    `**Branch:** session/${name}`,
    `**Worktree:** ${worktree}`,
    '**Base:** main',
    '- Sign tokens',
    "- Don't log them",
  ]) {
    expect(text).toContain(line);
  }
  for (const part of ['sign', 'verify']) {
    writeFileSync(join(worktree, `${part}.txt`), `${part}\n`);
    agent.git(worktree, 'add', `${part}.txt`);
    agent.git(worktree, 'commit', '-q', '-m', part);
  }
  const again = await agent.say('flight-rules dev-session start --json', worktree);
  expect(again).toMatchObject({
    exit: 0,
    data: { mode: 'in-session', log, goals: ['Sign tokens', "Don't log them"] },
  });
  writeFileSync(join(worktree, 'late.txt'), 'late\n');
  const end = 'flight-rules dev-session end --summary-file - --next "Rotate keys" --json';
  const summary = 'Tokens are signed.\n\n- and *verified*\n';
  const refused = await agent.say(end, worktree, summary);
  expect(refused).toMatchObject({ exit: 4, error: { code: 'uncommitted-work' } });
  expect(JSON.stringify(refused.error)).toContain('late.txt');
  const asked = await agent.say(`${end} --commit "What was late"`, worktree, summary);
  expect(asked).toMatchObject({ exit: 6, decision: { id: 'strategy' } });
  expect(asked.decision?.choices.map(({ value }) => value)).toEqual([
    'pr',
    'merge',
    'keep',
    'abandon',
  ]);
  for (const { effect, undo } of asked.decision?.choices ?? []) {
    expect(effect.length * undo.length).toBeGreaterThan(0);
  }
  return asked;
}

const listed = async (agent: Agent): Promise<unknown> => {
  const status = await agent.say('flight-rules parallel status --all --json', agent.project);
  expect(status.exit).toBe(0);
  return status.data['sessions'];
};

const manifest = (agent: Agent): readonly unknown[] =>
  (
    JSON.parse(readFileSync(join(agent.sessions, '.manifest.json'), 'utf8')) as {
      sessions: unknown[];
    }
  ).sessions;

describe('each strategy once', () => {
  test.each([
    ['merge', 'ended', []],
    ['keep', 'kept', []],
    ['abandon', 'ended', []],
    ['pr', 'in-review', [{ status: 'in-review' }]],
  ] as const)('%s', async (strategy, state, entries) => {
    const agent = await begin();
    const made = await startParallel(agent);
    const { worktree, name } = made.data['session'] as { name: string; worktree: string };
    const asked = await workAndEnd(agent, made);
    const ended = await agent.say(commandOf(asked, strategy));
    expect(ended).toMatchObject({ exit: 0, ok: true, data: { integration: { strategy } } });
    // the folder is away, the list is right, and main is as clean as it was
    expect(existsSync(worktree)).toBe(false);
    expect(manifest(agent)).toMatchObject(entries);
    expect(manifest(agent)).toHaveLength(entries.length);
    expect(agent.git(agent.project, 'status', '--porcelain')).toBe('');
    expect(agent.git(agent.project, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(await listed(agent)).toMatchObject([{ name, state }]);
    const branch = agent.git(agent.project, 'branch', '--list', `session/${name}`);
    expect(branch === '').toBe(strategy === 'merge' || strategy === 'abandon');
    const inMain = agent.git(agent.project, 'ls-tree', '--name-only', 'main', 'late.txt');
    expect(inMain).toBe(strategy === 'merge' ? 'late.txt' : '');
    // and everything comes back, with log and progress as they were committed
    const back = await agent.say(`flight-rules parallel restore ${name} --json`, agent.project);
    expect(back).toMatchObject({ exit: 0, data: { worktree } });
    expect(agent.git(worktree, 'status', '--porcelain')).toBe('');
    const text = readFileSync(String(made.data['log']), 'utf8');
    expect(text).toContain('Tokens are signed.\n\n- and *verified*\n');
    const progress = readFileSync(join(worktree, 'docs', 'progress.md'), 'utf8');
    expect(progress).toContain('Tokens are signed.');
  });
});

test('a text that looks like a flag of ours is a text, in every command that is offered', async () => {
  const agent = await begin();
  const start = 'flight-rules dev-session start --goal --json --json';
  const made = await agent.say(commandOf(await agent.say(start, agent.project), 'parallel'));
  expect(made).toMatchObject({ exit: 0, data: { goals: ['--json'] } });
});

test('what can be no name is looked for in vain, and none is proposed to be made', async () => {
  const agent = await begin();
  const answer = await agent.say("flight-rules parallel path 'no name' --json", agent.project);
  expect(answer).toMatchObject({ exit: 2, error: { code: 'bad-name' } });
  expect(answer.error?.hints.map(({ command }) => command).join()).not.toContain('create');
});

test('with a dirty main the choices say whether the changes come along', async () => {
  const agent = await begin();
  writeFileSync(join(agent.project, 'app.txt'), 'one\nhalf an idea\n');
  const made = await startParallel(agent, 'parallel-carry');
  const { worktree } = made.data['session'] as { worktree: string };
  expect(readFileSync(join(worktree, 'app.txt'), 'utf8')).toBe('one\nhalf an idea\n');
  expect(readFileSync(join(agent.project, 'app.txt'), 'utf8')).toBe('one\nhalf an idea\n');
  expect(agent.git(agent.project, 'status', '--porcelain')).toBe(' M app.txt');
});

test('a name that is taken is a question: resume, or another name', async () => {
  const agent = await begin();
  const first = await startParallel(agent);
  const { name } = first.data['session'] as { name: string };
  const asked = await agent.say(
    `flight-rules dev-session start --goal "Sign tokens" --parallel ${name} --json`,
    agent.project,
  );
  expect(asked).toMatchObject({ exit: 6 });
  const values = asked.decision?.choices.map(({ value }) => value) ?? [];
  const other = values.find((value) => value !== 'resume' && value !== 'standard');
  expect(values).toContain('resume');
  const second = await agent.say(commandOf(asked, other ?? ''));
  expect(second).toMatchObject({ exit: 0, data: { mode: 'parallel' } });
  expect((second.data['session'] as { name: string }).name).not.toBe(name);
  const resumed = await agent.say(commandOf(asked, 'resume'));
  expect(resumed).toMatchObject({ exit: 0, data: { mode: 'in-session', log: first.data['log'] } });
});
