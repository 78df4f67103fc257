// A snapshot is what `git add --all` and a commit would make, and nothing of it is seen afterwards.
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { withPrivateObjects } from '../../../src/git/simulation.ts';
import { takeSnapshots, type SnapshotInput } from '../../../src/git/snapshot.ts';
import { readStatus } from '../../../src/git/status.ts';
import { gitText } from '../../../src/git/git.ts';
import { oid } from '../../../src/git/oid.ts';
import { uncommittedOf } from '../../../src/integration/clash/uncommitted.ts';
import { fingerprint } from '../../support/fingerprint.ts';
import { makeRepo, gitIn, writeIn, type TestRepo, type TestSession } from '../../support/repo.ts';
import { ownTemporaryFolder } from './support.ts';

async function inputOf(repo: TestRepo, session: TestSession): Promise<SnapshotInput> {
  const { entries } = await readStatus(repo.port, session.worktree);
  return {
    worktree: session.worktree,
    privateDir: session.privateDir,
    parents: [oid(session.git('rev-parse', 'HEAD'))],
    paths: uncommittedOf(entries).unstaged,
    objectFormat: 'sha1',
  };
}

/** The tree of the snapshot; the commit as well if it could be read. */
async function treeOf(repo: TestRepo, session: TestSession): Promise<string> {
  const input = await inputOf(repo, session);
  const project = await repo.project();
  return withPrivateObjects(repo.port, project, async (simulation) => {
    // two of them: one by itself, and several behind one shell
    const all = await takeSnapshots(simulation, [input, input, input, input, input]);
    expect(new Set(all).size).toBe(1);
    const [snapshot = ''] = all;
    if (typeof snapshot !== 'string') return snapshot.why;
    return gitText(simulation.git, simulation.cwd, ['rev-parse', `${snapshot}^{tree}`]);
  });
}

/** What git makes of it, in the repository itself. */
function expected(session: TestSession, ...settings: readonly string[]): string {
  const index = join(session.privateDir, 'index');
  const env = { ...process.env, GIT_INDEX_FILE: `${index}-of-test` };
  execFileSync('cp', ['-p', index, env.GIT_INDEX_FILE]);
  execFileSync('git', [...settings, 'add', '--all'], { cwd: session.worktree, env });
  const tree = execFileSync('git', ['write-tree'], {
    cwd: session.worktree,
    env,
    encoding: 'utf8',
  });
  rmSync(env.GIT_INDEX_FILE);
  return tree.trim();
}

function withFiles(): { repo: TestRepo; session: TestSession } {
  const repo = makeRepo();
  for (const path of ['a', 'b', 'c', 'd', 'e', 'dir/x', 'dir/y', 'link/z', 'run.sh', 'deep/er/f']) {
    repo.write(path, `${path}\n`);
  }
  repo.git('add', '--all');
  repo.git('commit', '-qm', 'files');
  return { repo, session: repo.addSession('one') };
}

it('holds staged, edited, deleted, new, renamed and retyped files, and touches nothing', async () => {
  const { repo, session } = withFiles();
  const at = (path: string): string => join(session.worktree, path);
  session.write('a', 'edited\n');
  session.write('b', 'staged\n');
  session.git('add', 'b');
  session.write('b', 'edited again\n');
  rmSync(at('c'));
  session.git('rm', '-q', '--cached', 'd');
  session.git('mv', 'e', 'e-renamed');
  session.write('intended', 'to be added\n');
  session.git('add', '-N', 'intended');
  chmodSync(at('run.sh'), 0o755);
  session.write('new\nline "quoted" ü', 'odd name\n');
  // a folder that becomes a file, one that becomes a link, a file that becomes a folder
  rmSync(at('dir'), { recursive: true });
  session.write('dir', 'a file now\n');
  renameSync(at('link'), at('target'));
  symlinkSync('target', at('link'));
  rmSync(at('deep/er/f'));
  session.write('deep/er/f/g', 'a folder now\n');
  const before = fingerprint(repo.root, session.worktree);
  const tree = await treeOf(repo, session);
  expect(fingerprint(repo.root, session.worktree)).toEqual(before);
  expect(tree).toBe(expected(session));
});

it('leaves repositories inside out, and takes line endings and hooks as they come', async () => {
  const { repo, session } = withFiles();
  repo.git('config', 'core.safecrlf', 'true');
  repo.git('config', 'core.autocrlf', 'input');
  repo.git('config', 'core.hooksPath', join(repo.root, 'hooks'));
  const seen = join(repo.root, 'seen');
  chmodSync(writeIn(repo.root, 'hooks/post-index-change', `#!/bin/sh\ntouch '${seen}'\n`), 0o755);
  session.write('a', 'one\r\ntwo\r\n');
  const without = expected(session, '-c', 'core.safecrlf=false', '-c', 'core.hooksPath=/dev/null');
  mkdirSync(join(session.worktree, 'inner'));
  gitIn(join(session.worktree, 'inner'), 'init', '-q');
  session.write('inner/file', 'not ours\n');
  const before = fingerprint(repo.root, session.worktree);
  expect(await treeOf(repo, session)).toBe(without);
  expect(fingerprint(repo.root, session.worktree)).toEqual(before);
});

it('reads split and sparse indexes, and files that are not in the checkout', async () => {
  const { repo, session } = withFiles();
  repo.git('config', 'extensions.worktreeConfig', 'true');
  session.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'dir');
  session.git('update-index', '--no-split-index');
  session.write('dir/x', 'edited in a sparse checkout\n');
  expect(await treeOf(repo, session)).toBe(expected(session));
  const other = repo.addSession('two');
  other.git('update-index', '--split-index');
  other.write('a', 'edited over a split index\n');
  other.git('update-index', '--skip-worktree', 'b');
  rmSync(join(other.worktree, 'b'));
  const before = Object.keys(fingerprint(other.privateDir));
  expect(await treeOf(repo, other)).toBe(expected(other));
  expect(Object.keys(fingerprint(other.privateDir))).toEqual(before);
});

it('sees an edit made within the second in which the index was written', async () => {
  const { repo, session } = withFiles();
  session.write('a', 'A\n');
  session.git('add', 'a');
  // same size, same second: only the time of the index tells git to read it again
  session.write('a', 'B\n');
  expect(await treeOf(repo, session)).toBe(expected(session));
});

it('says which file cannot be read, and leaves no room behind', async () => {
  const { repo, session } = withFiles();
  const temporary = ownTemporaryFolder();
  session.write('a', 'edited\n');
  const input = await inputOf(repo, session);
  await withPrivateObjects(repo.port, await repo.project(), async (simulation) => {
    const bad = { ...input, paths: ['../outside'] };
    const said = await takeSnapshots(simulation, [input, bad, input, bad]);
    expect(said.map((one) => typeof one)).toEqual(['string', 'object', 'string', 'object']);
    expect(JSON.stringify(said[1])).toContain('outside');
  });
  expect(readdirSync(temporary)).toEqual([]);
});
