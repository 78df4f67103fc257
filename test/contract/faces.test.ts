// One contract, two faces: every tool and its command, on equal repositories, come to the same
// answer (done, a decision, an error), and each choice of a decision, taken as it is spelled by
// either face, comes to the same end.
import { expect, test } from 'vitest';
import { toolEntries } from '../../src/faces/mcp/table.ts';
import { cli, json, releasedProgram, start } from '../support/cli.ts';
import { eras, mcpClient, type Era, type Json, type McpClient } from '../support/mcp.ts';
import { comparable } from '../support/outcome.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';
import { cases, type Case } from './cases.ts';

const there = new Set(toolEntries('all').map(({ name }) => name));
const run = cases.filter(({ tool }) => there.has(tool));

/** Each on a repository of its own, made by the same steps. */
function equalRepos(given: Case['given']): readonly [TestRepo, TestRepo] {
  const repos = [makeRepo(), makeRepo()] as const;
  for (const repo of repos) given?.(repo);
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
    if (['parallel_status', 'parallel_conflicts', 'parallel_sync'].includes(name))
      return ['done', 'error'];
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
