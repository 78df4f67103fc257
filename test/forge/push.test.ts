import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { pushBranch, recordUpstream } from '../../src/forge/push.ts';
import { branchOf, type BranchName } from '../../src/git/oid.ts';
import { isFlightError } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import { smallRepository, type SmallRepository } from '../support/small-repository.ts';

const branch = branchOf('refs/heads/session/auth') as BranchName;
let repository: SmallRepository;
let bare = '';

beforeEach(async () => {
  repository = await smallRepository();
  bare = join(repository.folder, 'remote.git');
  await repository.git('init', '-q', '--bare', bare);
  await repository.git('remote', 'add', 'origin', bare);
  await repository.git('branch', branch);
});

const push = (more: { timeoutMs?: number; remote?: { name: string; url: string } } = {}) =>
  pushBranch(repository.port, {
    name: 'auth',
    branch,
    remote: { name: 'origin', url: bare },
    directory: repository.root,
    root: repository.root,
    ...more,
  });
const there = () => repository.git('ls-remote', bare);

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((cause: unknown) => cause);
  if (!isFlightError(error, 'push-failed')) throw new Error('not push-failed', { cause: error });
  return error.data.stderr;
}

async function hook(folder: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'pre-push');
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

describe('a push', () => {
  test('brings that branch alone and tracks nothing', async () => {
    await repository.git('tag', '-a', 'v1', '-m', 'v1');
    await repository.git('config', 'push.followTags', 'true');
    await repository.git('config', 'push.autoSetupRemote', 'true');
    const before = await readFile(join(repository.root, '.git', 'config'), 'utf8');
    await push();
    const tip = await repository.git('rev-parse', branch);
    expect(await there()).toBe(`${tip}\trefs/heads/session/auth`);
    expect(await readFile(join(repository.root, '.git', 'config'), 'utf8')).toBe(before);
  });

  test('is of the branch, not of a tag with the same name', async () => {
    await repository.git('commit', '-q', '--allow-empty', '-m', 'second');
    await repository.git('tag', branch);
    await push();
    const tip = await repository.git('rev-parse', `refs/heads/${branch}`);
    expect(await there()).toBe(`${tip}\trefs/heads/session/auth`);
  });

  test('is never forced: a remote that moved on is left alone, with a sentence', async () => {
    await push();
    const tip = await repository.git('rev-parse', branch);
    await repository.git('checkout', '-q', branch);
    await repository.git('commit', '-q', '--allow-empty', '--amend', '-m', 'rewritten');
    await repository.git('config', 'remote.origin.push', '+refs/heads/*:refs/heads/*');
    const said = await refusal(push());
    expect(said).toContain('The remote has commits on session/auth that are not here');
    expect(said).toContain('[rejected]');
    expect(await there()).toContain(tip);
  });

  test('honours the pre-push hook', async () => {
    await hook(join(repository.root, '.git', 'hooks'), 'echo tests are red >&2; exit 1');
    expect(await refusal(push())).toContain('tests are red');
    expect(await there()).toBe('');
  });

  test('finds a relative hooks folder from the main checkout, wherever it starts', async () => {
    const worktree = absolute(join(repository.folder, 'auth'));
    await repository.git('worktree', 'add', '-q', worktree, branch);
    await repository.git('config', 'core.hooksPath', '.husky');
    const mark = join(repository.folder, 'hook-ran-in');
    await hook(join(repository.root, '.husky'), `pwd > '${mark}'`);
    await pushBranch(repository.port, {
      name: 'auth',
      branch,
      remote: { name: 'origin', url: bare },
      directory: worktree,
      root: repository.root,
    });
    expect((await readFile(mark, 'utf8')).trim()).toBe(worktree);
  });

  test('that hangs is ended and says so', async () => {
    await hook(join(repository.root, '.git', 'hooks'), 'sleep 300');
    expect(await refusal(push({ timeoutMs: 300 }))).toContain('did not end within');
    expect(await there()).toBe('');
  });

  test('that fails shows no credentials', async () => {
    const url = 'https://deploy:s3cret-t0ken@127.0.0.1:1/o/r.git';
    await repository.git('remote', 'set-url', 'origin', url);
    const said = await refusal(push({ remote: { name: 'origin', url } }));
    expect(said).toContain('127.0.0.1');
    expect(said).not.toMatch(/s3cret|deploy/u);
  });
});

describe('the upstream', () => {
  const commonDir = () => absolute(join(repository.root, '.git'));

  test('is recorded apart, and read back', async () => {
    const recorded = await recordUpstream(repository.port, commonDir(), branch, 'origin');
    expect(recorded).toEqual({ kind: 'recorded' });
    expect(await repository.git('config', `branch.${branch}.remote`)).toBe('origin');
    expect(await repository.git('config', `branch.${branch}.merge`)).toBe(
      'refs/heads/session/auth',
    );
  });

  test('replaces what was there', async () => {
    await repository.git('config', '--add', `branch.${branch}.remote`, 'old');
    await repository.git('config', '--add', `branch.${branch}.remote`, 'older');
    expect(await recordUpstream(repository.port, commonDir(), branch, 'origin')).toEqual({
      kind: 'recorded',
    });
    expect(await repository.git('config', '--get-all', `branch.${branch}.remote`)).toBe('origin');
  });

  test('that cannot be written is an answer, not a success', async () => {
    await writeFile(join(repository.root, '.git', 'config.lock'), '');
    const recorded = await recordUpstream(repository.port, commonDir(), branch, 'origin');
    expect(recorded).toMatchObject({ kind: 'not-recorded' });
  });
});
