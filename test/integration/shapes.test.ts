import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gitWith } from '../../src/git/git.ts';
import {
  buildCommit,
  squashMessage,
  type Built,
  type Shape,
} from '../../src/integration/shapes.ts';
import { branch, forgetStories, numbered, story, type Story } from './support.ts';

afterEach(forgetStories);

let it: Story;
beforeEach(() => {
  it = story();
  it.run('branch', 'session/auth');
});
const session = (): Story => it.on('session/auth');
const base = (): Story => it.on('main');

async function build(
  shape: Shape | null,
  extra: { goals?: string[]; message?: string; git?: Story['git'] } = {},
): Promise<Built> {
  return buildCommit(extra.git ?? it.git, it, {
    name: 'auth',
    goals: extra.goals ?? [],
    branch: branch('session/auth'),
    sessionTip: it.tip('session/auth'),
    base: branch('main'),
    baseTip: it.tip('main'),
    shape,
    ...(extra.message === undefined ? {} : { message: extra.message }),
  });
}

async function ready(shape: Shape | null, extra = {}): Promise<{ oid: string; shape: Shape }> {
  const built = await build(shape, extra);
  if (built.kind !== 'ready') throw new Error(built.kind);
  return built;
}

const show = (oid: string, format: string): string =>
  it.run('show', '-s', `--format=${format}`, oid);
const diverge = (): void => {
  session().commit({ 'x.txt': 'x\n' }, 'add x');
  it.commit({ 'y.txt': 'y\n' }, 'add y');
  base().commit({ 'z.txt': 'z\n' });
};

describe('default', () => {
  test('fast-forward, if it can be', async () => {
    session().commit({ 'x.txt': 'x\n' });
    expect(await build(null)).toEqual({ kind: 'ready', oid: it.tip('session/auth'), shape: 'ff' });
  });
  test('else a merge commit as git would make it', async () => {
    diverge();
    const { oid, shape } = await ready(null);
    expect(shape).toBe('merge');
    expect(show(oid, '%P')).toBe(`${it.tip('main')} ${it.tip('session/auth')}`);
    it.run('merge', '-q', '--no-edit', 'session/auth');
    expect(show(oid, '%T%n%B%an %ae %cn %ce')).toBe(show('HEAD', '%T%n%B%an %ae %cn %ce'));
  });
  test('nothing, if the base has it', async () => {
    base().commit({ 'z.txt': 'z\n' });
    expect(await build(null)).toEqual({ kind: 'nothing' });
  });
});

test('the message names a base that is not the usual one', async () => {
  diverge();
  it.run('checkout', '-q', '--detach');
  it.run('branch', '-m', 'main', 'release/1');
  const built = await buildCommit(it.git, it, {
    name: 'auth',
    goals: [],
    branch: branch('session/auth'),
    sessionTip: it.tip('session/auth'),
    base: branch('release/1'),
    baseTip: it.tip('release/1'),
    shape: 'merge',
  });
  expect(show(built.kind === 'ready' ? built.oid : '', '%s')).toBe(
    "Merge branch 'session/auth' into release/1",
  );
});

test('merge, where a fast-forward were possible', async () => {
  session().commit({ 'x.txt': 'x\n' });
  const { oid } = await ready('merge', { message: 'mine\n' });
  expect(show(oid, '%P')).toBe(`${it.tip('main')} ${it.tip('session/auth')}`);
  expect(show(oid, '%T')).toBe(show('session/auth', '%T'));
  expect(show(oid, '%s')).toBe('mine');
});

test('ff is refused if the base went on', async () => {
  diverge();
  await expect(build('ff')).rejects.toMatchObject({ code: 'not-fast-forward' });
});

test('squash: one commit of the user, saying what it holds', async () => {
  diverge();
  const { oid } = await ready('squash', { goals: ['Sign in', 'with tests'] });
  expect(show(oid, '%P')).toBe(it.tip('main'));
  expect(show(oid, '%B').trim()).toBe('Sign in\n\n- with tests\n\n- add x\n- add y');
  expect(show(oid, '%an <%ae>')).toBe('Test User <test@example.invalid>');
  expect(it.run('diff', '--name-only', 'main', oid)).toBe('x.txt\ny.txt');
});

test.each([
  [[], ['only'], 'only\n'],
  [[], ['one', 'two'], 'Squash session auth\n\n- one\n- two\n'],
  [['a\nb'], [], 'a b\n'],
])('squash message of goals %j and commits %j', (goals, subjects, message) => {
  expect(squashMessage('auth', goals, subjects)).toBe(message);
});

