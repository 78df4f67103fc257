import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AbsolutePath } from '../../src/kernel/path.ts';
import { absolute } from '../../src/kernel/path.ts';
import { findNested } from '../../src/safety/nested-search.ts';
import { ask, codes } from '../support/preflight.ts';
import {
  commitIn,
  gitIn,
  makeRepo,
  temporaryFolder,
  writeIn,
  type TestRepo,
  type TestSession,
} from '../support/repo.ts';

function withDeps(): { repo: TestRepo; session: TestSession } {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('.gitignore', 'deps/\n');
  return { repo, session };
}

/** A clone of a new repository, with nothing of its own, below the session's ignored folder. */
function clone(session: TestSession, path = 'deps/deep/inner'): AbsolutePath {
  const upstream = temporaryFolder('upstream-');
  gitIn(upstream, 'init', '-q');
  commitIn(upstream, 'a.txt', 'a\n');
  const inner = absolute(join(session.worktree, path));
  gitIn(session.worktree, 'clone', '-q', upstream, inner);
  return inner;
}

async function nestedWith(repo: TestRepo): Promise<readonly string[]> {
  const answer = await ask(repo, 'auth', 'keep');
  const { nested } = answer.facts;
  expect(codes(answer)).toEqual(
    nested.kind === 'known' && nested.value.length > 0 ? ['nested-work'] : [],
  );
  return nested.kind === 'known' ? nested.value : [];
}

test('a clone with nothing of its own is no work', async () => {
  const { repo, session } = withDeps();
  clone(session);
  expect(await nestedWith(repo)).toEqual([]);
});

const works: Record<string, (inner: string) => void> = {
  'a commit that is not pushed': (inner) => commitIn(inner, 'b.txt', 'b\n'),
  'a commit on another branch': (inner) => {
    gitIn(inner, 'switch', '-q', '-c', 'other');
    commitIn(inner, 'b.txt', 'b\n');
    gitIn(inner, 'switch', '-q', '-');
  },
  'a commit of a detached HEAD': (inner) => {
    gitIn(inner, 'switch', '-q', '--detach');
    commitIn(inner, 'b.txt', 'b\n');
  },
  'an untracked file': (inner) => writeIn(inner, 'new.txt', ''),
  'an untracked file its configuration hides': (inner) => {
    gitIn(inner, 'config', 'status.showUntrackedFiles', 'no');
    writeIn(inner, 'new.txt', '');
  },
  'a changed file': (inner) => writeIn(inner, 'a.txt', 'changed\n'),
  'a change that a flag hides': (inner) => {
    gitIn(inner, 'update-index', '--skip-worktree', 'a.txt');
    writeIn(inner, 'a.txt', 'changed\n');
  },
  'a stash': (inner) => {
    writeIn(inner, 'a.txt', 'changed\n');
    gitIn(inner, 'stash', '-q');
  },
  'a worktree elsewhere': (inner) => {
    gitIn(inner, 'worktree', 'add', '-q', '--detach', join(temporaryFolder(), 'tree'));
  },
  'a repository in its ignored folder, with a commit': (inner) => {
    writeIn(inner, '.git/info/exclude', 'more/\n');
    mkdirSync(join(inner, 'more/x'), { recursive: true });
    gitIn(join(inner, 'more/x'), 'init', '-q');
    commitIn(join(inner, 'more/x'), 'b.txt', 'b\n');
  },
};

test.each(Object.keys(works))('%s is', async (what) => {
  const { repo, session } = withDeps();
  const inner = clone(session);
  works[what]?.(inner);
  expect(await nestedWith(repo)).toEqual([inner]);
  expect(codes(await ask(repo, 'auth', 'abandon'))).toEqual([]);
});

test('a linked worktree of another repository is, clean or not', async () => {
  const { repo, session } = withDeps();
  const other = makeRepo();
  const inner = join(session.worktree, 'deps/linked');
  other.git('worktree', 'add', '-q', '--detach', inner);
  expect(await nestedWith(repo)).toEqual([inner]);
});

