// parallel land: what lands, what comes back and why, and that the base is good at every commit.
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { land } from '../../src/operations/land.ts';
import { status } from '../../src/operations/status.ts';
import { readLine } from '../support/landing-line.ts';
import { fingerprint, operate, type Answered, type Caller } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

/** Red as soon as both are there. */
const verify = 'test ! -e left.txt || test ! -e right.txt';

function run(repo: TestRepo, input: object, caller: Partial<Caller> = {}): Promise<Answered> {
  return operate(land, { ...input }, { directory: repo.root, ...caller });
}

const clashing = ['three', 'six'];
const files: Readonly<Record<string, string>> = { four: 'left.txt', eight: 'right.txt' };
const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function tenSessions(): TestRepo {
  const repo = makeRepo();
  for (const name of names) {
    const session = repo.addSession(name);
    const path = clashing.includes(name) ? 'shared.txt' : (files[name] ?? `${name}.txt`);
    session.commit(path, `${name}\n`);
  }
  return repo;
}

test('of ten, two clash and two are red together: eight land, and main is good at every commit', async () => {
  const repo = tenSessions();
  const first = repo.git('rev-parse', 'main');
  const six = repo.git('rev-parse', 'session/six');
  const answered = await run(repo, { names, verify });
  expect(answered).toMatchObject({
    exit: 5,
    code: 'land-conflicts',
    errorData: {
      landed: names.filter((name) => name !== 'six' && name !== 'eight').map((name) => ({ name })),
      sentBack: [
        { name: 'six', reason: 'conflicts', with: 'three', paths: ['shared.txt'] },
        { name: 'eight', reason: 'red', with: 'four', exit: 1 },
      ],
      remaining: [],
    },
  });
  expect(readLine(repo.root, first, verify)).toEqual({ moves: 8, red: [] });
  expect(repo.git('rev-parse', 'session/six')).toBe(six);
  expect(repo.git('for-each-ref', 'refs/flight-rules/queue')).toBe('');
  expect(repo.git('worktree', 'list').split('\n')).toHaveLength(3);
  const { record } = await repo.facts('eight');
  expect(record?.sentBack).toMatchObject({
    reason: 'red',
    with: 'four',
    tip: repo.git('rev-parse', 'session/eight'),
  });
});

test('--all: those that are ready, so that the fewest meet a clash; others are named', async () => {
  const repo = makeRepo();
  // the oldest clashes with both of the others
  const both = repo.addSession('both');
  both.commit('one.txt', 'both\n');
  both.commit('two.txt', 'both\n');
  repo.addSession('one').commit('one.txt', 'one\n');
  repo.addSession('two').commit('two.txt', 'two\n');
  const busy = repo.addSession('busy');
  busy.commit('busy.txt', 'busy\n');
  busy.write('more.txt', 'not committed\n');
  repo.addSession('new');
  expect(await run(repo, { all: true })).toMatchObject({
    exit: 5,
    errorData: {
      landed: [{ name: 'one' }, { name: 'two' }],
      sentBack: [{ name: 'both', reason: 'conflicts', with: 'one' }],
      skipped: [{ name: 'busy', why: 'it has uncommitted work' }],
    },
  });
  expect(await run(repo, { all: true })).toMatchObject({ exit: 5, errorData: { landed: [] } });
});

test('a name that is given is judged as remove judges it; the queue goes on', async () => {
  const repo = makeRepo();
  const dirty = repo.addSession('dirty');
  dirty.commit('dirty.txt', 'dirty\n');
  dirty.write('more.txt', 'not committed\n');
  const clean = repo.addSession('clean').commit('clean.txt', 'clean\n');
  expect(await run(repo, { names: ['dirty', 'clean', 'DIRTY'] })).toMatchObject({
    exit: 1,
    code: 'land-incomplete',
    errorData: {
      landed: [{ name: 'clean', oid: clean, into: 'main' }],
      sentBack: [
        { name: 'dirty', reason: 'refused', code: 'uncommitted-work', paths: ['more.txt'] },
      ],
      remaining: [],
    },
  });
});

