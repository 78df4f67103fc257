// What an agent has to read to know how things stand: ten sessions, three of which need somebody.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { start } from '../support/cli.ts';
import { must } from '../support/program.ts';
import { commitIn, gitIn, temporaryFolder, writeIn } from '../support/repo.ts';
import { fakeAgent, programFolder } from './agent.ts';

const longest = 60;

interface StatusAnswer {
  readonly data: {
    readonly summary: object;
    readonly sessions: readonly { readonly needs: readonly string[]; readonly activity: unknown }[];
  };
}

test('status --json of ten sessions with signals and paths of 60 characters: at most 6,000 bytes', async () => {
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
  const parent = temporaryFolder('s-');
  const name = 'x'.repeat(longest - `${parent}/-sessions/ui-polish`.length);
  const root = join(parent, name);
  mkdirSync(root);
  gitIn(root, 'init', '-q', '-b', 'main');
  commitIn(root, 'README.md', 'x\n');
  const worktree = (session: string): string => `${root}-sessions/${session}`;
  expect(worktree('ui-polish')).toHaveLength(longest);
  for (const session of names) {
    const goal = `Improve ${session} of the shop`;
    await must(root, ['parallel', 'create', session, '--goal', goal, '--agent', 'claude']);
    commitIn(worktree(session), `${session}.txt`, 'a\n');
    writeIn(worktree(session), 'b.txt', 'b\n');
  }
  const codex = await fakeAgent('codex');
  const claude = await fakeAgent('claude');
  await codex.hook('waiting', worktree('auth-jwt'));
  for (const session of names.slice(3, 6)) await claude.hook('working', worktree(session));
  rmSync(worktree('billing'), { recursive: true });
  // landed on its base, by whatever way
  rmSync(join(worktree('search'), 'b.txt'));
  gitIn(root, 'merge', '-q', '--no-ff', '-m', 'Merge', 'session/search');
  const ended = await start('flight-rules', ['parallel', 'status', '--json'], {
    cwd: root,
    env: { PATH: `${programFolder()}:${process.env['PATH'] ?? ''}` },
  });
  const { data } = JSON.parse(ended.stdout) as StatusAnswer;
  expect(data.summary).toMatchObject({ total: 10, needYou: 3 });
  const needs = data.sessions.flatMap((session) => session.needs);
  expect(needs.toSorted()).toEqual(['landed', 'orphaned', 'waiting']);
  expect(data.sessions.filter(({ activity }) => activity !== null)).toHaveLength(4);
  expect(Buffer.byteLength(ended.stdout)).toBeLessThanOrEqual(6_000);
});
