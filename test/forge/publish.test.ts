import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { detectForge } from '../../src/forge/forge.ts';
import { gh } from '../../src/forge/gh.ts';
import type { ForgeSetting } from '../../src/forge/program.ts';
import { preparePublishing, publish } from '../../src/forge/publish.ts';
import { branchOf, type BranchName } from '../../src/git/oid.ts';
import { describe as explain, isFlightError } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import {
  fakeForge,
  forgeSetting,
  ghFine,
  ghUrl,
  glabFine,
  glabUrl,
  type FakeAnswer,
} from '../support/fake-forge.ts';
import { ended, pidIn } from '../support/processes.ts';
import { smallRepository, type SmallRepository } from '../support/small-repository.ts';

const branch = branchOf('refs/heads/session/auth') as BranchName;
const main = branchOf('refs/heads/main') as BranchName;
let repository: SmallRepository;
let bare = '';

beforeEach(async () => {
  repository = await smallRepository();
  bare = join(repository.folder, 'remote.git');
  await repository.git('init', '-q', '--bare', bare);
  await repository.git('remote', 'add', 'origin', bare);
  await repository.git('branch', branch);
});

const open = (more: object) => ({
  url: ghUrl,
  number: 7,
  baseRefName: 'main',
  isCrossRepository: false,
  headRepositoryOwner: { login: 'o' },
  ...more,
});

const environment = (bin: string) => ({
  ...repository.env,
  PATH: `${bin}${delimiter}${repository.env['PATH'] ?? ''}`,
});

async function bring(
  program: 'gh' | 'glab',
  answers: Record<string, FakeAnswer>,
  more: { title?: string; body?: string; draft?: boolean } = {},
) {
  const fake = await fakeForge(repository.folder, program, answers);
  const project = {
    git: repository.port,
    root: repository.root,
    mainCheckout: repository.root,
    sessionsDir: absolute(join(repository.folder, 'my-project-sessions')),
  };
  const work = preparePublishing(project, {
    name: 'auth',
    base: main,
    worktree: null,
    env: environment(fake.bin),
  }).then((prepared) =>
    publish(repository.port, prepared, {
      name: 'auth',
      branch,
      directory: repository.root,
      root: repository.root,
      title: more.title ?? 'Log in',
      body: more.body ?? 'Goals:\n- log in\n',
      draft: more.draft ?? false,
    }),
  );
  const result = await work.catch((cause: unknown) => {
    if (!isFlightError(cause)) throw cause;
    const { exit, message } = explain(cause);
    return { code: cause.code, data: cause.data, exit, message };
  });
  return { result, calls: await fake.calls() };
}

const pushed = async () => (await repository.git('ls-remote', bare)) !== '';

describe('gh', () => {
  test('opens a pull request; the address it prints is the proof', async () => {
    const { result, calls } = await bring('gh', ghFine, { draft: true });
    expect(result).toEqual({ pullRequest: { url: ghUrl, number: 7 }, reused: false });
    expect(calls.map(({ argv }) => argv.slice(0, 2).join(' '))).toEqual([
      'auth status',
      'pr list',
      'pr create',
    ]);
    expect(calls[2]).toMatchObject({
      argv: [
        'pr',
        'create',
        '--head=session/auth',
        '--base=main',
        '--title=Log in',
        '--body-file=-',
        '--draft',
      ],
      stdin: 'Goals:\n- log in\n',
      cwd: repository.root,
    });
    expect(calls[2]?.env).toMatchObject({ GH_PROMPT_DISABLED: '1', NO_COLOR: '1' });
    expect(await pushed()).toBe(true);
  });

  test('reuses the open one of this branch, into this base first', async () => {
    const list = [
      open({ number: 6, url: 'https://x.example/o/r/pull/6', baseRefName: 'dev' }),
      open({}),
    ];
    const answers = { ...ghFine, 'pr list': { stdout: JSON.stringify(list) } };
    const { result, calls } = await bring('gh', answers);
    expect(result).toEqual({ pullRequest: { url: ghUrl, number: 7 }, reused: true });
    expect(calls).toHaveLength(2);
    expect(await pushed()).toBe(true);
  });

  test("does not take a stranger's pull request for ours", async () => {
    const stranger = open({ isCrossRepository: true, headRepositoryOwner: { login: 'stranger' } });
    const answers = { ...ghFine, 'pr list': { stdout: JSON.stringify([stranger]) } };
    expect((await bring('gh', answers)).result).toMatchObject({ reused: false });
  });

  test('names the fork where the branch is in another repository', async () => {
    const fake = await fakeForge(repository.folder, 'gh', ghFine);
    const forge = await detectForge(
      forgeSetting(repository, fake.bin, 'https://github.example/me/r'),
    );
    const query = { branch, base: 'main', owner: 'me', pushed: true };
    await forge.create({ ...query, title: 't', body: 'b', draft: false });
    expect((await fake.calls())[1]?.argv).toContain('--head=me:session/auth');
  });

  test.each([
    ['fails', { exit: 1, stderr: 'pull request create failed: GraphQL: no permission' }, 1],
    ['prints no address', { stdout: 'done!\n' }, 0],
    ['prints an address that is none', { stdout: 'https://github.example/o/r\n' }, 0],
  ])('that %s has opened nothing', async (_what, answer, exit) => {
    const { result } = await bring('gh', { ...ghFine, 'pr create': answer });
    expect(result).toMatchObject({
      code: 'forge-failed',
      exit: 1,
      data: { program: 'gh', exit, pushed: true },
    });
  });

  test.each([
    ['fails', { exit: 1, stderr: 'HTTP 502' }],
    ['answers nonsense', { stdout: 'no pull requests' }],
    ['answers another shape', { stdout: '[{"url": 1}]' }],
  ])('whose list %s is not taken for "there is none"', async (_what, answer) => {
    const { result, calls } = await bring('gh', { ...ghFine, 'pr list': answer });
    expect(result).toMatchObject({ code: 'forge-failed' });
    expect(calls.map(({ argv }) => argv[1])).not.toContain('create');
  });

  test('that is not logged in refuses before the push', async () => {
    const answers = { ...ghFine, 'auth status': { exit: 1, stderr: 'not logged in' } };
    await fakeForge(repository.folder, 'glab', { 'auth status': { exit: 1 } });
    const { result } = await bring('gh', answers);
    expect(result).toMatchObject({
      code: 'no-forge',
      exit: 4,
      data: { why: 'gh has no working login (not logged in), and glab has no working login' },
    });
    expect(await pushed()).toBe(false);
  });

  const create = (bin: string, more: Partial<ForgeSetting>) => {
    const env = environment(bin);
    const forge = gh(
      join(bin, 'gh'),
      forgeSetting(repository, bin, 'git@github.com:o/r', { env, ...more }),
    );
    const query = { branch, base: 'main', owner: null, pushed: true };
    return forge.create({ ...query, title: 't', body: 'b', draft: false }).then(
      () => 'opened',
      (cause: unknown) => (isFlightError(cause, 'forge-failed') ? cause.data.output : cause),
    );
  };

  test('that hangs is ended and says so', async () => {
    const { bin } = await fakeForge(repository.folder, 'gh', { 'pr create': { hang: true } });
    expect(await create(bin, { timeoutMs: 300 })).toBe(
      'It did not end within 0.3 s and was stopped.',
    );
  });

  test('that is interrupted is ended with its children', async () => {
    const { bin, childFile } = await fakeForge(repository.folder, 'gh', {
      'pr create': { hang: true },
    });
    const interrupt = new AbortController();
    const work = create(bin, { signal: interrupt.signal });
    const pid = await pidIn(childFile);
    interrupt.abort();
    expect(await work).toBe('It was interrupted.');
    expect(await ended(pid)).toBe(true);
  });

  test.each(['--repo=evil', '$(touch x) `id` "\'; rm -rf .', 'one\ntwo\r\n--draft', '-', '{{.}}'])(
    'gets the title %j as data',
    async (title) => {
      const { result, calls } = await bring('gh', ghFine, { title, body: title });
      expect(result).toMatchObject({ reused: false });
      const create = calls[2];
      const line = title.replaceAll(/\s+/gu, ' ');
      expect(create?.argv.slice(2)).toEqual([
        '--head=session/auth',
        '--base=main',
        `--title=${line}`,
        '--body-file=-',
      ]);
      expect(create?.stdin).toBe(title);
    },
  );

  test('gets a body of a megabyte shortened, not refused', async () => {
    const { result, calls } = await bring('gh', ghFine, { body: 'long line\n'.repeat(100_000) });
    expect(result).toMatchObject({ reused: false });
    expect(calls[2]?.stdin.length).toBeLessThan(65_536);
    expect(calls[2]?.stdin).toContain('Shortened');
  });
});

