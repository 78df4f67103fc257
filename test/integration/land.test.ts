import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Project } from '../../src/sessions/project.ts';
import { recoverLanding } from '../../src/integration/recover.ts';
import {
  key,
  land,
  record,
  recordSession,
  refusedLanding,
  sessionToLand,
} from './landing-fixture.ts';
import { branch, forgetStories, numbered, story, storyAt, type Story } from './support.ts';

afterEach(forgetStories);

let it: Story;
let project: Project;

beforeEach(async () => {
  it = story();
  project = await sessionToLand(it);
});

const noIntent = async (): Promise<void> => {
  expect((await record(it, project)).record.intent).toBeUndefined();
};

const isRefused = (code: string, input = {}, extra = {}): Promise<{ data: unknown }> =>
  refusedLanding(it, project, code, input, extra);

describe('a base that is checked out', () => {
  test('is fast-forwarded, files and all', async () => {
    const tip = it.tip('session/auth');
    expect(await land(it, project)).toEqual({
      into: 'main',
      oid: tip,
      shape: 'ff',
      worktree: it.root,
    });
    expect(it.run('status', '--porcelain')).toBe('');
    expect(it.tip('HEAD')).toBe(tip);
    expect(it.run('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    expect(it.read('new/x.txt')).toBe('x\n');
    expect(it.run('reflog', '-1', '--format=%gs')).toContain('session/auth');
    await noIntent();
  });
  test.each(['merge', 'squash', 'rebase'] as const)('takes a %s', async (shape) => {
    it.commit({ 'z.txt': 'z\n' });
    const { oid } = await land(it, project, { shape });
    expect(it.tip('main')).toBe(oid);
    expect(it.run('status', '--porcelain')).toBe('');
    expect([it.read('z.txt'), it.read('new/x.txt')]).toEqual(['z\n', 'x\n']);
  });
  test('keeps other uncommitted and ignored files byte for byte', async () => {
    it.commit({ '.gitignore': 'ignored\n' });
    it.write('b.txt', 'unstaged\n');
    it.write('staged.txt', 'staged\n');
    it.run('add', 'staged.txt');
    it.write('staged.txt', 'and more\n');
    it.write('ignored', 'secret\n');
    it.write('untracked', 'u\n');
    const before = it.run('status', '--porcelain', '--ignored');
    await land(it, project);
    expect(it.run('status', '--porcelain', '--ignored')).toBe(before);
    expect(['b.txt', 'staged.txt', 'ignored', 'untracked'].map((path) => it.read(path))).toEqual([
      'unstaged\n',
      'and more\n',
      'secret\n',
      'u\n',
    ]);
  });
  test('takes files that are the result already, tracked, untracked, ignored or deleted', async () => {
    it.commit({ '.gitignore': 'new/\n' });
    it.write('a.txt', numbered({ 3: 'three' }));
    it.write('new/x.txt', 'x\n');
    symlinkSync('b.txt', join(it.root, 'link'));
    rmSync(join(it.root, 'dir'), { recursive: true });
    await land(it, project);
    expect(it.run('status', '--porcelain')).toBe('');
  });
  test('settings for merges do not make something else of it', async () => {
    for (const [name, value] of [
      ['merge.ff', 'false'],
      ['merge.autoStash', 'true'],
      ['merge.verifySignatures', 'true'],
      ['branch.main.mergeOptions', '--squash -s ours'],
      ['pull.twohead', 'ours'],
      ['commit.gpgSign', 'false'],
    ] as const) {
      it.run('config', name, value);
    }
    await land(it, project);
    expect(it.tip('main')).toBe(it.tip('session/auth'));
    expect(it.run('status', '--porcelain')).toBe('');
  });
  test('is found in another worktree too', async () => {
    it.run('checkout', '-q', '--detach');
    const other = join(it.root, '..', 'other');
    it.run('worktree', 'add', '-q', other, 'main');
    const { worktree } = await land(it, project);
    expect(worktree).toBe(other);
    expect(storyAt(other).run('status', '--porcelain')).toBe('');
    expect(storyAt(other).read('new/x.txt')).toBe('x\n');
    expect(existsSync(join(it.root, 'new'))).toBe(false);
  });
  test('a sparse checkout stays sparse', async () => {
    it.run('sparse-checkout', 'set', 'dir');
    await land(it, project);
    expect(existsSync(join(it.root, 'new'))).toBe(false);
    expect(it.run('status', '--porcelain')).toBe('');
  });
  test('line endings of the user are no change', async () => {
    it.run('config', 'core.autocrlf', 'true');
    rmSync(join(it.root, 'a.txt'));
    it.run('checkout', '-q', '--', 'a.txt');
    it.write('new/x.txt', 'x\r\n');
    await land(it, project);
    expect(it.run('status', '--porcelain')).toBe('');
    expect(it.read('new/x.txt')).toBe('x\r\n');
    expect(it.read('a.txt')).toContain('three\r\n');
  });
});

describe('files in the way', () => {
  test.each([
    ['an edited file', (): void => it.write('a.txt', 'mine\n'), ['a.txt']],
    ['an untracked file', (): void => it.write('new/x.txt', 'mine\n'), ['new/x.txt']],
    ['a file where a folder will be', (): void => it.write('new', 'mine\n'), ['new']],
    ['a deletion', (): void => rmSync(join(it.root, 'a.txt')), ['a.txt']],
    ['an edit of what goes', (): void => it.write('dir/c.txt', 'mine\n'), ['dir/c.txt']],
    [
      'a staged file',
      (): void => {
        it.write('a.txt', 'mine\n');
        it.run('add', '-A');
      },
      ['a.txt'],
    ],
    [
      'an ignored file',
      (): void => {
        it.write('.git/info/exclude', 'new/\n');
        it.write('new/x.txt', 'mine\n');
      },
      ['new/x.txt'],
    ],
    [
      'a hidden edit',
      (): void => {
        it.run('update-index', '--assume-unchanged', 'a.txt');
        it.write('a.txt', 'mine\n');
      },
      ['a.txt'],
    ],
    [
      'another mode',
      (): void => {
        it.write('new/x.txt', 'x\n');
        chmodSync(join(it.root, 'new/x.txt'), 0o755);
      },
      ['new/x.txt'],
    ],
    [
      'a folder with a file where a link will be',
      (): void => it.write('link/mine', 'mine\n'),
      ['link'],
    ],
  ])('%s is named, nothing moves', async (_what, change, paths) => {
    change();
    expect((await isRefused('files-in-the-way')).data).toMatchObject({ paths });
  });
  test('beside files that are the result already: these stay out of the index', async () => {
    it.write('new/x.txt', 'x\n');
    it.write('a.txt', 'mine\n');
    expect(await isRefused('files-in-the-way')).toHaveProperty('data');
    expect(it.run('ls-files', 'new')).toBe('');
  });
});

describe('a base that is busy', () => {
  test('a merge is in progress', async () => {
    it.on('side').commit({ 'b.txt': 'side\n' });
    it.on('main').commit({ 'b.txt': 'main\n' });
    expect(() => it.run('merge', 'side')).toThrow('Command failed');
    expect(await isRefused('base-busy')).toHaveProperty('data');
  });
  test('it is being rebased, HEAD detached', async () => {
    it.on('side').commit({ 'b.txt': 'side\n' });
    it.on('main').commit({ 'b.txt': 'main\n' });
    expect(() => it.run('rebase', 'side')).toThrow('Command failed');
    expect((await isRefused('base-busy')).data).toMatchObject({ why: 'it is being rebased' });
  });
  test('it is being rebased in another worktree', async () => {
    it.on('side').commit({ 'b.txt': 'side\n' });
    it.on('main').commit({ 'b.txt': 'main\n' });
    it.run('checkout', '-q', '--detach');
    const other = join(it.root, '..', 'other');
    it.run('worktree', 'add', '-q', other, 'main');
    expect(() => storyAt(other).run('rebase', 'side')).toThrow('Command failed');
    expect((await isRefused('base-busy')).data).toMatchObject({ worktree: other });
  });
  test('it is being bisected', async () => {
    it.commit({ 'z.txt': 'z\n' });
    it.run('bisect', 'start', 'HEAD', 'HEAD~1');
    expect(await isRefused('base-busy')).toHaveProperty('data');
  });
  test('it is checked out twice', async () => {
    it.run('worktree', 'add', '-q', '--force', join(it.root, '..', 'other'), 'main');
    expect(await isRefused('base-busy')).toHaveProperty('data');
  });
  test('its checkout is gone', async () => {
    it.run('checkout', '-q', '--detach');
    const other = join(it.root, '..', 'other');
    it.run('worktree', 'add', '-q', other, 'main');
    rmSync(other, { recursive: true });
    expect(await isRefused('base-busy')).toHaveProperty('data');
  });
  test('it is the worktree of a session', async () => {
    it.run('checkout', '-q', '--detach');
    it.run('worktree', 'add', '-q', join(it.root, '..', 'other'), 'main');
    it.write('.git/worktrees/other/flight-rules/token', 't');
    expect(await isRefused('base-busy')).toHaveProperty('data');
  });
  test('another git holds its index', async () => {
    it.write('.git/index.lock', '');
    expect(await isRefused('base-busy')).toHaveProperty('data');
    rmSync(join(it.commonDir, 'index.lock'));
  });
});

test('conflicts: exact paths, nothing moves', async () => {
  it.commit({ 'a.txt': numbered({ 3: 'THREE' }) });
  expect((await isRefused('conflicts')).data).toMatchObject({ paths: ['a.txt'] });
});

test('a session that moved since it was agreed to', async () => {
  expect(await isRefused('plan-changed', { sessionTip: it.tip('main') })).toHaveProperty('data');
});

test('a base that does not exist', async () => {
  expect(await isRefused('base-gone', { base: branch('missing') })).toHaveProperty('data');
});

test('nothing to bring home', async () => {
  it.run('merge', '-q', 'session/auth');
  expect(await land(it, project)).toMatchObject({ shape: 'nothing', oid: it.tip('main') });
});

describe('a base that is checked out nowhere', () => {
  test('is moved by itself', async () => {
    it.commit({ 'z.txt': 'z\n' });
    it.run('checkout', '-q', '--detach', 'HEAD~1');
    const before = it.run('status', '--porcelain', '--branch');
    const { oid, worktree } = await land(it, project);
    expect([worktree, it.tip('main')]).toEqual([null, oid]);
    expect(it.run('status', '--porcelain', '--branch')).toBe(before);
    await noIntent();
  });
  test.each(['sha1', 'sha256'])('in a bare repository, %s', async (format) => {
    const source = story([`--object-format=${format}`]);
    source.on('session/auth').commit({ 'x.txt': 'x\n' });
    source.on('main').commit({ 'z.txt': 'z\n' });
    const bare = join(source.root, '..', 'bare.git');
    source.run('clone', '-q', '--bare', '.', bare);
    it = storyAt(bare, bare);
    project = await recordSession(it);
    const { oid } = await land(it, project);
    expect(it.tip('main')).toBe(oid);
    expect(it.run('ls-tree', '-r', '--name-only', 'main')).toContain('x.txt');
  });
});

test('a submodule commit that only the session has', async () => {
  const sub = story();
  it.run('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', sub.root, 'sub');
  it.run('commit', '-qm', 'submodule');
  it.run('branch', '-f', 'session/auth', 'main');
  const tree = join(it.root, '..', 'tree');
  it.run('worktree', 'add', '-q', tree, 'session/auth');
  const session = storyAt(tree);
  session.run('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
  const inside = storyAt(join(tree, 'sub'), join(it.commonDir, 'worktrees/tree/modules/sub'));
  inside.run('checkout', '-q', '-b', 'work');
  inside.commit({ 'new.txt': 'n\n' });
  session.commit({}, 'bump');
  expect(
    (await isRefused('submodule-unreachable', { sessionWorktree: session.root })).data,
  ).toEqual({ name: 'auth', paths: ['sub'] });
  inside.run('push', '-q', 'origin', 'work');
  const { oid } = await land(it, project, { sessionWorktree: session.root });
  expect(it.tip('main')).toBe(oid);
});

test('recovery of what needs none', async () => {
  mkdirSync(join(it.root, 'empty'));
  expect(await recoverLanding(it.git, project, key)).toEqual({ kind: 'nothing' });
});
