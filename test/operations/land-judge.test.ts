// Whose fault it is: what does not end is nobody's verdict, and whom one has met is found by halving.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { oid } from '../../src/git/oid.ts';
import { metInRed } from '../../src/operations/land/blame.ts';
import { judgeOf, SentBackByVerification, type Judge } from '../../src/operations/land/judge.ts';
import { openQueue, type OpenQueue } from '../../src/operations/land/store.ts';
import { contextOf } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

const told = {
  name: 'last',
  branch: 'session/last',
  worktree: '/w',
  base: 'main',
  projectRoot: '/',
};

async function judging(
  repo: TestRepo,
  command: string,
  timeoutMs = 60_000,
): Promise<{ readonly judge: Judge; readonly queue: OpenQueue }> {
  const context = contextOf({ directory: repo.root });
  const project = await repo.project();
  const contents = { since: '', verify: command, allowRedBase: false, pr: false };
  const queue = await openQueue(context, project, async () => ({
    ...contents,
    bases: [],
    entries: [],
  }));
  if (queue === null) throw new Error('no queue');
  return { judge: judgeOf({ context, project, commands: [command], queue, timeoutMs }), queue };
}

test('verification that hangs says nothing about the base, and leaves no scratch', async () => {
  const repo = makeRepo();
  const tip = repo.commit('new.txt', 'new\n');
  const first = oid(repo.git('rev-parse', 'HEAD~1'));
  const { judge, queue } = await judging(repo, 'test -e new.txt || exit 0; sleep 300', 300);
  const error: unknown = await judge.commit(tip, first, told).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(SentBackByVerification);
  expect(error).toMatchObject({ found: { kind: 'late' } });
  expect(repo.git('worktree', 'list').split('\n')).toHaveLength(1);
  await queue.end();
});

test('of eight that landed the one it met is found with four verifications', async () => {
  const repo = makeRepo();
  const first = oid(repo.git('rev-parse', 'main'));
  const last = repo.addSession('last').commit('last.txt', 'last\n');
  const homes = Array.from({ length: 8 }, (_, at) => {
    const tip = repo.commit(`file-${at}.txt`, `${at}\n`);
    return { name: `s${at}`, tip, after: tip };
  });
  const count = `${repo.root}-count`;
  const verify = `echo x >> '${count}'; ! test -e file-5.txt`;
  const { judge, queue } = await judging(repo, verify);
  const entry = {
    key: 'last',
    name: 'last',
    token: '',
    tip: last,
    base: 'main',
    state: 'waiting' as const,
  };
  expect(
    await metInRed(judge, entry, told, { first, homes, now: homes.at(-1)?.after ?? null }),
  ).toBe('s5');
  expect(readFileSync(count, 'utf8').split('x')).toHaveLength(5);
  await queue.end();
});
