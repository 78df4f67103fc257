// What parallel land says of who landed and who is to blame, where others were at work meanwhile.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { land } from '../../src/operations/land.ts';
import { remove } from '../../src/operations/remove.ts';
import { status } from '../../src/operations/status.ts';
import { operate, type Answered, type Caller } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

function run(repo: TestRepo, input: object, caller: Partial<Caller> = {}): Promise<Answered> {
  return operate(land, { ...input }, { directory: repo.root, ...caller });
}

function putQueue({ root, git }: TestRepo, input: string): string {
  const options = { cwd: root, input, encoding: 'utf8' } as const;
  const blob = execFileSync('git', ['hash-object', '-w', '--stdin'], options).trim();
  git('update-ref', 'refs/flight-rules/queue', blob);
  return blob;
}

/** One has landed; two waits, since somebody made main red while it was verified. */
async function stopped(repo: TestRepo): Promise<void> {
  repo.addSession('one').commit('one.txt', 'one\n');
  repo.addSession('two').commit('two.txt', 'two\n');
  const breakIt = `(cd '${repo.root}' && touch broken && git add broken && git commit -qm broken)`;
  const verify = `if test -e two.txt && test ! -e '${repo.root}/broken'; then ${breakIt}; fi; test ! -e broken`;
  expect(await run(repo, { names: ['one', 'two'], verify })).toMatchObject({
    exit: 1,
    errorData: { landed: [{ name: 'one' }], remaining: ['two'] },
  });
  repo.git('rm', '-q', 'broken');
  repo.git('commit', '-qm', 'mended');
}

test('one that was merged into another branch by hand has not landed where it was to', async () => {
  const repo = makeRepo();
  repo.git('branch', 'other');
  await stopped(repo);
  const byHand = { name: 'two', strategy: 'merge', into: 'other', yes: true };
  expect(await operate(remove, byHand, { directory: repo.root })).toMatchObject({ exit: 0 });
  const main = repo.git('rev-parse', 'main');
  expect(await run(repo, { resume: true })).toMatchObject({
    exit: 1,
    errorData: { landed: [{ name: 'one' }], sentBack: [{ name: 'two', reason: 'changed' }] },
  });
  expect(repo.git('rev-parse', 'main')).toBe(main);
});

test('one that was merged by hand, also as a squash, has landed', async () => {
  const repo = makeRepo();
  await stopped(repo);
  const byHand = { name: 'two', strategy: 'merge', shape: 'squash', yes: true };
  const caller = { directory: repo.root };
  expect(await operate(remove, byHand, caller)).toMatchObject({ exit: 0 });
  expect(await run(repo, { resume: true })).toMatchObject({
    exit: 0,
    data: { landed: [{ name: 'one' }, { name: 'two' }] },
  });
});

test('one whose base was moved back since is not said to have landed', async () => {
  const repo = makeRepo();
  const first = repo.git('rev-parse', 'main');
  await stopped(repo);
  repo.git('reset', '-q', '--hard', first);
  // verification finds it done
  repo.write('broken', '');
  expect(await run(repo, { resume: true })).toMatchObject({
    exit: 1,
    errorData: { landed: [{ name: 'two' }], sentBack: [{ name: 'one', reason: 'changed' }] },
  });
  expect(repo.git('for-each-ref', 'refs/flight-rules/queue')).toBe('');
});

test('what conflicts with the base as it was is nobody’s fault in the queue', async () => {
  const repo = makeRepo();
  repo.addSession('late').commit('shared.txt', 'late\n');
  repo.commit('shared.txt', 'main\n');
  repo.addSession('one').commit('one.txt', 'one\n');
  const answered = await run(repo, { names: ['one', 'late'] });
  expect(answered).toMatchObject({
    exit: 5,
    errorData: { sentBack: [{ name: 'late', reason: 'conflicts', paths: ['shared.txt'] }] },
  });
  expect(answered.errorData).not.toHaveProperty('sentBack.0.with');
});

