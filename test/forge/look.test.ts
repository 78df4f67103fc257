// How pull requests stand, asked of programs that are stand-ins: what they answer, and whatever else
// they may do. Never an error, never a guess, never longer than the limit.
import { describe, expect, test } from 'vitest';
import { lookAtPullRequests, type LookSetting } from '../../src/forge/look.ts';
import type { SeenPullRequest } from '../../src/forge/pull-request-state.ts';
import { absolute } from '../../src/kernel/path.ts';
import {
  fakeForge,
  ghUrl,
  ghView as view,
  glabUrl,
  glabView as merge,
  type FakeAnswer,
} from '../support/fake-forge.ts';
import { ended, pidIn } from '../support/processes.ts';
import { temporaryFolder } from '../support/repo.ts';

const approvals = 'api projects/o%2Fr/merge_requests/12/approvals';

interface Ground {
  readonly look: (
    urls: readonly string[],
    more?: Partial<LookSetting>,
  ) => Promise<readonly SeenPullRequest[]>;
  readonly calls: Awaited<ReturnType<typeof fakeForge>>['calls'];
  readonly childFile: string;
}

async function ground(
  program: 'gh' | 'glab',
  answers: Readonly<Record<string, FakeAnswer>>,
): Promise<Ground> {
  const folder = temporaryFolder();
  const { bin, calls, childFile } = await fakeForge(folder, program, answers);
  // what its children are, first of all node
  const path = `${bin}:${process.env['PATH'] ?? ''}`;
  const setting = { directory: folder, avoid: [], env: { ...process.env, PATH: path } };
  return {
    look: (urls, more) => lookAtPullRequests(urls, { ...setting, ...more }),
    calls,
    childFile,
  };
}

const seen = { kind: 'seen', facts: { title: 'Sign in', state: 'open' } };
const unknown = (why: string): object => ({
  kind: 'unknown',
  why: expect.stringContaining(why) as unknown,
});

describe('asked of a program', () => {
  test('gh gets the address, and needs no repository', async () => {
    const { look, calls } = await ground('gh', { 'pr view': { stdout: JSON.stringify(view) } });
    expect(await look([ghUrl])).toMatchObject([seen]);
    const [call, ...more] = await calls();
    expect(more).toEqual([]);
    expect(call?.argv.slice(0, 3)).toEqual(['pr', 'view', ghUrl]);
    expect(call?.env).toMatchObject({ GH_PROMPT_DISABLED: '1' });
  });

  test('glab is asked for the merge request and, beside it, who approved', async () => {
    const { look, calls } = await ground('glab', {
      'mr view': { stdout: JSON.stringify(merge) },
      [approvals]: { stdout: JSON.stringify({ approved_by: [{}] }) },
    });
    expect(await look([glabUrl])).toMatchObject([{ kind: 'seen', facts: { review: 'approved' } }]);
    const lines = (await calls()).map(({ argv }) => argv.join(' ')).toSorted();
    expect(lines).toEqual([
      `${approvals} --hostname=gitlab.example`,
      'mr view 12 --repo=https://gitlab.example/o/r --output=json',
    ]);
  });

  test('approvals that are not told leave the review unknown, and the rest as it is', async () => {
    const { look } = await ground('glab', {
      'mr view': { stdout: JSON.stringify(merge) },
      [approvals]: { exit: 1, stderr: 'glab: 403 Forbidden (HTTP 403)\n' },
    });
    const [one] = await look([glabUrl]);
    expect(one).toMatchObject({ kind: 'seen', facts: { state: 'open', review: null } });
    expect(one?.kind === 'seen' ? one.facts.partly : '').toContain('403 Forbidden');
  });

  test.each([
    ['logged out', { exit: 4, stderr: 'To get started, run: gh auth login\n' }, 'gh auth login'],
    ['failing without a word', { exit: 1 }, 'gh failed'],
    ['talking nonsense', { stdout: '<html>502</html>' }, 'could not be read'],
    ['silent', {}, 'could not be read'],
    ['flooding', { stdout: JSON.stringify(view), flood: 6_000_000 }, 'could not be read'],
  ] as const)('one that is %s is unknown, with the reason', async (_how, answer, why) => {
    const { look } = await ground('gh', { 'pr view': answer });
    expect(await look([ghUrl])).toMatchObject([unknown(why)]);
  });

  test('one that hangs is ended with its children', async () => {
    const { look, childFile } = await ground('gh', { 'pr view': { hang: true } });
    expect(await look([ghUrl], { limitMs: 1_000 })).toMatchObject([unknown('did not answer')]);
    expect(await ended(await pidIn(childFile))).toBe(true);
  });

  test('one that leaves a child behind is not waited for', async () => {
    const { look, childFile } = await ground('gh', {
      'pr view': { stdout: JSON.stringify(view), leave: true },
    });
    try {
      expect(await look([ghUrl])).toMatchObject([seen]);
    } finally {
      process.kill(await pidIn(childFile));
    }
  });

  test('one that is not there, or comes with the repository, is not run', async () => {
    const { look, calls } = await ground('gh', { 'pr view': { stdout: JSON.stringify(view) } });
    const env = { PATH: temporaryFolder() };
    expect(await look([ghUrl, glabUrl], { env })).toMatchObject([
      unknown('gh is not installed'),
      unknown('glab is not installed'),
    ]);
    expect(await look([ghUrl], { avoid: [absolute('/')] })).toMatchObject([
      unknown('gh is not installed'),
    ]);
    expect(await calls()).toEqual([]);
  });

  test('what is recorded and is no address is not handed to a program', async () => {
    const { look, calls } = await ground('gh', { 'pr view': { stdout: JSON.stringify(view) } });
    const urls = ['--web', 'https://forge.example/o/r/pulls/7', `${ghUrl}/files`, ''];
    const all = await look(urls);
    expect(all.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(await calls()).toEqual([]);
  });

  test('many at once: each its own answer, in order', async () => {
    const url = (n: number): string => `https://github.example/o/r/pull/${n}`;
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const answers = Object.fromEntries(
      numbers.map((number): [string, FakeAnswer] => [
        `pr view ${url(number)}`,
        number === 3 ? { exit: 1 } : { stdout: JSON.stringify({ ...view, number }) },
      ]),
    );
    const { look } = await ground('gh', answers);
    const kinds = (await look(numbers.map(url))).map(({ kind }) => kind);
    expect(kinds).toEqual(numbers.map((n) => (n === 3 ? 'unknown' : 'seen')));
  });

  test('one limit for all: when it is used up, nothing more is started', async () => {
    const { look, calls } = await ground('gh', { 'pr view': { stdout: JSON.stringify(view) } });
    expect(await look([ghUrl, ghUrl], { limitMs: 0 })).toMatchObject([
      unknown('used up'),
      unknown('used up'),
    ]);
    expect(await calls()).toEqual([]);
  });
});
