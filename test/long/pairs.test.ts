// Two commands on the same session, or on the same base, at once.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitIn, makeRepo, type TestRepo } from '../support/repo.ts';
import { stoppedAt } from '../race/holder.ts';
import { atOnce, call, disagreements, exits, failures, records, refs } from '../race/support.ts';

const remove = (name: string, strategy: string): string[] => [
  'parallel',
  'remove',
  name,
  '--strategy',
  strategy,
  ...(strategy === 'abandon' ? ['--yes'] : []),
];

/** A session with one commit of its own. */
async function withSession(repo: TestRepo, name: string): Promise<string> {
  const made = await call(repo, 'parallel', 'create', name);
  expect(failures([made])).toEqual([]);
  const worktree = join(`${repo.root}-sessions`, name);
  writeFileSync(join(worktree, `${name}.txt`), `work of ${name}\n`);
  gitIn(worktree, 'add', '-A');
  gitIn(worktree, 'commit', '-q', '-m', `work of ${name}`);
  return gitIn(worktree, 'rev-parse', 'HEAD');
}

describe('of two that remove one session at once', () => {
  test.each(['abandon', 'keep', 'merge'])(
    '%s: one does it, the other is told',
    async (strategy) => {
      const repo = makeRepo();
      const tip = await withSession(repo, 'one');
      const both = await atOnce(repo, [remove('one', strategy), remove('one', strategy)]);
      const [first, second] = exits(both);
      expect(first).toBe(0);
      // keep of a kept session is nothing to do; of two merges one may land and the other put away
      expect(strategy === 'abandon' ? [3, 7] : [0, 3, 7]).toContain(second);
      expect(refs(repo, 'refs/flight-rules/trash/one')).toHaveLength(1);
      expect(disagreements(repo)).toEqual([]);
      gitIn(repo.root, 'cat-file', '-e', tip);
    },
  );

  test('and of six: one does it, five are told', async () => {
    const repo = makeRepo();
    await withSession(repo, 'one');
    const calls = Array.from({ length: 6 }, () => remove('one', 'abandon'));
    const all = exits(await atOnce(repo, calls));
    expect(all[0]).toBe(0);
    expect(all.slice(1).filter((exit) => exit !== 3 && exit !== 7)).toEqual([]);
    expect(disagreements(repo)).toEqual([]);
  });

  test('merge: what another put away once it had landed is no failure', async () => {
    const repo = makeRepo();
    const tip = await withSession(repo, 'one');
    // with something to verify the lock is free between landing and leaving
    const verified = [...remove('one', 'merge'), '--verify', 'true'];
    const goOn = await stoppedAt(repo, 'lock.release:after#2', ...verified);
    expect(gitIn(repo.root, 'rev-parse', 'main')).toBe(tip);
    expect(failures([await call(repo, ...remove('one', 'merge'))])).toEqual([]);
    expect(await goOn()).toBe(0);
    expect(refs(repo, 'refs/flight-rules/trash/one')).toHaveLength(1);
    expect(disagreements(repo)).toEqual([]);
  });

  test('abandon and keep: one of them wins, whole', async () => {
    const repo = makeRepo();
    await withSession(repo, 'one');
    const both = await atOnce(repo, [remove('one', 'abandon'), remove('one', 'keep')]);
    expect(exits(both)[0]).toBe(0);
    expect(both.every(({ exit }) => [0, 3, 7].includes(exit ?? -1))).toBe(true);
    expect(disagreements(repo)).toEqual([]);
  });
});

test('two restores of one session: one brings it back, the other is refused', async () => {
  const repo = makeRepo();
  const tip = await withSession(repo, 'one');
  expect(failures([await call(repo, ...remove('one', 'abandon'))])).toEqual([]);
  const both = await atOnce(repo, [
    ['parallel', 'restore', 'one'],
    ['parallel', 'restore', 'one'],
  ]);
  expect(exits(both)[0]).toBe(0);
  expect([3, 4, 7]).toContain(exits(both)[1]);
  expect(gitIn(join(`${repo.root}-sessions`, 'one'), 'rev-parse', 'HEAD')).toBe(tip);
  expect(disagreements(repo)).toEqual([]);
});