test('a repository made right in a folder of tracked files is found', async () => {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('packages/lib/a.txt', 'a\n');
  const inner = join(session.worktree, 'packages/lib');
  expect(await nestedWith(repo)).toEqual([]);
  gitIn(inner, 'init', '-q');
  commitIn(inner, 'a.txt', 'a\n');
  expect(session.git('status', '--porcelain')).toBe('');
  expect(await nestedWith(repo)).toEqual([inner]);
});

test('what only looks like a repository is none; a damaged one is unknown', async () => {
  const { repo, session } = withDeps();
  mkdirSync(join(session.worktree, 'deps/empty/.git'), { recursive: true });
  session.write('deps/published/.git', 'gitdir: ../../../.git/modules/of-its-maker\n');
  session.write('deps/text/.git', 'hello\n');
  symlinkSync('nowhere', join(session.worktree, 'deps/text2'));
  expect(await nestedWith(repo)).toEqual([]);
  session.write('deps/damaged/.git/HEAD', 'ref: refs/heads/main\n');
  expect(codes(await ask(repo, 'auth'))).toEqual(['unknown-state']);
});

test('links are not followed, and a circle of them does no harm', async () => {
  const { repo, session } = withDeps();
  const elsewhere = temporaryFolder();
  gitIn(elsewhere, 'init', '-q');
  commitIn(elsewhere, 'a', 'a\n');
  mkdirSync(join(session.worktree, 'deps'));
  symlinkSync(elsewhere, join(session.worktree, 'deps/linked'));
  symlinkSync('.', join(session.worktree, 'deps/circle'));
  expect(await nestedWith(repo)).toEqual([]);
});

test('a filter in the configuration of a nested repository is not run', async () => {
  const { repo, session } = withDeps();
  const inner = clone(session);
  const proof = join(temporaryFolder(), 'proof');
  writeFileSync(join(inner, '.git/info/attributes'), '* filter=evil\n');
  gitIn(inner, 'config', 'filter.evil.clean', `touch '${proof}'; cat`);
  writeIn(inner, 'a.txt', 'b\n');
  expect(await nestedWith(repo)).toEqual([inner]);
  expect(existsSync(proof)).toBe(false);
});

test('a folder that may not be read is unknown', async () => {
  const { repo, session } = withDeps();
  session.write('deps/closed/a', '');
  const closed = join(session.worktree, 'deps/closed');
  chmodSync(closed, 0);
  const found = codes(await ask(repo, 'auth'));
  // root reads everything
  const readable = ((): boolean => {
    try {
      return readdirSync(closed).length > 0;
    } catch {
      return false;
    }
  })();
  chmodSync(closed, 0o755);
  expect(found).toEqual(readable ? [] : ['unknown-state']);
});

test('a folder of thousands of packages is searched to its last corner', async () => {
  const { session } = withDeps();
  const deps = absolute(join(session.worktree, 'deps'));
  const folders = Array.from({ length: 1500 }, (_, n) => join(deps, `p${n % 50}`, `q${n}`));
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), '');
  }
  const last = folders.at(-1) ?? '';
  gitIn(last, 'init', '-q');
  expect(await findNested({ ignored: [deps], tracked: [] })).toEqual([
    { path: last, kind: 'repository' },
  ]);
});

test('a name that is no UTF-8 hides nothing', async () => {
  const { repo, session } = withDeps();
  const made = ((): boolean => {
    try {
      execFileSync(
        'sh',
        ['-c', String.raw`mkdir -p "$(printf 'deps/\377')" && git init -q "$(printf 'deps/\377')"`],
        {
          cwd: session.worktree,
        },
      );
      return true;
    } catch {
      // this file system takes no such name
      return false;
    }
  })();
  const found = codes(await ask(repo, 'auth'));
  expect(found).toEqual(made ? ['unknown-state'] : []);
});
