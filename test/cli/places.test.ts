// Where a command can be started, and what a repository can be: in each a session is made, shown
// and found.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';
import { ask, must, say, worksFrom } from '../support/program.ts';

/** A repository at `root` with one commit on main. */
function initAt(root: string, ...options: readonly string[]): string {
  mkdirSync(root, { recursive: true });
  gitIn(root, 'init', '-q', '-b', 'main', ...options);
  commitIn(root, 'README.md', 'a project\n');
  return root;
}

describe('where it is started', () => {
  test('in a subdirectory', async () => {
    const { root } = makeRepo();
    mkdirSync(join(root, 'src', 'deep'), { recursive: true });
    expect(await worksFrom(join(root, 'src', 'deep'), 'one')).toBe(`${root}-sessions/one`);
  });

  test('inside a session: another one beside it, from the branch of the main checkout', async () => {
    const { root } = makeRepo();
    const one = await worksFrom(root, 'one');
    commitIn(one, 'a.txt', 'a\n');
    expect(await worksFrom(one, 'two')).toBe(`${root}-sessions/two`);
    const status = await must(one, ['parallel', 'status', 'two']);
    expect(status.at('data.here')).toEqual({ kind: 'session', name: 'one' });
    expect(status.at('data.sessions.0.base.name')).toBe('main');
    expect(status.at('data.session.baseOid')).toBe(gitIn(root, 'rev-parse', 'main'));
  });

  test('through a symbolic link, to the project and into it', async () => {
    const { root } = makeRepo();
    mkdirSync(join(root, 'src'));
    const link = join(temporaryFolder(), 'link');
    symlinkSync(root, link);
    expect(await worksFrom(link, 'one')).toBe(`${root}-sessions/one`);
    expect(await worksFrom(join(link, 'src'), 'two')).toBe(`${root}-sessions/two`);
  });

  test('from anywhere and from a removed directory with -C', async () => {
    const { root } = makeRepo();
    await worksFrom(root, 'one');
    const gone = join(temporaryFolder(), 'gone');
    mkdirSync(gone);
    const script = `cd "$1" && rmdir "$1" && shift && exec "$@"`;
    const words = [process.execPath, join(import.meta.dirname, '../../dist/main.js')];
    const run = (...args: readonly string[]): string =>
      execFileSync('sh', ['-c', script, 'sh', gone, ...words, ...args], { encoding: 'utf8' });
    expect(run('-C', root, 'parallel', 'path', 'one')).toBe(`${root}-sessions/one\n`);
    mkdirSync(gone);
    expect(() => run('parallel', 'path', 'one')).toThrow(/removed/u);
    const ended = await ask('/', [
      '-C',
      join(root, '..'),
      '-C',
      'project',
      'parallel',
      'path',
      'one',
    ]);
    expect(ended.at('data.path')).toBe(`${root}-sessions/one`);
  });

  test('inside the git directory', async () => {
    const { root } = makeRepo();
    expect(await worksFrom(join(root, '.git'), 'one')).toBe(`${root}-sessions/one`);
    expect(await worksFrom(join(root, '.git', 'refs'), 'two')).toBe(`${root}-sessions/two`);
  });

  test('outside of a repository: exit 3', async () => {
    const folder = temporaryFolder();
    for (const args of [['status'], ['create', 'one'], ['path', 'one'], ['adopt', '.']]) {
      const reply = await ask(folder, ['parallel', ...args]);
      expect(reply.exit).toBe(3);
      expect(reply.at('error.code')).toBe('not-a-repository');
    }
  });
});

