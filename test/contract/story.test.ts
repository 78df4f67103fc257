// The whole story by tool calls alone, with plain git in between: goals, a parallel session, work,
// an end that is refused while something is not committed, and each of the four ways home. After
// each, worktree and manifest are clean, and nothing is lost.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { fakeForge } from '../support/fake-forge.ts';
import { eras, mcpClient, type Json, type McpClient } from '../support/mcp.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

interface Choice {
  readonly value: string;
  readonly available: boolean;
  readonly call: { readonly tool: string; readonly arguments: Json };
}

const url = 'https://github.com/acme/app/pull/7';

/** A repository that can be pushed, and the environment of a forge that is logged in. */
async function world() {
  const repo = makeRepo();
  const remote = temporaryFolder('remote-');
  gitIn(remote, 'init', '-q', '--bare', '-b', 'main');
  // the forge is told by the address; what is pushed goes to the folder
  repo.git('remote', 'add', 'origin', 'https://github.com/acme/app.git');
  repo.git('config', 'remote.origin.pushurl', remote);
  const { bin } = await fakeForge(temporaryFolder(), 'gh', {
    'auth status': { stdout: 'logged in' },
    'pr list': { stdout: '[]' },
    'pr create': { stdout: `${url}\n` },
  });
  return { repo, remote, env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } };
}

function lines(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n');
}

/** The log on that branch, empty if there is none. */
function logOf(folder: string, branch: string, log: string): string {
  const there = lines(gitIn(folder, 'for-each-ref', '--format=%(refname:short)', 'refs/heads'));
  if (!there.includes(branch)) return '';
  const files = lines(gitIn(folder, 'ls-tree', '-r', '--name-only', branch));
  return files.includes(log) ? gitIn(folder, 'show', `${branch}:${log}`) : '';
}

async function take(client: McpClient, envelope: Json, value: string): Promise<Json> {
  const { choices } = envelope['decision'] as { choices: Choice[] };
  const choice = choices.find((one) => one.value === value);
  expect(choice).toMatchObject({ value, available: true });
  const { tool, arguments: values } = choice?.call ?? { tool: '', arguments: {} };
  return (await client.tool(tool, values)).envelope;
}

test.each([
  ['merge', eras[0]],
  ['pr', eras[1]],
  ['keep', eras[0]],
  ['abandon', eras[1]],
] as const)('from goals to %s', async (strategy, era) => {
  const { repo, remote, env } = await world();
  const client = await mcpClient(era ?? '2026-07-28', { cwd: repo.root, env });

  // goals, asked for and given
  const asked = (await client.tool('dev_session_start')).envelope;
  expect(asked).toMatchObject({ ok: false, decision: { id: 'goals' } });
  const { input } = asked['decision'] as { input: Choice & { argument: string } };
  expect(input.argument).toBe('goals');
  const goals = ['Sign tokens'];
  const mode = (await client.tool(input.call.tool, { ...input.call.arguments, goals })).envelope;
  expect(mode).toMatchObject({ decision: { id: 'mode' } });

  // parallel: a worktree with a log in it
  const begun = await take(client, mode, 'parallel');
  expect(begun).toMatchObject({ ok: true, data: { mode: 'parallel', goals } });
  const { session, log: written } = begun['data'] as {
    session: { name: string; worktree: string };
    log: string;
  };
  const { worktree: directory, name } = session;
  expect(existsSync(written)).toBe(true);
  const log = relative(directory, written);

  // inside it is resumed, not started again
  const inside = (await client.tool('dev_session_start', { directory })).envelope;
  expect(inside).toMatchObject({ ok: true, data: { mode: 'in-session', goals } });

  // work: two commits, and something that is not committed yet
  commitIn(directory, 'token.txt', 'signed\n');
  commitIn(directory, 'key.txt', 'kept\n');
  writeIn(directory, 'late.txt', 'late\n');
  const summary = 'Tokens are signed.\n\nKeys come next.';
  const end = { directory, summary, next: ['Rotate the keys'] };
  const refused = await client.tool('dev_session_end', end);
  expect(refused.isError).toBe(true);
  expect(refused.envelope).toMatchObject({ error: { code: 'uncommitted-work' } });
  expect(existsSync(join(directory, 'late.txt'))).toBe(true);
  gitIn(directory, 'add', 'late.txt');
  gitIn(directory, 'commit', '-q', '-m', 'late');

  // the question of the strategy, then the call of the choice as it stands
  const question = (await client.tool('dev_session_end', end)).envelope;
  expect(question).toMatchObject({ ok: false, decision: { id: 'strategy', session: name } });
  const { choices } = question['decision'] as { choices: Choice[] };
  expect(choices.map(({ value }) => value)).toEqual(['pr', 'merge', 'keep', 'abandon']);
  const ended = await take(client, question, strategy);
  expect(ended).toMatchObject({ ok: true, data: { integration: { name, strategy } } });

  // the folder is gone, the manifest says what is there, and status is calm
  expect(existsSync(directory)).toBe(false);
  const manifest = JSON.parse(readFileSync(join(dirname(directory), '.manifest.json'), 'utf8')) as {
    sessions: { id: string; status: string }[];
  };
  const now = (await client.tool('parallel_status')).envelope;
  expect(now).toMatchObject({ data: { interrupted: [], strays: [], summary: { orphaned: 0 } } });
  const branch = `session/${name}`;
  const branches = gitIn(repo.root, 'for-each-ref', '--format=%(refname:short)', 'refs/heads');
  const pushed = gitIn(remote, 'for-each-ref', '--format=%(refname:short)');
  // where the summary is to be read now
  const places = [
    [repo.root, 'main'],
    [repo.root, branch],
    [remote, branch],
  ] as const;
  const told = places.map(([folder, at]) => logOf(folder, at, log).includes('Tokens are signed.'));
  const recorded = manifest.sessions.map(({ id, status }) => [id, status]);
  const ends = {
    merge: { branches: ['main'], pushed: [], told: [true, false, false], recorded: [] },
    pr: {
      branches: ['main', branch],
      pushed: [branch],
      told: [false, true, true],
      recorded: [[name, 'in-review']],
    },
    keep: {
      branches: ['main', branch],
      pushed: [],
      told: [false, true, false],
      // the manifest lists what is at work or in review
      recorded: [],
    },
    abandon: { branches: ['main'], pushed: [], told: [false, false, false], recorded: [] },
  };
  const seen = { branches: lines(branches), pushed: lines(pushed), told, recorded };
  expect(seen).toEqual(ends[strategy]);

  // everything comes back
  const back = (await client.tool('parallel_restore', { names: [name] })).envelope;
  expect(back).toMatchObject({ ok: true, data: { name, worktree: directory } });
  expect(readFileSync(join(directory, 'late.txt'), 'utf8')).toBe('late\n');
  expect(await client.close()).toMatchObject({ exit: 0, stderr: '' });
});