test('red with what others brought while it was verified: no session of the queue is named', async () => {
  const repo = makeRepo();
  repo.addSession('one').commit('one.txt', 'one\n');
  repo.addSession('two').commit('two.txt', 'two\n');
  const theirs = `(cd '${repo.root}' && touch theirs && git add theirs && git commit -qm theirs)`;
  const verify = `if test -e two.txt && test ! -e '${repo.root}/theirs'; then ${theirs}; fi; test ! -e two.txt || test ! -e theirs`;
  const answered = await run(repo, { names: ['one', 'two'], verify });
  expect(answered).toMatchObject({
    exit: 1,
    errorData: { landed: [{ name: 'one' }], sentBack: [{ name: 'two', reason: 'red' }] },
  });
  expect(answered.errorData).not.toHaveProperty('sentBack.0.with');
});

test('a queue of a newer version is left alone: whoever wrote it may be at work', async () => {
  const repo = makeRepo();
  repo.addSession('one').commit('one.txt', 'one\n');
  expect(await run(repo, { names: ['one'], verify: 'false', allowRedBase: true })).toMatchObject({
    exit: 0,
  });
  repo.addSession('two').commit('two.txt', 'two\n');
  const home = readFileSync(join(repo.commonDir, 'flight-rules', 'home'), 'utf8').trim();
  const blob = putQueue(repo, JSON.stringify({ schema: 2, home }));
  expect(await run(repo, { names: ['two'] })).toMatchObject({ exit: 4, code: 'queue-newer' });
  expect(await run(repo, { resume: true })).toMatchObject({ exit: 4, code: 'queue-newer' });
  expect(repo.git('rev-parse', 'refs/flight-rules/queue')).toBe(blob);
  expect(await operate(status, {}, { directory: repo.root })).toMatchObject({
    exit: 0,
    warnings: [{ code: 'queue-newer' }],
  });
});

test('a queue with names that lead elsewhere is none, and blocks nothing', async () => {
  const repo = makeRepo();
  await stopped(repo);
  const queue = repo.git('cat-file', 'blob', 'refs/flight-rules/queue');
  for (const [good, hostile] of [
    [/"token": "[^"]*\./u, '"token": "../../../x.'],
    [/"base": "main"/u, '"base": "../../x"'],
    [/"key": "two"/u, '"key": "../x"'],
  ] as const) {
    putQueue(repo, queue.replace(good, hostile));
    const answered = await run(repo, { resume: true });
    expect(answered).toMatchObject({ exit: 0, warnings: [{ code: 'no-queue' }] });
  }
  expect(await run(repo, { names: ['two'] })).toMatchObject({ exit: 0 });
});

test('a queue that is gone on with says, too, that nothing verifies', async () => {
  const repo = makeRepo();
  await stopped(repo);
  const queue = repo.git('cat-file', 'blob', 'refs/flight-rules/queue');
  putQueue(repo, queue.replace(/"verify": ".*"/u, '"verify": null'));
  const { exit, warnings } = await run(repo, { resume: true });
  expect(exit).toBe(0);
  expect(warnings.map(({ code }) => code)).toContain('not-verified');
});

test('what landed is told, even if the queue was taken away meanwhile', async () => {
  const repo = makeRepo();
  repo.addSession('one').commit('one.txt', 'one\n');
  repo.addSession('two').commit('two.txt', 'two\n');
  const verify = `test ! -e one.txt || git -C '${repo.root}' update-ref -d refs/flight-rules/queue`;
  expect(await run(repo, { names: ['one', 'two'], verify })).toMatchObject({
    exit: 1,
    errorData: {
      landed: [{ name: 'one' }],
      remaining: ['two'],
      stopped: { code: 'plan-changed' },
    },
  });
});

test('an empty command verifies nothing, and is none', async () => {
  const repo = makeRepo();
  repo.addSession('one').commit('one.txt', 'one\n');
  expect(await run(repo, { names: ['one'], verify: ' ' })).toMatchObject({ exit: 2 });
});
