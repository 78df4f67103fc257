// A record that cannot be read keeps its name taken, until cleanup by name sets it aside.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordOf, writeRefIn } from '../support/foreign.ts';
import { ask, must } from '../support/program.ts';
import { gitIn, makeRepo } from '../support/repo.ts';

const tip = (root: string, ref: string): string =>
  gitIn(root, 'for-each-ref', '--format=%(objectname)', ref);

const kept = (root: string): string[] =>
  gitIn(root, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/flight-rules/set-aside')
    .split('\n')
    .filter((line) => line !== '');

test('a broken record: named, shown, asked for, set aside; branch and folder stay', async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'auth']);
  const blob = writeRefIn(root, 'sessions/auth', 'no JSON');
  const refused = await ask(root, ['parallel', 'create', 'auth']);
  expect([refused.exit, refused.at('error.code')]).toEqual([4, 'broken-record']);
  expect(refused.stdout).toContain('parallel cleanup auth --dry-run');

  const all = await must(root, ['parallel', 'cleanup', '--yes']);
  expect(all.at('data.items')).toEqual([]);
  expect(all.at('data.untouched.0')).toMatchObject({ what: 'auth' });
  const asked = await ask(root, ['parallel', 'cleanup', 'auth']);
  expect(asked.exit).toBe(6);
  expect(kept(root)).toEqual([]);

  const done = await must(root, ['parallel', 'cleanup', 'auth', '--yes']);
  expect(done.at('data.items')).toMatchObject([
    { name: 'auth', reason: 'orphaned', branch: null, branchTip: null, done: true },
  ]);
  expect(done.at('data.items.0.restore')).toBeUndefined();
  expect(kept(root)).toEqual([`refs/flight-rules/set-aside/auth/1 ${blob}`]);
  expect(tip(root, 'refs/flight-rules/sessions/auth')).toBe('');
  expect(tip(root, 'refs/heads/session/auth')).not.toBe('');
  expect(existsSync(join(`${root}-sessions`, 'auth', '.git'))).toBe(true);
  const free = await ask(root, ['parallel', 'create', 'auth']);
  expect(free.at('error.code')).toBe('branch-without-session');

  const second = writeRefIn(root, 'sessions/auth', 'no JSON either');
  await must(root, ['parallel', 'cleanup', 'auth', '--yes']);
  expect(kept(root)).toContain(`refs/flight-rules/set-aside/auth/2 ${second}`);
});

test('keys that no session can have, and one that differs from a session only in case', async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'foo']);
  const record = tip(root, 'refs/flight-rules/sessions/foo');
  writeRefIn(root, 'sessions/Foo', recordOf(root, 'foo'));
  writeRefIn(root, 'sessions/a/1', recordOf(root, 'a'));
  for (const key of ['Foo', 'a/1']) {
    const done = await must(root, ['parallel', 'cleanup', key, '--yes']);
    expect(done.at('data.items')).toMatchObject([{ name: key, done: true }]);
  }
  writeRefIn(root, 'sessions/a', 'no JSON');
  await must(root, ['parallel', 'cleanup', 'a', '--yes']);
  expect(kept(root).map((line) => line.split(' ')[0])).toEqual([
    'refs/flight-rules/set-aside/Foo/1',
    'refs/flight-rules/set-aside/a%2F1/1',
    'refs/flight-rules/set-aside/a/1',
  ]);
  expect(tip(root, 'refs/flight-rules/sessions/foo')).toBe(record);
});

test('a record whose object is missing: only its name goes', async () => {
  const { root } = makeRepo();
  const blob = writeRefIn(root, 'sessions/lost', 'no JSON');
  rmSync(join(root, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));
  const status = await must(root, ['parallel', 'status']);
  expect(status.at('data.sessions.0')).toMatchObject({ name: 'lost', health: 'unknown' });
  await must(root, ['parallel', 'cleanup', 'lost', '--yes']);
  expect(kept(root)).toEqual([]);
  expect(tip(root, 'refs/flight-rules/sessions/lost')).toBe('');
});

test('a record that another process sets aside meanwhile is not set aside twice', async () => {
  const { root } = makeRepo();
  writeRefIn(root, 'sessions/auth', 'no JSON');
  const both = await Promise.all(
    [1, 2].map(() => ask(root, ['parallel', 'cleanup', 'auth', '--yes'])),
  );
  expect(both.map((one) => one.exit)).toContain(0);
  expect(kept(root)).toHaveLength(1);
});
