import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AbsolutePath } from '../../src/kernel/path.ts';
import { ask, codes, dirt } from '../support/preflight.ts';
import {
  commitIn,
  gitIn,
  makeRepo,
  temporaryFolder,
  writeIn,
  type TestRepo,
  type TestSession,
} from '../support/repo.ts';

const fromDisk = ['-c', 'protocol.file.allow=always'];

interface Project {
  readonly repo: TestRepo;
  readonly session: TestSession;
  /** the submodule in the session */
  readonly lib: string;
}

function upstream(): AbsolutePath {
  const folder = temporaryFolder('upstream-');
  gitIn(folder, 'init', '-q');
  commitIn(folder, 'a.txt', 'a\n');
  return folder;
}

/** A project with submodule `libs/one`, checked out in its session `auth`. */
function withSubmodule(inner: AbsolutePath = upstream()): Project {
  const repo = makeRepo();
  repo.git(...fromDisk, 'submodule', '--quiet', 'add', inner, 'libs/one');
  repo.git('commit', '-q', '-m', 'add libs/one');
  const session = repo.addSession('auth');
  session.git(...fromDisk, 'submodule', '--quiet', 'update', '--init', '--recursive');
  return { repo, session, lib: join(session.worktree, 'libs/one') };
}

describe('submodules', () => {
  test('as they were checked out hold no work', async () => {
    const { repo } = withSubmodule();
    for (const strategy of ['pr', 'merge', 'keep', 'abandon'] as const) {
      expect(codes(await ask(repo, 'auth', strategy))).toEqual([]);
    }
  });

  test.each([
    ['.gitmodules', ['-f', '.gitmodules']],
    ['the configuration', []],
  ])('are looked into although %s says ignore = all', async (_, file) => {
    const { repo, session, lib } = withSubmodule();
    session.git('config', ...file, 'submodule.libs/one.ignore', 'all');
    if (file.length > 0) session.git('commit', '-q', '-a', '-m', 'ignore');
    expect((await dirt(repo, session)).codes).toEqual([]);
    writeIn(lib, 'new.txt', '');
    expect(session.git('status', '--porcelain')).toBe('');
    expect(await dirt(repo, session)).toEqual({ codes: ['uncommitted-work'], paths: ['libs/one'] });
  });

  test('cannot hide their files by their own configuration, flags included', async () => {
    const { repo, session, lib } = withSubmodule();
    gitIn(lib, 'config', 'status.showUntrackedFiles', 'no');
    writeIn(lib, 'new.txt', '');
    gitIn(lib, 'update-index', '--assume-unchanged', 'a.txt');
    writeIn(lib, 'a.txt', 'changed\n');
    const { codes: found, paths } = await dirt(repo, session);
    expect(found).toEqual(['uncommitted-work']);
    expect(paths.toSorted()).toEqual(['libs/one/a.txt', 'libs/one/new.txt']);
  });

  test('at another commit are uncommitted work, also behind assume-unchanged', async () => {
    const { repo, session, lib } = withSubmodule();
    session.git('update-index', '--assume-unchanged', 'libs/one');
    commitIn(lib, 'b.txt', 'b\n');
    expect(session.git('status', '--porcelain')).toBe('');
    const found = await dirt(repo, session);
    expect(found.paths).toEqual(['libs/one']);
    expect(found.codes).toEqual(['uncommitted-work', 'submodule-work']);
  });

  test('with commits that only the private git dir has refuse pr, merge and keep', async () => {
    const { repo, session, lib } = withSubmodule();
    commitIn(lib, 'b.txt', 'b\n');
    session.git('commit', '-q', '-a', '-m', 'bump');
    for (const strategy of ['pr', 'merge', 'keep'] as const) {
      const answer = await ask(repo, 'auth', strategy);
      expect(codes(answer)).toEqual(['submodule-work']);
      expect(answer.refusals[0]?.data).toMatchObject({ paths: [lib] });
    }
    expect(codes(await ask(repo, 'auth', 'abandon'))).toEqual([]);
    // once the main checkout's own copy has them they are safe
    gitIn(join(repo.root, 'libs/one'), ...fromDisk, 'fetch', '-q', lib, 'HEAD:refs/heads/kept');
    expect(codes(await ask(repo, 'auth'))).toEqual([]);
  });

  test('with commits on a branch that is not checked out, in a worktree that is gone', async () => {
    const { repo, session, lib } = withSubmodule();
    gitIn(lib, 'switch', '-q', '-c', 'side');
    commitIn(lib, 'b.txt', 'b\n');
    gitIn(lib, 'switch', '-q', '--detach', 'HEAD~1');
    expect(codes(await ask(repo, 'auth'))).toEqual(['submodule-work']);
    renameSync(session.worktree, join(temporaryFolder(), 'away'));
    const answer = await ask(repo, 'auth', 'keep');
    expect(codes(answer)).toEqual(['submodule-work']);
    expect(answer.refusals[0]?.data).toMatchObject({
      paths: [join(session.privateDir, 'modules/libs/one')],
    });
    expect(codes(await ask(repo, 'auth', 'cleanup'))).toEqual([]);
  });

  test('of submodules are looked into too', async () => {
    const outer = upstream();
    gitIn(outer, ...fromDisk, 'submodule', '--quiet', 'add', upstream(), 'deep');
    gitIn(outer, 'config', '-f', '.gitmodules', 'submodule.deep.ignore', 'all');
    gitIn(outer, 'commit', '-q', '-a', '-m', 'add deep');
    const { repo, session, lib } = withSubmodule(outer);
    expect((await dirt(repo, session)).codes).toEqual([]);
    const deep = join(lib, 'deep');
    writeIn(deep, 'new.txt', '');
    expect((await dirt(repo, session)).codes).toEqual(['uncommitted-work']);
    commitIn(deep, 'new.txt', '');
    gitIn(deep, 'branch', 'side');
    gitIn(deep, 'checkout', '-q', '--detach', 'HEAD~1');
    const answer = await ask(repo, 'auth');
    expect(codes(answer)).toEqual(['submodule-work']);
    expect(answer.refusals[0]?.data).toMatchObject({ paths: [deep] });
  });

  test('that carry their repository in their folder are looked into', async () => {
    const repo = makeRepo();
    const session = repo.addSession('auth');
    const own = join(session.worktree, 'own');
    gitIn(session.worktree, 'clone', '-q', upstream(), own);
    session.git('-c', 'advice.addEmbeddedRepo=false', 'add', 'own');
    session.git('commit', '-q', '-m', 'add own');
    expect((await dirt(repo, session)).codes).toEqual([]);
    commitIn(own, 'b.txt', 'b\n');
    session.git('commit', '-q', '-a', '-m', 'bump');
    expect((await dirt(repo, session)).codes).toEqual(['submodule-work']);
  });
});
