import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask, codes, dirt, fingerprint } from '../support/preflight.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';
import { lockReason } from '../../src/sessions/lock-owner.ts';
import { must } from '../support/program.ts';

describe('a session with nothing to lose', () => {
  test('is refused for no strategy, ignored files and all', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('.gitignore', 'node_modules/\n.env\n');
    session.write('node_modules/a/b/c.js', '');
    session.write('.env', 'SECRET=1\n');
    for (const strategy of ['pr', 'merge', 'keep', 'abandon', 'cleanup'] as const) {
      expect(codes(await ask(repo, 'auth', strategy))).toEqual([]);
    }
    const answer = await ask(repo, 'auth', 'keep');
    expect(answer.head).toEqual({
      branch: 'session/auth',
      oid: session.git('rev-parse', 'HEAD'),
    });
    expect(answer.status).toEqual({ staged: 0, modified: 0, untracked: 0, conflicted: 0 });
  });

  test('asking writes nothing, neither into the repository nor into the worktree', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('.gitignore', 'deps/\n');
    session.commit('flagged.txt', 'a\n');
    session.git('update-index', '--assume-unchanged', 'flagged.txt');
    session.write('flagged.txt', 'bytes that are no object yet\n');
    session.write('README.md', 'changed\n');
    session.write('new.txt', '');
    mkdirSync(join(session.worktree, 'deps'));
    gitIn(join(session.worktree, 'deps'), 'init', '-q', 'inner');
    commitIn(join(session.worktree, 'deps/inner'), 'a', 'a\n');
    // an index older than its files is what git would like to refresh
    session.git('update-index', '--force-write-index');
    const before = [fingerprint(repo.commonDir), fingerprint(session.worktree)];
    const answer = await ask(repo, 'auth');
    expect(codes(answer)).toEqual(['uncommitted-work', 'nested-work']);
    expect([fingerprint(repo.commonDir), fingerprint(session.worktree)]).toEqual(before);
  });
});

describe('uncommitted work', () => {
  test('of every kind refuses pr, merge and keep, and is counted', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('two.txt', 'two\n');
    session.write('README.md', 'changed\n');
    session.write('staged.txt', '');
    session.git('add', 'staged.txt');
    session.write('new folder/"quoted"\nünï.txt', '');
    session.write('-leading', '');
    rmSync(join(session.worktree, 'two.txt'));
    for (const strategy of ['pr', 'merge', 'keep'] as const) {
      expect(codes(await ask(repo, 'auth', strategy))).toEqual(['uncommitted-work']);
    }
    expect(codes(await ask(repo, 'auth', 'abandon'))).toEqual([]);
    expect(codes(await ask(repo, 'auth', 'cleanup'))).toEqual([]);
    const answer = await ask(repo, 'auth');
    expect(answer.status).toEqual({ staged: 1, modified: 2, untracked: 2, conflicted: 0 });
    expect(answer.refusals[0]?.data).toMatchObject({
      count: 5,
      paths: ['README.md', 'staged.txt', 'two.txt', '-leading', 'new folder/"quoted"\nünï.txt'],
    });
  });

  test('a conflict, with the merge that left it', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('README.md', 'ours\n');
    repo.commit('README.md', 'theirs\n');
    expect(() => session.git('merge', '-q', 'main')).toThrow('git merge');
    const answer = await ask(repo, 'auth');
    expect(codes(answer)).toEqual(['uncommitted-work', 'operation-in-progress']);
    expect(answer.status?.conflicted).toBe(1);
  });

  test.each([
    ['status.showUntrackedFiles', 'no'],
    ['core.untrackedCache', 'true'],
    ['core.quotePath', 'true'],
    ['color.ui', 'always'],
    ['status.renames', 'copies'],
    ['status.relativePaths', 'true'],
    ['status.branch', 'false'],
    ['status.short', 'true'],
    ['core.preloadIndex', 'false'],
    ['diff.ignoreSubmodules', 'all'],
  ])('is not hidden by %s=%s', async (key, value) => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    repo.git('config', key, value);
    session.git('status');
    session.write('ü "new"/file.txt', '');
    session.git('mv', 'README.md', 'moved.md');
    expect(await dirt(repo, session)).toEqual({
      codes: ['uncommitted-work'],
      paths: ['README.md', 'moved.md', 'ü "new"/file.txt'],
    });
  });

  test('is not hidden by a file system monitor that says nothing changed', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    const liar = writeIn(repo.root, '../monitor.sh', '#!/bin/sh\nprintf "token\\0"\n');
    gitIn(repo.root, 'config', 'core.fsmonitor', `sh '${liar}'`);
    session.git('status');
    session.write('README.md', 'changed\n');
    expect(session.git('status', '--porcelain')).toBe('');
    expect(await dirt(repo, session)).toEqual({
      codes: ['uncommitted-work'],
      paths: ['README.md'],
    });
  });

  test('ignored by info/exclude or by the user is ignored', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    writeIn(repo.commonDir, 'info/exclude', 'private/\n');
    const global = writeIn(repo.root, '../ignore', '*.swp\n');
    repo.git('config', 'core.excludesFile', global);
    session.write('private/a', '');
    session.write('a.swp', '');
    expect(await dirt(repo, session)).toEqual({ codes: [], paths: [] });
  });
});