describe('glab', () => {
  async function bringToGitlab(
    answers: Record<string, FakeAnswer>,
    more: { title?: string; body?: string; draft?: boolean } = {},
  ) {
    const fake = await fakeForge(repository.folder, 'glab', answers);
    const forge = await detectForge(
      forgeSetting(repository, fake.bin, 'git@gitlab.example:o/r.git'),
    );
    const query = { branch, base: 'main', owner: null, pushed: true };
    const found = await forge.findOpen(query);
    const draft = { title: 'Log in', body: 'Goals', draft: false, ...more };
    const made = found ?? (await forge.create({ ...query, ...draft }));
    return { made, calls: await fake.calls() };
  }

  test('opens a merge request', async () => {
    const { made, calls } = await bringToGitlab(glabFine, { draft: true });
    expect(made).toEqual({ url: glabUrl, number: 12 });
    expect(calls.map(({ argv }) => argv)).toEqual([
      ['auth', 'status', '--hostname=gitlab.example'],
      ['mr', 'list', '--source-branch=session/auth', '--per-page=100', '--output=json'],
      [
        'mr',
        'create',
        '--source-branch=session/auth',
        '--target-branch=main',
        '--title=Log in',
        '--description=Goals',
        '--yes',
        '--draft',
      ],
    ]);
  });

  test('reuses an open one of this project', async () => {
    const one = {
      web_url: glabUrl,
      iid: 12,
      target_branch: 'main',
      source_project_id: 3,
      target_project_id: 3,
    };
    const fork = { ...one, iid: 11, source_project_id: 4 };
    const list = { stdout: JSON.stringify([fork, one]) };
    const { made, calls } = await bringToGitlab({ ...glabFine, 'mr list': list });
    expect(made).toEqual({ url: glabUrl, number: 12 });
    expect(calls).toHaveLength(2);
  });

  test('gets hostile texts as data, and a megabyte within the limit of an argument', async () => {
    const body = `-\n$(id)\0\n${'x'.repeat(1_000_000)}`;
    const { calls } = await bringToGitlab(
      { ...glabFine, 'mr list': { stdout: 'null' } },
      { title: '--yes=false', body },
    );
    expect(calls[2]?.argv).toHaveLength(7);
    expect(calls[2]?.argv[4]).toBe('--title=--yes=false');
    expect(calls[2]?.argv[5]?.startsWith('--description=-\n$(id)\n')).toBe(true);
    expect(calls[2]?.argv[5]?.length).toBeLessThan(100_100);
  });

  test('fails if it prints no address', async () => {
    const work = bringToGitlab({ ...glabFine, 'mr create': { stdout: 'ok' } });
    await expect(work).rejects.toThrow('forge-failed');
  });
});