describe('rebase', () => {
  test('keeps author, date and message of each commit', async () => {
    session().write('x.txt', 'x\n');
    it.run('add', '-A');
    const odd = 'T\n\n# no comment\n\n\nlast  ';
    const author = ['--author=Jöhn Öther <o@example.invalid>', '--date=@1234567890 +0130'];
    it.run('commit', '-q', ...author, '--cleanup=verbatim', '-m', odd);
    it.commit({}, 'empty on purpose');
    it.commit({ 'y.txt': 'y\n' });
    base().commit({ 'z.txt': 'z\n' });
    const { oid, shape } = await ready('rebase');
    expect(shape).toBe('rebase');
    const range = (from: string, to: string): string =>
      it.run('log', '--reverse', '--date=raw', '--format=%an <%ae> %ad%n%B%x00', `${from}..${to}`);
    expect(range('main', oid)).toBe(range('main', 'session/auth'));
    expect(it.run('rev-list', '--merges', oid)).toBe('');
    it.on('session/auth').run('rebase', '-q', 'main');
    expect(show(oid, '%T')).toBe(show('session/auth', '%T'));
  });
  test('leaves out what the base has', async () => {
    diverge();
    it.run('cherry-pick', 'session/auth~1');
    const { oid } = await ready('rebase');
    expect(it.run('log', '--format=%s', `main..${oid}`)).toBe('add y');
  });
  test('nothing is left of it', async () => {
    diverge();
    it.run('cherry-pick', 'session/auth~1', 'session/auth');
    expect(await build('rebase')).toEqual({ kind: 'nothing' });
  });
  test('is no rebase at all if the base stood still', async () => {
    session().commit({ 'x.txt': 'x\n' });
    expect(await ready('rebase')).toMatchObject({ oid: it.tip('session/auth') });
  });
  test('is refused across a merge', async () => {
    diverge();
    session().run('merge', '-q', '--no-edit', 'main');
    base().commit({ 'w.txt': 'w\n' });
    await expect(build('rebase')).rejects.toMatchObject({ code: 'cannot-rebase' });
  });
  test('stops at the commit that conflicts', async () => {
    session().commit({ 'x.txt': 'x\n' });
    it.commit({ 'a.txt': numbered({ 3: 'three' }) });
    base().commit({ 'a.txt': numbered({ 3: 'THREE' }) });
    expect(await build('rebase')).toMatchObject({
      kind: 'conflicts',
      conflicts: [{ path: 'a.txt' }],
    });
  });
});

test.each(['merge', 'squash'] as const)(
  '%s: conflicts by path and kind, nothing moves',
  async (shape) => {
    const name = 'odd "näme"\tand\nnewline.txt';
    session().commit({ 'a.txt': numbered({ 3: 'three' }), [name]: '1\n', 'b.txt': null });
    base().commit({ 'a.txt': numbered({ 3: 'THREE' }), [name]: '2\n', 'b.txt': 'bb\n' });
    const before = it.fingerprint();
    const built = await build(shape);
    expect(built).toEqual({
      kind: 'conflicts',
      conflicts: [
        { path: 'a.txt', kinds: ['CONFLICT (contents)'] },
        { path: 'b.txt', kinds: ['CONFLICT (modify/delete)'] },
        { path: name, kinds: ['CONFLICT (contents)'] },
      ],
    });
    expect(it.fingerprint()).toEqual(before);
  },
);

test.each(['merge', 'squash', 'rebase'] as const)(
  '%s is signed where commits are, or fails',
  async (shape) => {
    diverge();
    it.run('config', 'commit.gpgSign', 'true');
    it.run('config', 'gpg.program', '/bin/false');
    const before = it.fingerprint();
    await expect(build(shape)).rejects.toMatchObject({ code: 'sign-failed' });
    expect(it.fingerprint()).toEqual(before);
  },
);

test.each(['merge', 'squash', 'rebase'] as const)('%s needs somebody to commit', async (shape) => {
  diverge();
  it.run('config', 'user.useConfigOnly', 'true');
  const git = gitWith(it.git, { GIT_CONFIG_GLOBAL: '/dev/null' });
  const before = it.fingerprint();
  await expect(build(shape, { git })).rejects.toMatchObject({ code: 'no-identity' });
  expect(it.fingerprint()).toEqual(before);
});

test('a fast-forward needs nobody', async () => {
  session().commit({ 'x.txt': 'x\n' });
  it.run('config', 'user.useConfigOnly', 'true');
  const git = gitWith(it.git, { GIT_CONFIG_GLOBAL: '/dev/null' });
  expect(await build(null, { git })).toMatchObject({ shape: 'ff' });
});

test('settings for merges and messages do not get in the way', async () => {
  diverge();
  for (const [key, value] of [
    ['merge.ff', 'only'],
    ['merge.log', 'true'],
    ['merge.verifySignatures', 'true'],
    ['branch.main.mergeOptions', '--squash'],
    ['i18n.commitEncoding', 'ISO-8859-1'],
  ] as const) {
    it.run('config', key, value);
  }
  const { oid } = await ready(null, { message: 'Grüße\n' });
  expect(it.run('cat-file', 'commit', oid)).toContain('\nGrüße');
  expect(show(oid, '%P').split(' ')).toHaveLength(2);
});