describe('edits that flags hide', () => {
  test.each(['--assume-unchanged', '--skip-worktree'])('%s', async (flag) => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    const names = ['a.txt', '"b"\n.txt', '-c ü.txt', 'same.txt'];
    for (const name of names) session.commit(name, 'old\n');
    session.git('update-index', flag, '--', ...names);
    expect((await dirt(repo, session)).codes).toEqual([]);
    for (const name of names.slice(0, 3)) session.write(name, 'new\n');
    expect(session.git('status', '--porcelain')).toBe('');
    const { codes: found, paths } = await dirt(repo, session);
    expect(found).toEqual(['uncommitted-work']);
    expect(paths.toSorted()).toEqual(names.slice(0, 3).toSorted());
    expect((await ask(repo, 'auth')).status?.modified).toBe(3);
  });

  test('modes, links and deletions count; line ends that a filter takes away do not', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('.gitattributes', '*.crlf text eol=crlf\n');
    for (const name of ['mode.txt', 'type.txt', 'gone.txt', 'skipped.txt', 'a.crlf']) {
      session.commit(name, 'text\n');
    }
    symlinkSync('README.md', join(session.worktree, 'link'));
    symlinkSync('README.md', join(session.worktree, 'link2'));
    session.git('add', 'link', 'link2');
    session.git('commit', '-q', '-m', 'links');
    const flagged = ['mode.txt', 'type.txt', 'gone.txt', 'a.crlf', 'link', 'link2'];
    session.git('update-index', '--assume-unchanged', ...flagged);
    session.git('update-index', '--skip-worktree', 'skipped.txt');
    session.write('a.crlf', 'text\r\n');
    expect((await dirt(repo, session)).paths).toEqual([]);
    for (const name of ['type.txt', 'gone.txt', 'skipped.txt', 'link2']) {
      rmSync(join(session.worktree, name));
    }
    symlinkSync('elsewhere', join(session.worktree, 'link2'));
    symlinkSync('README.md', join(session.worktree, 'type.txt'));
    rmSync(join(session.worktree, 'mode.txt'));
    writeFileSync(join(session.worktree, 'mode.txt'), 'text\n', { mode: 0o755 });
    const { paths } = await dirt(repo, session);
    expect(paths.toSorted()).toEqual(['gone.txt', 'link2', 'mode.txt', 'type.txt']);
  });

  test('a sparse checkout leaves files out and hides nothing', async () => {
    const repo = makeRepo();
    repo.commit('in/a.txt', 'a\n');
    repo.commit('out/b.txt', 'b\n');
    const session = repo.addSession('auth');
    session.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
    expect((await dirt(repo, session)).codes).toEqual([]);
    session.write('out/b.txt', 'edited\n');
    expect((await dirt(repo, session)).paths).toEqual(['out/b.txt']);
  });
});

describe('where HEAD is and what goes on', () => {
  test('a detached HEAD, another branch', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.git('checkout', '-q', '--detach');
    const detached = await ask(repo, 'auth');
    expect(codes(detached)).toEqual(['head-elsewhere']);
    expect(detached.head?.branch).toBeNull();
    session.git('switch', '-q', '-c', 'other');
    expect(codes(await ask(repo, 'auth', 'keep'))).toEqual(['head-elsewhere']);
    expect(codes(await ask(repo, 'auth', 'abandon'))).toEqual([]);
  });

  test('a bisect, a rebase that stopped, a sequence of picks', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('a.txt', 'a\n');
    session.git('bisect', 'start');
    expect(codes(await ask(repo, 'auth'))).toEqual(['operation-in-progress']);
    session.git('bisect', 'reset');
    session.git('-c', 'sequence.editor=sed -i -e 1ibreak', 'rebase', '-q', '-i', 'HEAD~1');
    const stopped = await ask(repo, 'auth');
    expect(codes(stopped)).toEqual(['operation-in-progress', 'head-elsewhere']);
    expect(stopped.refusals[0]?.data).toMatchObject({ operation: 'rebase' });
    session.git('rebase', '--abort');
    session.git('revert', '--no-commit', 'HEAD');
    session.git('checkout', '-q', 'HEAD', '--', '.');
    expect(codes(await ask(repo, 'auth'))).toContain('operation-in-progress');
  });
});