describe('what the repository is', () => {
  test('bare: create, status, and a merge into a base that is checked out nowhere', async () => {
    const { root } = makeRepo();
    const bare = join(temporaryFolder(), 'store.git');
    gitIn(root, 'clone', '-q', '--bare', root, bare);
    const one = await worksFrom(bare, 'one');
    expect(one).toBe(bare.replace(/store\.git$/u, 'store-sessions/one'));
    expect((await must(bare, ['parallel', 'status'])).at('data.main')).toBeNull();
    const tip = commitIn(one, 'a.txt', 'a\n');
    await must(bare, ['parallel', 'remove', 'one', '--strategy', 'merge']);
    expect(gitIn(bare, 'rev-parse', 'main')).toBe(tip);
  });

  test('without commits: a refusal that names the first command', async () => {
    const root = join(temporaryFolder(), 'project');
    mkdirSync(root);
    gitIn(root, 'init', '-q');
    const reply = await ask(root, ['parallel', 'create', 'one']);
    expect(reply.exit).toBe(4);
    expect(reply.at('error.code')).toBe('no-commits');
    expect(reply.at('error.hints.0.argv')).toContain('--allow-empty');
    expect((await must(root, ['parallel', 'status'])).at('data.sessions')).toEqual([]);
    // an orphan branch beside real ones is another matter
    commitIn(root, 'a.txt', 'a\n');
    gitIn(root, 'checkout', '-q', '--orphan', 'fresh');
    expect((await ask(root, ['parallel', 'create', 'one'])).at('decision.id')).toBe('base');
  });

  test('on a detached HEAD: which base is a decision', async () => {
    const { root } = makeRepo();
    gitIn(root, 'checkout', '-q', '--detach');
    const reply = await ask(root, ['parallel', 'create', 'one', '--goal', 'a b']);
    expect(reply.exit).toBe(6);
    expect(reply.at('decision')).toMatchObject({
      id: 'base',
      choices: [{ value: 'main', available: true, recommended: true }],
      input: { flag: '--base', repeatable: false, suggestions: ['main'] },
    });
    await worksFrom(root, 'one', { create: ['--base', 'main'] });
  });

  test('a remote branch as base is a decision, not a guess', async () => {
    const { root } = makeRepo();
    const clone = join(temporaryFolder(), 'clone');
    gitIn(root, 'branch', 'feature');
    gitIn(root, 'clone', '-q', root, clone);
    for (const base of ['feature', 'origin/feature', 'refs/heads/main', 'HEAD', '-x', '', 'a b']) {
      const reply = await ask(clone, ['parallel', 'create', 'one', `--base=${base}`]);
      expect(reply.exit).toBe(6);
      expect(reply.at('decision.facts.asked')).toBe(base);
      expect(reply.at('decision.choices')).toHaveLength(1);
    }
    expect(gitIn(clone, 'for-each-ref', 'refs/flight-rules', 'refs/heads/session')).toBe('');
  });

  test.each([
    ['spaces', 'my project'],
    ['quotes', `it's "quoted" $HOME \`x\``],
    ['unicode', 'проект-日本-é'],
    ['a newline', 'two\nlines'],
    ['a newline at its end', 'end\n'],
    ['a glob and a backslash', 'a*[b]\\c'],
    ['a dash in front', '-C'],
    ['git alone', '.git-project'],
    ['another .git', 'project.git'],
  ])('%s in its path', async (_, name) => {
    const root = initAt(join(temporaryFolder(), name));
    const created = await must(root, ['parallel', 'create', 'one', '--dirty', 'leave']);
    const worktree = created.text('data.session.worktree');
    expect(gitIn(worktree, 'symbolic-ref', 'HEAD')).toBe('refs/heads/session/one');
    const path = await say(root, ['parallel', 'path', 'one']);
    expect(path).toEqual({ exit: 0, stdout: `${worktree}\n`, stderr: '' });
    const status = await must(worktree, ['parallel', 'status']);
    expect(status.at('data.here')).toEqual({ kind: 'session', name: 'one' });
    expect(status.at('data.project.root')).toBe(root);
    expect(status.at('data.sessions.0.health')).toBe('ok');
    // the line to go there works as it stands
    const line = `${created.text('data.enter')} && pwd`;
    expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' })).toBe(`${worktree}\n`);
    await must(worktree, ['parallel', 'remove', 'one', '--strategy', 'abandon', '--yes']);
  });

  test('with sha256', async () => {
    const root = initAt(join(temporaryFolder(), 'project'), '--object-format=sha256');
    const one = await worksFrom(root, 'one');
    expect(gitIn(one, 'rev-parse', 'HEAD')).toHaveLength(64);
    commitIn(one, 'a.txt', 'a\n');
    await must(root, ['parallel', 'remove', 'one', '--strategy', 'merge']);
    await must(root, ['parallel', 'restore', 'one']);
  });

  test('with a separate git dir, also from inside a session of it', async () => {
    const folder = temporaryFolder();
    const root = join(folder, 'project');
    mkdirSync(root);
    gitIn(root, 'init', '-q', '-b', 'main', `--separate-git-dir=${join(folder, 'store')}`);
    commitIn(root, 'README.md', 'x\n');
    const one = await worksFrom(root, 'one');
    expect(one).toBe(join(folder, 'project-sessions', 'one'));
    expect(await worksFrom(one, 'two')).toBe(join(folder, 'project-sessions', 'two'));
    expect(await worksFrom(join(folder, 'store'), 'three')).toBe(
      join(folder, 'project-sessions', 'three'),
    );
    const status = await must(one, ['parallel', 'status']);
    expect(status.at('data.project.root')).toBe(root);
    expect(status.at('data.main.branch')).toBe('main');
  });

  test('a submodule of another project', async () => {
    const library = makeRepo();
    const outer = makeRepo();
    const allow = ['-c', 'protocol.file.allow=always'];
    outer.git(...allow, 'submodule', 'add', '-q', library.root, 'lib');
    outer.git('commit', '-q', '-m', 'add lib');
    const root = join(outer.root, 'lib');
    const one = await worksFrom(root, 'one');
    expect(one).toBe(join(outer.root, 'lib-sessions', 'one'));
    expect(await worksFrom(one, 'two')).toBe(join(outer.root, 'lib-sessions', 'two'));
    // the outer project is another one
    expect((await must(outer.root, ['parallel', 'status'])).at('data.sessions')).toEqual([]);
  });

  test('with submodules of its own', async () => {
    const library = makeRepo();
    const { root, git } = makeRepo();
    git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', library.root, 'lib');
    git('commit', '-q', '-m', 'add lib');
    const one = await worksFrom(root, 'one');
    expect(gitIn(one, 'submodule', 'status')).toMatch(/^-/u);
    await worksFrom(join(root, 'lib'), 'inner');
    expect((await must(root, ['parallel', 'status'])).at('data.summary.total')).toBe(1);
  });

  test.each(['--cone', '--no-cone'])('sparse (%s): the session is as sparse', async (mode) => {
    const { root, git } = makeRepo();
    commitIn(root, 'here/a.txt', 'a\n');
    commitIn(root, 'there/b.txt', 'b\n');
    git('sparse-checkout', 'set', mode, mode === '--cone' ? 'here' : '/here/*');
    const one = await worksFrom(root, 'one');
    expect(gitIn(one, 'ls-files', '-t').split('\n').toSorted()).toEqual(
      git('ls-files', '-t').split('\n').toSorted(),
    );
    expect(() => readFileSync(join(one, 'there', 'b.txt'))).toThrow(/ENOENT/u);
    expect(readFileSync(join(one, 'here', 'a.txt'), 'utf8')).toBe('a\n');
  });

  test('with worktrees of the user beside: strays, untouched', async () => {
    const { root, git } = makeRepo();
    const other = join(temporaryFolder(), 'one');
    git('worktree', 'add', '-q', '-b', 'mine', other);
    await worksFrom(root, 'one');
    await worksFrom(other, 'two');
    const status = await must(other, ['parallel', 'status']);
    expect(status.at('data.here')).toEqual({ kind: 'stray' });
    expect(status.at('data.strays')).toEqual([
      { path: other, branch: 'mine', owner: null, locked: false, live: null },
    ]);
  });

  test.each([['--filter=blob:none'], ['--depth=1']])('a clone with %s', async (option) => {
    const { root, commit, git } = makeRepo();
    commit('a.txt', 'a\n');
    git('config', 'uploadpack.allowFilter', 'true');
    const clone = join(temporaryFolder(), 'clone');
    gitIn(root, 'clone', '-q', option, `file://${root}`, clone);
    const one = await worksFrom(clone, 'one');
    expect(readFileSync(join(one, 'a.txt'), 'utf8')).toBe('a\n');
  });

  test('a partial clone has to fetch what it checks out, and says so', async () => {
    const { root, commit, git } = makeRepo();
    commit('a.txt', 'a\n');
    git('config', 'uploadpack.allowFilter', 'true');
    git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    git('branch', 'other');
    commit('a.txt', 'b\n');
    const clone = join(temporaryFolder(), 'clone');
    gitIn(root, 'clone', '-q', '--filter=blob:none', `file://${root}`, clone);
    gitIn(clone, 'branch', '-q', '--no-track', 'other', 'origin/other');
    const created = await must(clone, ['parallel', 'create', 'one', '--base', 'other']);
    expect(readFileSync(join(created.text('data.session.worktree'), 'a.txt'), 'utf8')).toBe('a\n');
    expect(created.at('warnings')).toMatchObject([{ code: 'partial-clone' }]);
  });

  test('two checkouts of one repository by worktree config and core.worktree', async () => {
    const folder = temporaryFolder();
    const store = join(folder, 'store.git');
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    gitIn(folder, 'init', '-q', '-b', 'main', '--bare', store);
    gitIn(store, 'config', 'core.bare', 'false');
    gitIn(store, 'config', 'core.worktree', tree);
    writeIn(tree, 'a.txt', 'a\n');
    gitIn(store, `--work-tree=${tree}`, 'add', '-A');
    gitIn(store, `--work-tree=${tree}`, 'commit', '-q', '-m', 'first');
    writeFileSync(join(tree, '.git'), `gitdir: ${store}\n`);
    expect(await worksFrom(tree, 'one')).toBe(join(folder, 'tree-sessions', 'one'));
    gitIn(tree, 'config', 'extensions.worktreeConfig', 'true');
    gitIn(tree, 'config', '--unset', 'core.worktree');
    gitIn(tree, 'config', '--worktree', 'core.worktree', tree);
    expect(await worksFrom(tree, 'two')).toBe(join(folder, 'tree-sessions', 'two'));
    expect(await worksFrom(join(folder, 'tree-sessions', 'one'), 'three')).toBe(
      join(folder, 'tree-sessions', 'three'),
    );
  });
});