test('a base that is red itself: nothing moves, unless that is allowed', async () => {
  const repo = makeRepo();
  repo.addSession('same').commit('same.txt', 'same\n');
  repo.addSession('worse').commit('worse.txt', 'worse\n');
  const red = 'test ! -e worse.txt || exit 3; exit 2';
  const before = fingerprint(repo.root);
  const refused = await run(repo, { names: ['same', 'worse'], verify: red });
  expect(refused).toMatchObject({
    exit: 4,
    code: 'base-red',
    errorData: { base: 'main', exit: 2 },
  });
  expect(fingerprint(repo.root)).toEqual(before);
  const input = { names: ['same', 'worse'], verify: red, allowRedBase: true };
  expect(await run(repo, input)).toMatchObject({
    exit: 1,
    errorData: {
      landed: [{ name: 'same' }],
      sentBack: [{ name: 'worse', reason: 'red', exit: 3 }],
    },
  });
});

test('verification that is not approved refuses before anything', async () => {
  const repo = makeRepo();
  repo.write('.flight-rules/config.json', '{ "parallel": { "verify": ["true"] } }\n');
  repo.git('add', '.');
  repo.git('commit', '-qm', 'settings');
  repo.addSession('auth').commit('auth.txt', 'auth\n');
  const before = fingerprint(repo.root);
  expect(await run(repo, { names: ['auth'] })).toMatchObject({ exit: 4, code: 'untrusted' });
  expect(fingerprint(repo.root)).toEqual(before);
});

test('whatever verification does in its worktree, neither main nor the session changes', async () => {
  for (const hostile of [
    'git commit -q --allow-empty -m mine; echo x > README.md; cat',
    'rm -rf "$PWD"; true',
    'git config user.mischief yes',
    'yes | head -c 100000000',
  ]) {
    const repo = makeRepo();
    const tip = repo.addSession('auth').commit('auth.txt', 'auth\n');
    const answered = await run(repo, { names: ['auth'], verify: hostile });
    expect([hostile, answered.exit]).toEqual([hostile, 0]);
    expect(repo.git('rev-parse', 'main')).toBe(tip);
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(answered.warnings.some(({ code }) => code === 'settings-changed')).toBe(
      hostile.includes('config'),
    );
  }
});

test('the base moves while it is verified: built and verified again, upon that', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('auth.txt', 'auth\n');
  const first = repo.git('rev-parse', 'main');
  const marked = `${repo.root}-marked`;
  const verify = `test ! -e auth.txt || test -e '${marked}' || { touch '${marked}'; unset FLIGHT_RULES_SESSION; git -C '${repo.root}' commit -q --allow-empty -m theirs; }`;
  const answered = await run(repo, { names: ['auth'], verify });
  expect(answered).toMatchObject({ exit: 0, data: { landed: [{ name: 'auth' }] } });
  expect(repo.git('log', '--format=%s', '--first-parent', `${first}..main`).split('\n')).toEqual([
    "Merge branch 'session/auth'",
    'theirs',
  ]);
});

/** One has landed, and somebody makes main red while the other is verified. */
async function stoppedQueue(repo: TestRepo): Promise<void> {
  repo.addSession('one').commit('one.txt', 'one\n');
  repo.addSession('two').commit('two.txt', 'two\n');
  const marked = `${repo.root}-marked`;
  const breakIt = `touch '${marked}'; (cd '${repo.root}' && touch broken && git add broken && git commit -qm broken)`;
  const verify = `if test -e two.txt && test ! -e '${marked}'; then ${breakIt}; fi; test ! -e broken`;
  expect(await run(repo, { names: ['one', 'two'], verify })).toMatchObject({
    exit: 1,
    errorData: {
      landed: [{ name: 'one' }],
      sentBack: [],
      remaining: ['two'],
      stopped: { code: 'base-red' },
    },
  });
}

test('somebody makes the base red meanwhile: the queue stops, and goes on once it is mended', async () => {
  const repo = makeRepo();
  await stoppedQueue(repo);
  expect(await operate(status, {}, { directory: repo.root })).toMatchObject({
    data: { queue: { state: 'interrupted', landed: ['one'], remaining: ['two'] } },
    warnings: [{ code: 'queue-interrupted' }],
  });
  repo.git('rm', '-q', 'broken');
  repo.git('commit', '-qm', 'mended');
  expect(await run(repo, { resume: true })).toMatchObject({
    exit: 0,
    data: { landed: [{ name: 'one' }, { name: 'two' }], remaining: [] },
  });
  const again = await run(repo, { resume: true });
  expect(again).toMatchObject({ exit: 0, warnings: [{ code: 'no-queue' }] });
});