describe('what refuses every strategy', () => {
  test('a worktree inside, a session of ours too, however it is ignored', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    session.commit('.gitignore', 'inner/\n');
    const inner = join(session.worktree, 'inner/deep');
    repo.git('worktree', 'add', '-q', '--detach', inner);
    for (const strategy of ['merge', 'abandon', 'cleanup'] as const) {
      const answer = await ask(repo, 'auth', strategy);
      expect(codes(answer)).toEqual(['worktree-inside']);
      expect(answer.refusals[0]?.data).toMatchObject({ worktrees: [inner] });
    }
    // a registration without a folder is nowhere
    rmSync(inner, { recursive: true });
    expect(codes(await ask(repo, 'auth', 'abandon'))).toEqual([]);
  });

  test('a lock of somebody, not one of ours or of a process that is gone', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    const verdict = async (reason: string): Promise<string[]> => {
      repo.git('worktree', 'lock', '--reason', reason, session.worktree);
      const found = codes(await ask(repo, 'auth', 'abandon'));
      repo.git('worktree', 'unlock', session.worktree);
      return found;
    };
    expect(await verdict('on a stick')).toEqual(['locked']);
    expect(await verdict('')).toEqual(['locked']);
    expect(await verdict('flight-rules: demo for the customer')).toEqual(['locked']);
    expect(await verdict(lockReason('old~1'))).toEqual(['locked']);
    repo.addSession('old');
    await must(repo.root, ['parallel', 'remove', 'old', '--strategy', 'keep']);
    expect(await verdict(lockReason('old~1'))).toEqual([]);
    expect(await verdict('claude agent 7f (pid 4194999)')).toEqual(['locked']);
    expect(await verdict('claude session auth (pid 4194999 start 1)')).toEqual([]);
    expect(await verdict(`claude session auth (pid ${process.pid} start 1)`)).toEqual([]);
  });

  test('a place that is not proven', async () => {
    const repo = makeRepo();
    repo.addSession('auth');
    const { preflight } = await import('../../src/safety/preflight.ts');
    const facts = await repo.facts('auth');
    const options = {
      strategy: 'cleanup',
      forceInUse: true,
      callerPid: process.pid,
      command: [],
      worktrees: await repo.worktrees(),
    } as const;
    const project = await repo.project();
    const copy = { ...facts, place: { kind: 'not-ours', why: 'it is a copy' } } as const;
    expect(codes(await preflight(project, copy, options))).toEqual(['not-ours']);
    const lost = { ...facts, place: { kind: 'unknown', why: 'no answer' } } as const;
    expect(codes(await preflight(project, lost, options))).toEqual(['unknown-state']);
    const broken = { ...facts, record: null, broken: 'it is no JSON' };
    expect(codes(await preflight(project, broken, options))).toEqual(['broken-record']);
  });
});

describe('what cannot be found out', () => {
  test('refuses those who ask, not the others', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    writeFileSync(join(session.privateDir, 'index'), 'no index');
    const answer = await ask(repo, 'auth', 'keep');
    expect(codes(answer)).toEqual(['unknown-state']);
    expect(answer.status).toBeNull();
    expect(codes(await ask(repo, 'auth', 'abandon'))).toEqual([]);
  });
});

describe('a session whose worktree is gone', () => {
  test('is refused only for a lock', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    renameSync(session.worktree, join(temporaryFolder(), 'away'));
    for (const strategy of ['pr', 'merge', 'keep', 'abandon', 'cleanup'] as const) {
      expect(codes(await ask(repo, 'auth', strategy))).toEqual([]);
    }
    writeFileSync(join(session.privateDir, 'locked'), 'on a stick\n');
    expect(codes(await ask(repo, 'auth', 'cleanup'))).toEqual(['locked']);
  });
});
