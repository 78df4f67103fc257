import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { detectForge } from '../../src/forge/forge.ts';
import type { ForgeSetting } from '../../src/forge/program.ts';
import { branchOf, type BranchName } from '../../src/git/oid.ts';
import { describe as explain, isFlightError } from '../../src/kernel/errors.ts';
import { fakeForge, forgeSetting, ghFine, glabFine } from '../support/fake-forge.ts';
import { smallRepository, type SmallRepository } from '../support/small-repository.ts';

const branch = branchOf('refs/heads/session/auth') as BranchName;
let repository: SmallRepository;

beforeEach(async () => {
  repository = await smallRepository();
});

const environment = (bin: string) => ({
  ...repository.env,
  PATH: `${bin}${delimiter}${repository.env['PATH'] ?? ''}`,
});

const setting = (bin: string, url: string, more: Partial<ForgeSetting> = {}): ForgeSetting =>
  forgeSetting(repository, bin, url, more);

describe('which program', () => {
  const why = async (work: Promise<unknown>) => {
    const error: unknown = await work.catch((cause: unknown) => cause);
    if (!isFlightError(error, 'no-forge')) throw new Error('a forge was found', { cause: error });
    return error.data.why;
  };

  test('none: both are named', async () => {
    const said = await why(detectForge(setting('/nonexistent', '/srv/r.git')));
    expect(said).toBe('gh is not installed, and glab is not installed');
  });

  test('the host decides, even if only the other one is there', async () => {
    const { bin, calls } = await fakeForge(repository.folder, 'gh', ghFine);
    expect(await why(detectForge(setting(bin, 'git@gitlab.com:o/r')))).toBe(
      'glab is not installed',
    );
    expect(await calls()).toEqual([]);
  });

  test('a host that does not tell: the first that is logged in there', async () => {
    await fakeForge(repository.folder, 'gh', { 'auth status': { exit: 1 } });
    const { bin, calls } = await fakeForge(repository.folder, 'glab', glabFine);
    const forge = await detectForge(setting(bin, 'https://code.example/o/r'));
    expect(forge.program).toBe('glab');
    expect((await calls())[0]?.argv).toEqual(['auth', 'status', '--hostname=code.example']);
  });

  test('an alias of the ssh configuration is no host one is logged in to', async () => {
    const { bin, calls } = await fakeForge(repository.folder, 'gh', ghFine);
    await detectForge(setting(bin, 'github-work:o/r'));
    expect((await calls())[0]?.argv).toEqual(['auth', 'status']);
  });

  test('one that does not answer is not logged in', async () => {
    const { bin } = await fakeForge(repository.folder, 'gh', { 'auth status': { hang: true } });
    const work = detectForge(
      setting(bin, 'git@github.com:o/r', { timeoutMs: 400, env: environment(bin) }),
    );
    expect(await why(work)).toContain('did not end within');
  });

  test('never one that the repository brings along', async () => {
    const { bin, calls } = await fakeForge(repository.root, 'gh', ghFine);
    const modules = join(repository.folder, 'node_modules', '.bin');
    await mkdir(modules, { recursive: true });
    await writeFile(join(modules, 'gh'), '#!/bin/sh\nexit 0\n');
    await chmod(join(modules, 'gh'), 0o755);
    const path = ['bin', '.', modules, bin].join(delimiter);
    expect(await why(detectForge(setting(path, 'git@github.com:o/r')))).toBe('gh is not installed');
    expect(await calls()).toEqual([]);
  });
});

test('credentials in the address of the remote are in no message', async () => {
  const url = 'https://deploy:s3cret-t0ken@github.example/o/r.git';
  const stderr = `could not reach ${url} with s3cret-t0ken`;
  const { bin } = await fakeForge(repository.folder, 'gh', {
    'auth status': {},
    'pr list': { exit: 1, stderr },
  });
  const forge = await detectForge(setting(bin, url));
  const query = { branch, base: 'main', owner: null, pushed: true };
  const error: unknown = await forge.findOpen(query).catch((cause: unknown) => cause);
  if (!isFlightError(error)) throw new Error('it did not fail', { cause: error });
  expect(JSON.stringify(error.data) + explain(error).message).not.toMatch(/s3cret|deploy/u);
});
