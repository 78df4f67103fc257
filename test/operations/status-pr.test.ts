// status --pr: asked only with it, told as the forge tells it, and what is not told is unknown.
import { describe, expect, test } from 'vitest';
import { remove } from '../../src/operations/remove.ts';
import { status } from '../../src/operations/status.ts';
import type { StatusReport } from '../../src/operations/shapes/status.ts';
import { fakeForge, ghView as view, type FakeAnswer } from '../support/fake-forge.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { makeRepo, temporaryFolder, type TestRepo } from '../support/repo.ts';

const url = (number: number): string => `https://github.com/acme/app/pull/${number}`;
const check = (conclusion: string): object => ({
  name: conclusion,
  status: 'COMPLETED',
  conclusion,
});
const says = (more: object): FakeAnswer => ({ stdout: JSON.stringify({ ...view, ...more }) });

interface Ground {
  readonly repo: TestRepo;
  readonly ask: (
    answers: Readonly<Record<string, FakeAnswer>>,
    input?: object,
  ) => Promise<Answered>;
  readonly calls: () => Promise<readonly (readonly string[])[]>;
}

/** Sessions in review, with their pull requests opened by other means. */
async function inReview(pulls: Readonly<Record<string, number>> = { auth: 7 }): Promise<Ground> {
  const repo = makeRepo();
  for (const [name, number] of Object.entries(pulls)) {
    repo.addSession(name).commit(`${name}.txt`, 'work\n');
    const input = { name, strategy: 'pr', prUrl: url(number) };
    expect(await operate(remove, input, { directory: repo.root })).toMatchObject({ exit: 0 });
  }
  let calls: Awaited<ReturnType<typeof fakeForge>>['calls'] = async () => [];
  return {
    repo,
    calls: async () => (await calls()).map(({ argv }) => argv),
    ask: async (answers, input = { pr: true }) => {
      const forge = await fakeForge(temporaryFolder(), 'gh', answers);
      calls = forge.calls;
      const env = { PATH: `${forge.bin}:${process.env['PATH'] ?? ''}` };
      return operate(status, { ...input }, { directory: repo.root, env });
    },
  };
}

const sessionsOf = ({ data }: Answered): StatusReport['sessions'] =>
  data['sessions'] as StatusReport['sessions'];

test('only when asked, and nothing is written by it', async () => {
  const { repo, ask, calls } = await inReview();
  const before = fingerprint(repo.root);
  const plain = await ask({ 'pr view': says({}) }, {});
  expect(await calls()).toEqual([]);
  expect(sessionsOf(plain)[0]?.pullRequest).toEqual({ url: url(7), number: 7 });
  const asked = await ask({ 'pr view': says({ statusCheckRollup: [check('SUCCESS')] }) });
  expect(await calls()).toHaveLength(1);
  expect(asked).toMatchObject({ exit: 0, warnings: [] });
  expect(sessionsOf(asked)[0]?.pullRequest).toEqual({
    url: url(7),
    number: 7,
    title: 'Sign in',
    state: 'open',
    checks: { passing: 1, failing: 0, pending: 0 },
    review: 'none',
    observedAt: '2026-11-22T15:22:00Z',
  });
  expect(sessionsOf(asked)[0]).not.toHaveProperty('why');
  expect(fingerprint(repo.root)).toEqual(before);
});

test('failing checks and changes asked for are said with the way on, and are no need', async () => {
  const { ask } = await inReview();
  const statusCheckRollup = [check('SUCCESS'), check('FAILURE')];
  const asked = await ask({
    'pr view': says({ statusCheckRollup, reviewDecision: 'CHANGES_REQUESTED' }),
  });
  expect(sessionsOf(asked)[0]).toMatchObject({
    needs: [],
    why: '1 of its 2 checks fails. A reviewer asks for changes.',
    next: [{ command: 'parallel restore auth' }],
    pullRequest: { review: 'changes-requested' },
  });
  expect(asked.data['summary']).toMatchObject({ needYou: 0 });
});

test('one session in full has it, too', async () => {
  const { ask } = await inReview({ auth: 7, other: 8 });
  const asked = await ask({ 'pr view': says({ isDraft: true }) }, { name: 'auth', pr: true });
  expect(asked.data['session']).toMatchObject({ pullRequest: { state: 'draft' } });
});

describe('what cannot be found out is null, with one warning that says why', () => {
  const nothing = { state: null, checks: null, review: null };

  test('logged out: of two sessions, in one warning', async () => {
    const { ask } = await inReview({ auth: 7, other: 8 });
    const logIn = 'To get started with GitHub CLI, please run:  gh auth login';
    const asked = await ask({ 'pr view': { exit: 4, stderr: `${logIn}\n` } });
    expect(asked.exit).toBe(0);
    expect(sessionsOf(asked).map(({ pullRequest }) => pullRequest)).toMatchObject([
      nothing,
      nothing,
    ]);
    expect(asked.warnings).toMatchObject([{ code: 'pull-request-unknown' }]);
    expect(asked.warnings[0]?.message).toContain('auth, other');
    expect(asked.warnings[0]?.message).toContain(logIn);
  });

  test('one of two: the other is told', async () => {
    const { ask } = await inReview({ auth: 7, other: 8 });
    const asked = await ask({
      [`pr view ${url(7)}`]: says({}),
      [`pr view ${url(8)}`]: { stdout: '{"number":8' },
    });
    const states = sessionsOf(asked).map(({ name, pullRequest }) => [name, pullRequest?.state]);
    expect(new Map(states as [string, string | null][])).toEqual(
      new Map([
        ['auth', 'open'],
        ['other', null],
      ]),
    );
    expect(asked.warnings).toHaveLength(1);
  });

  test('what is recorded names a forge nobody here knows', async () => {
    const { repo } = await inReview({});
    repo.addSession('far').commit('far.txt', 'work\n');
    const prUrl = 'https://forge.example/o/r/pulls/3';
    await operate(remove, { name: 'far', strategy: 'pr', prUrl }, { directory: repo.root });
    const asked = await operate(status, { pr: true }, { directory: repo.root });
    expect(sessionsOf(asked)[0]?.pullRequest).toMatchObject({ url: prUrl, number: 3, ...nothing });
    expect(asked.warnings[0]?.message).toContain('neither gh nor glab');
  });
});
