// One contract, two faces: every tool and its command, on equal repositories, come to the same
// answer (done, a decision, an error), and each choice of a decision, taken as it is spelled by
// either face, comes to the same end.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toolEntries } from '../../src/faces/mcp/table.ts';
import { cli, json, releasedProgram, start } from '../support/cli.ts';
import { eras, mcpClient, type Era, type Json, type McpClient } from '../support/mcp.ts';
import { comparable } from '../support/outcome.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

interface Case {
  readonly tool: string;
  readonly is: 'done' | 'decision' | 'error';
  /** the command, and the same as arguments of the tool; relative paths are the repository's */
  readonly words: readonly string[];
  readonly values: Json;
  readonly given?: (repo: TestRepo) => void;
  /** the answer to an open question */
  readonly answer?: string;
}

const nothing = (): void => undefined;
const session = (repo: TestRepo): void => {
  repo.addSession('auth').commit('auth.txt', 'work\n');
};
const dirty = (repo: TestRepo): void => {
  repo.write('README.md', 'changed\n');
};
const orphan = (repo: TestRepo): void => {
  const { worktree, commit } = repo.addSession('auth');
  commit('auth.txt', 'work\n');
  // beside one that is there, or it might be a disk that is not mounted
  repo.addSession('other');
  rmSync(worktree, { recursive: true });
};
const uncommitted = (repo: TestRepo): void => {
  repo.addSession('auth').write('new.txt', 'not committed\n');
};
const conflict = (repo: TestRepo): void => {
  const { commit } = repo.addSession('auth');
  commit('README.md', 'theirs\n');
  repo.commit('README.md', 'ours\n');
};
const detached = (repo: TestRepo): void => {
  repo.git('checkout', '-q', '--detach');
};
const stray = (repo: TestRepo): void => {
  repo.git('worktree', 'add', '-q', '-b', 'fix', '../fix');
};