test('create and remove of one name: each answer is true of some order', async () => {
  const repo = makeRepo();
  for (let round = 0; round < 2; round += 1) {
    const [create, away] = await atOnce(repo, [
      ['parallel', 'create', 'one'],
      remove('one', 'abandon'),
    ]);
    // there was one, or there was none, or it was still being made
    expect([0, 4, 7]).toContain(create?.exit);
    expect([0, 3, 7]).toContain(away?.exit);
    expect(disagreements(repo)).toEqual([]);
  }
});

test('two cleanups at once: the orphan goes once, and nothing else', async () => {
  const repo = makeRepo();
  const tip = await withSession(repo, 'gone');
  await withSession(repo, 'stays');
  rmSync(join(`${repo.root}-sessions`, 'gone'), { recursive: true });
  const both = await atOnce(repo, [
    ['parallel', 'cleanup', '--yes'],
    ['parallel', 'cleanup', '--yes'],
  ]);
  expect(exits(both)[0]).toBe(0);
  // the plan of the second is another one, once the first is done
  expect([0, 6, 7]).toContain(exits(both)[1]);
  expect(records(repo).map(({ name }) => name)).toEqual(['stays']);
  expect(refs(repo, 'refs/flight-rules/trash/gone')).toHaveLength(1);
  expect(gitIn(repo.root, 'cat-file', '-t', tip)).toBe('commit');
  expect(disagreements(repo)).toEqual([]);
});

test('two merges into one base at once: both land, nothing is lost', async () => {
  const repo = makeRepo();
  await withSession(repo, 'one');
  await withSession(repo, 'two');
  const both = await atOnce(repo, [remove('one', 'merge'), remove('two', 'merge')]);
  // whoever planned against the older base is asked again, or told to retry
  expect(both.filter(({ exit }) => ![0, 6, 7].includes(exit ?? -1))).toEqual([]);
  for (const { args } of both.filter(({ exit }) => exit !== 0)) {
    expect(failures([await call(repo, ...args)])).toEqual([]);
  }
  for (const name of ['one', 'two']) {
    expect(readFileSync(join(repo.root, `${name}.txt`), 'utf8')).toBe(`work of ${name}\n`);
  }
  expect(gitIn(repo.root, 'status', '--porcelain')).toBe('');
  expect(records(repo)).toEqual([]);
  expect(disagreements(repo)).toEqual([]);
});

test('a merge while somebody commits to the base: every commit stays, and the work lands', async () => {
  const repo = makeRepo();
  await withSession(repo, 'one');
  const commits: string[] = [];
  const over = new AbortController();
  const landing = call(repo, ...remove('one', 'merge')).finally(() => over.abort());
  // each commit is its own process, like a person's
  for (let n = 0; !over.signal.aborted; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    try {
      commits.push(repo.commit(`theirs-${n}.txt`, `${n}\n`));
    } catch {
      // git refuses while the index is being written: theirs to repeat
      gitIn(repo.root, 'reset', '-q', '--', `theirs-${n}.txt`);
    }
  }
  let landed = await landing;
  for (let again = 0; again < 3 && landed.exit !== 0; again += 1) {
    expect([1, 4, 6, 7]).toContain(landed.exit);
    landed = await call(repo, ...remove('one', 'merge'));
  }
  expect(failures([landed])).toEqual([]);
  for (const commit of commits) gitIn(repo.root, 'merge-base', '--is-ancestor', commit, 'main');
  expect(existsSync(join(repo.root, 'one.txt'))).toBe(true);
  expect(gitIn(repo.root, 'diff', 'HEAD')).toBe('');
  expect(disagreements(repo)).toEqual([]);
});