test('a queue that was cut off is forgotten only on the word of who saw it', async () => {
  const repo = makeRepo();
  await stoppedQueue(repo);
  const refused = await run(repo, { names: ['two'] });
  expect(refused).toMatchObject({
    exit: 4,
    code: 'queue-interrupted',
    errorData: { remaining: ['two'] },
  });
  const caller = { breakLock: String(refused.errorData['token']) };
  const landed = await run(repo, { names: ['two'] }, caller);
  expect(landed).toMatchObject({ exit: 0, data: { landed: [{ name: 'two' }] } });
  expect(landed.warnings.map(({ code }) => code)).toContain('queue-forgotten');
});

test('while one queue is at work another is told to wait', async () => {
  const repo = makeRepo();
  repo.addSession('one').commit('one.txt', 'one\n');
  repo.addSession('two').commit('two.txt', 'two\n');
  const begun = `${repo.root}-begun`;
  const over = `${repo.root}-over`;
  const verify = `touch '${begun}'; while test ! -e '${over}'; do sleep 0.02; done`;
  const first = run(repo, { names: ['one'], verify });
  while (!existsSync(begun)) await sleep(10);
  expect(await run(repo, { names: ['two'] })).toMatchObject({ exit: 7, code: 'queue-busy' });
  expect(await run(repo, { resume: true })).toMatchObject({ exit: 7, code: 'queue-busy' });
  const { data } = await operate(status, {}, { directory: repo.root });
  expect(data).toMatchObject({ queue: { state: 'running', remaining: ['one'] } });
  writeFileSync(over, '');
  expect(await first).toMatchObject({ exit: 0 });
});

test('status tells why one came back, until it gets other commits', async () => {
  const repo = makeRepo();
  const auth = repo.addSession('auth');
  auth.commit('auth.txt', 'auth\n');
  const verify = 'test ! -e auth.txt || { echo two tests failed; exit 9; }';
  expect(await run(repo, { names: ['auth'], verify })).toMatchObject({ exit: 1 });
  const look = (): Promise<Answered> => operate(status, { name: 'auth' }, { directory: repo.root });
  expect((await look()).data['session']).toMatchObject({
    sentBack: { reason: 'red', output: 'two tests failed\n' },
    next: [{ command: 'parallel status auth' }],
  });
  auth.commit('auth.txt', 'mended\n');
  expect((await look()).data['session']).not.toHaveProperty('sentBack');
});

test('one that gets other commits while it waits comes back as changed', async () => {
  const repo = makeRepo();
  repo.addSession('one').commit('one.txt', 'one\n');
  const two = repo.addSession('two');
  two.commit('two.txt', 'two\n');
  const verify = `cd '${two.worktree}' && git commit -q --allow-empty -m more`;
  expect(await run(repo, { names: ['one', 'two'], verify })).toMatchObject({
    exit: 1,
    errorData: { landed: [{ name: 'one' }], sentBack: [{ name: 'two', reason: 'changed' }] },
  });
});

test('which? asked where none is named; inside a session it is that one', async () => {
  const repo = makeRepo();
  const one = repo.addSession('one');
  one.commit('one.txt', 'one\n');
  repo.addSession('two').commit('two.txt', 'two\n');
  const asked = await run(repo, { verify: 'true' });
  expect(asked.exit).toBe(6);
  expect(asked.decision?.choices.map(({ args }) => args.join(' '))).toEqual([
    'parallel land one two --verify true',
    'parallel land one --verify true',
    'parallel land two --verify true',
  ]);
  expect(await run(repo, {}, { directory: one.worktree })).toMatchObject({
    exit: 0,
    data: { landed: [{ name: 'one' }], cwdAfter: repo.root },
  });
  expect(await run(repo, { resume: true, all: true })).toMatchObject({ exit: 2 });
  expect(await run(repo, { names: ['two'], all: true })).toMatchObject({ exit: 2 });
});