const cases: readonly Case[] = [
  {
    tool: 'parallel_status',
    is: 'done',
    words: ['parallel', 'status'],
    values: {},
    given: session,
  },
  {
    tool: 'parallel_status',
    is: 'error',
    words: ['parallel', 'status', 'none'],
    values: { name: 'none' },
    given: session,
  },
  {
    tool: 'parallel_create',
    is: 'done',
    words: ['parallel', 'create', 'new', '--goal', 'One', '--goal', '-y', '--base', 'main'],
    values: { name: 'new', goals: ['One', '-y'], base: 'main' },
  },
  {
    tool: 'parallel_create',
    is: 'decision',
    words: ['parallel', 'create', 'new', '--goal', 'One'],
    values: { name: 'new', goals: ['One'] },
    given: dirty,
  },
  {
    tool: 'parallel_create',
    is: 'decision',
    words: ['parallel', 'create', 'new'],
    values: { name: 'new' },
    given: detached,
    answer: 'main',
  },
  {
    tool: 'parallel_create',
    is: 'error',
    words: ['parallel', 'create', 'no name'],
    values: { name: 'no name' },
  },
  {
    tool: 'parallel_cleanup',
    is: 'done',
    words: ['parallel', 'cleanup', '--landed', '--dry-run'],
    values: { landed: true, dryRun: true },
    given: orphan,
  },
  {
    tool: 'parallel_cleanup',
    is: 'done',
    words: ['parallel', 'cleanup', 'auth', '--yes'],
    values: { names: ['auth'], apply: true },
    given: orphan,
  },
  {
    tool: 'parallel_cleanup',
    is: 'decision',
    words: ['parallel', 'cleanup'],
    values: {},
    given: orphan,
  },
  {
    tool: 'parallel_cleanup',
    is: 'error',
    words: ['parallel', 'cleanup', 'none', '--yes'],
    values: { names: ['none'], apply: true },
  },
  {
    tool: 'parallel_remove',
    is: 'done',
    words: ['parallel', 'remove', 'auth', '--strategy', 'merge', '--shape', 'squash'],
    values: { name: 'auth', strategy: 'merge', shape: 'squash' },
    given: session,
  },
  {
    tool: 'parallel_remove',
    is: 'decision',
    words: ['parallel', 'remove', 'auth', '--title', 'Sign in', '--body', 'Why\nand how'],
    values: { name: 'auth', title: 'Sign in', body: 'Why\nand how' },
    given: session,
  },
  {
    tool: 'parallel_remove',
    is: 'decision',
    words: ['parallel', 'remove', 'auth', '--strategy', 'abandon'],
    values: { name: 'auth', strategy: 'abandon' },
    given: uncommitted,
  },
  {
    tool: 'parallel_remove',
    is: 'error',
    words: ['parallel', 'remove', 'auth', '--strategy', 'keep'],
    values: { name: 'auth', strategy: 'keep' },
    given: uncommitted,
  },
  {
    tool: 'parallel_remove',
    is: 'error',
    words: ['parallel', 'remove', 'auth', '--strategy', 'merge'],
    values: { name: 'auth', strategy: 'merge' },
    given: conflict,
  },
  {
    tool: 'parallel_restore',
    is: 'done',
    words: ['parallel', 'restore', 'auth'],
    values: { names: ['auth'] },
    given: orphan,
  },
  {
    tool: 'parallel_restore',
    is: 'decision',
    words: ['parallel', 'restore'],
    values: {},
    given: orphan,
  },
  {
    tool: 'parallel_restore',
    is: 'error',
    words: ['parallel', 'restore', 'none'],
    values: { names: ['none'] },
  },
  {
    tool: 'dev_session_start',
    is: 'done',
    words: ['dev-session', 'start', '--goal', 'One', '--standard'],
    values: { goals: ['One'], mode: 'standard' },
  },
  {
    tool: 'dev_session_start',
    is: 'decision',
    words: ['dev-session', 'start'],
    values: {},
    given: session,
    answer: 'Sign tokens',
  },
  {
    tool: 'dev_session_start',
    is: 'decision',
    words: ['dev-session', 'start', '--goal', 'Sign tokens'],
    values: { goals: ['Sign tokens'] },
    given: dirty,
  },
  {
    tool: 'dev_session_start',
    is: 'error',
    words: ['dev-session', 'start', '--goal', 'One', '--task', 'none'],
    values: { goals: ['One'], tasks: ['none'] },
  },
  {
    tool: 'dev_session_end',
    is: 'done',
    words: ['dev-session', 'end', 'auth', '--next', 'More', '--strategy', 'keep'],
    values: { name: 'auth', next: ['More'], strategy: 'keep' },
    given: session,
  },
  {
    tool: 'dev_session_end',
    is: 'decision',
    words: ['dev-session', 'end', 'auth', '--next', 'More'],
    values: { name: 'auth', next: ['More'] },
    given: session,
  },
  {
    tool: 'dev_session_end',
    is: 'error',
    words: ['dev-session', 'end', 'auth', '--strategy', 'keep'],
    values: { name: 'auth', strategy: 'keep' },
    given: uncommitted,
  },
  {
    tool: 'parallel_land',
    is: 'done',
    words: ['parallel', 'land', 'auth', '--verify', 'test -e README.md'],
    values: { names: ['auth'], verify: 'test -e README.md' },
    given: session,
  },
  {
    tool: 'parallel_land',
    is: 'decision',
    words: ['parallel', 'land', '--verify', 'true'],
    values: { verify: 'true' },
    given: session,
  },
  {
    tool: 'parallel_land',
    is: 'error',
    words: ['parallel', 'land', '--all'],
    values: { all: true },
    given: conflict,
  },
  {
    tool: 'parallel_adopt',
    is: 'done',
    words: ['parallel', 'adopt', '../fix', '--goal', 'Fix it'],
    values: { path: '../fix', goals: ['Fix it'] },
    given: stray,
  },
  {
    tool: 'parallel_adopt',
    is: 'decision',
    words: ['parallel', 'adopt', '../fix', '--base', 'none'],
    values: { path: '../fix', base: 'none' },
    given: stray,
    answer: 'main',
  },
  {
    tool: 'parallel_adopt',
    is: 'error',
    words: ['parallel', 'adopt', '.'],
    values: { path: '.' },
  },
  {
    tool: 'parallel_path',
    is: 'done',
    words: ['parallel', 'path', 'auth'],
    values: { name: 'auth' },
    given: session,
  },
  {
    tool: 'parallel_path',
    is: 'error',
    words: ['parallel', 'path', 'none'],
    values: { name: 'none' },
  },
  { tool: 'config', is: 'done', words: ['config'], values: {} },
  { tool: 'trust_list', is: 'done', words: ['trust', 'list'], values: {} },
];

const there = new Set(toolEntries('all').map(({ name }) => name));
const run = cases.filter(({ tool }) => there.has(tool));

/** Each on a repository of its own, made by the same steps. */
function equalRepos(given: Case['given']): readonly [TestRepo, TestRepo] {
  const repos = [makeRepo(), makeRepo()] as const;
  for (const repo of repos) (given ?? nothing)(repo);
  return repos;
}

async function overCli(repo: TestRepo, words: readonly string[]): Promise<Json> {
  return json(await cli(releasedProgram, ['-C', repo.root, ...words, '--json'], { cwd: '/' }));
}

async function overMcp(client: McpClient, one: Case, repo: TestRepo): Promise<Json> {
  const answered = await client.tool(one.tool, { ...one.values, directory: repo.root });
  expect(JSON.parse(answered.text)).toEqual(answered.envelope);
  expect(answered.isError).toBe('error' in answered.envelope);
  return answered.envelope;
}

interface Spelled {
  readonly value: string;
  readonly available: boolean;
  readonly argv: readonly string[];
  readonly call?: { readonly tool: string; readonly arguments: Json };
}

interface Question {
  readonly choices: readonly Spelled[];
  readonly input?: Spelled & { readonly flag: string; readonly argument: string };
}

/** What the repository has become, without what differs from one run to the next. */
function state(repo: TestRepo): readonly string[] {
  const lines = (...args: string[]): string[] => repo.git(...args).split('\n');
  const files = lines('for-each-ref', '--format=%(refname)', 'refs/heads').flatMap((branch) =>
    lines('ls-tree', '-r', branch).map((file) => `${branch} ${file}`),
  );
  // a log tells times and places
  const told = files.map((file) => file.replace(/ [0-9a-f]{40}\t(?=docs\/)/u, ' '));
  const named = told.map((file) => file.replaceAll(/\d{8}_\d{4}/gu, ''));
  return [...lines('for-each-ref', '--format=%(refname)'), ...named];
}

function eraOf(index: number): Era {
  return eras[index % eras.length] ?? '2026-07-28';
}

test('every tool has a case for each thing it can answer', () => {
  const answers = (tool: string): string[] =>
    [...new Set(run.filter((one) => one.tool === tool).map(({ is }) => is))].toSorted();
  const wanted = (name: string): string[] => {
    if (name === 'parallel_status') return ['done', 'error'];
    return name === 'config' || name === 'trust_list' ? ['done'] : ['decision', 'done', 'error'];
  };
  for (const { name } of toolEntries('all').filter(({ name: one }) => one !== 'parallel_path')) {
    expect(answers(name)).toEqual(wanted(name));
  }
});

test.each(run.map((one, index) => [`${one.tool} ${one.is}: ${one.words.join(' ')}`, one, index]))(
  '%s',
  async (_, one, index) => {
    const [left, right] = equalRepos(one.given);
    const era = eraOf(index);
    const client = await mcpClient(era, { cwd: '/', args: ['mcp', '--all'] });
    const [command, call] = await Promise.all([
      overCli(left, one.words),
      overMcp(client, one, right),
    ]);
    expect(comparable(call, right.root)).toEqual(comparable(command, left.root));
    const kind = 'decision' in call ? 'decision' : 'error' in call ? 'error' : 'done';
    expect(kind).toBe(one.is);
    expect(state(right)).toEqual(state(left));
    if (one.is !== 'decision') return;
    const over = call['decision'] as Question;
    const choices = over.choices.filter(({ call: spelled }) => spelled !== undefined);
    for (const choice of choices)
      expect(Object.keys(choice.call ?? {})).toEqual(['tool', 'arguments']);
    for (const choice of choices.filter(({ available }) => available)) {
      await taken(client, one, choice.value);
    }
    if (one.answer !== undefined) await answered(client, one, one.answer);
  },
);

/** The choice of that value, as spelled for each, on fresh repositories. */
async function taken(client: McpClient, one: Case, value: string): Promise<void> {
  const [left, right] = equalRepos(one.given);
  const [asked, over] = await Promise.all([overCli(left, one.words), overMcp(client, one, right)]);
  const words = asked['decision'] as Question;
  const calls = over['decision'] as Question;
  const argv = words.choices.find((choice) => choice.value === value)?.argv ?? [];
  const call = calls.choices.find((choice) => choice.value === value)?.call;
  const [program = '', ...args] = argv;
  const [ended, { envelope }] = await Promise.all([
    start(program, args, { cwd: '/' }),
    client.tool(call?.tool ?? '', call?.arguments),
  ]);
  const byCommand = json(ended);
  expect(comparable(envelope, right.root)).toEqual(comparable(byCommand, left.root));
  // and does not end in another question
  expect(envelope).not.toHaveProperty('decision');
  expect(state(right)).toEqual(state(left));
}

/** The open question, answered in the call to which the answer is added. */
async function answered(client: McpClient, one: Case, answer: string): Promise<void> {
  const [left, right] = equalRepos(one.given);
  const words = ((await overCli(left, one.words))['decision'] as Question).input;
  const calls = (
    (await overMcp(client, one, right))['decision'] as Question & {
      input: { repeatable: boolean };
    }
  ).input;
  const [program = '', ...args] = words?.argv ?? [];
  const byCommand = json(await start(program, [...args, words?.flag ?? '', answer], { cwd: '/' }));
  const added = { [calls?.argument ?? '']: calls?.repeatable ? [answer] : answer };
  const { envelope } = await client.tool(calls?.call?.tool ?? '', {
    ...calls?.call?.arguments,
    ...added,
  });
  expect(comparable(envelope, right.root)).toEqual(comparable(byCommand, left.root));
  expect(state(right)).toEqual(state(left));
}
