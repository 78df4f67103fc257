// What becomes of a session after remove --strategy pr: the forge really merges, in each of its
// ways, the user fetches, and cleanup offers exactly what has landed.
import { expect, test } from 'vitest';
import { cleanup } from '../../src/operations/cleanup.ts';
import { remove } from '../../src/operations/remove.ts';
import { restore } from '../../src/operations/restore.ts';
import { status } from '../../src/operations/status.ts';
import { mergingForge, type MergingForge } from '../support/merging-forge.ts';
import { operate, type Answered } from '../support/operate.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

const branch = 'session/auth';
const text = (lines: Readonly<Record<number, string>>): string =>
  Array.from({ length: 30 }, (_, at) => `${lines[at] ?? `line ${at}`}\n`).join('');

interface Ground {
  readonly repo: TestRepo;
  readonly forge: MergingForge;
  readonly tip: string;
  readonly list: (input?: object) => Promise<Answered>;
  readonly session: (input?: object) => Promise<Record<string, unknown>>;
  readonly offered: () => Promise<readonly { name: string; landedBy?: string }[]>;
}

/** A session of three commits, two of them in one file, in review. */
async function inReview(): Promise<Ground> {
  const repo = makeRepo();
  repo.commit('a.txt', text({}));
  const forge = mergingForge(repo);
  const made = repo.addSession('auth');
  made.commit('a.txt', text({ 2: 'two' }));
  made.commit('new.txt', 'new\n');
  const tip = made.commit('a.txt', text({ 2: 'two', 10: 'ten' }));
  const caller = { directory: repo.root, env: forge.env };
  expect(await operate(remove, { name: 'auth', strategy: 'pr' }, caller)).toMatchObject({
    exit: 0,
  });
  const list = (input: object = {}): Promise<Answered> => operate(status, { ...input }, caller);
  return {
    repo,
    forge,
    tip,
    list,
    session: async (input) => {
      const [one] = (await list(input)).data['sessions'] as Record<string, unknown>[];
      return one ?? {};
    },
    offered: async () => {
      const plan = await operate(cleanup, { landed: true, dryRun: true }, caller);
      return plan.data['items'] as { name: string; landedBy?: string }[];
    },
  };
}

/** What others do to main: before the merge, and after it in the very lines that came in. */
const before = (forge: MergingForge): void => {
  forge.commit('main', 'other.txt', 'other\n');
  forge.commit('main', 'a.txt', text({ 25: 'twenty-five' }));
};
const after = (forge: MergingForge): void => {
  forge.commit('main', 'a.txt', text({ 2: 'TWO', 10: 'TEN', 25: 'twenty-five' }));
  forge.commit('main', 'new.txt', 'newer\n');
};

const stories = [
  { way: 'merge', where: 'upstream' },
  { way: 'squash', where: 'upstream' },
  { way: 'rebase', where: 'upstream' },
  { way: 'squash', where: 'local' },
] as const;

test.each(stories)('$way, main went on before and after, seen $where', async ({ way, where }) => {
  const { repo, forge, tip, session, offered } = await inReview();
  before(forge);
  forge.merge(branch, way, 'Sign in, as edited on the forge (#1)\n\nand a body');
  after(forge);
  // nothing was fetched: that it was merged is known only to the forge
  expect(await offered()).toEqual([]);
  expect(await session()).toMatchObject({ landed: false, needs: [] });
  repo.git('fetch', '-q');
  if (where === 'local') repo.git('merge', '-q', '--ff-only', 'origin/main');
  expect(await session()).toMatchObject({ landed: true, needs: ['landed'], state: 'in-review' });
  const base = where === 'local' ? 'main' : 'origin/main';
  const landedBy = new RegExp(`^pull request #1: (?:its commits are in )?${base}\\b`, 'u');
  expect(await offered()).toMatchObject([
    {
      name: 'auth',
      reason: 'landed',
      actions: [`branch ${branch} and record go, nothing that ${base} lacks`],
      landedBy: expect.stringMatching(landedBy) as unknown,
    },
  ]);
  const caller = { directory: repo.root };
  const cleaned = await operate(cleanup, { landed: true, yes: true }, caller);
  expect(cleaned).toMatchObject({ exit: 0, data: { items: [{ done: true }] } });
  // branch and record went; what the remote has and what is known of it stay
  expect(repo.git('for-each-ref', 'refs/heads/session', 'refs/flight-rules/sessions')).toBe('');
  expect(repo.git('rev-parse', `refs/remotes/origin/${branch}`)).toBe(tip);
  expect(repo.git('ls-remote', 'origin', `refs/heads/${branch}`)).toContain(tip);
  expect(await operate(restore, { names: ['auth'] }, caller)).toMatchObject({ exit: 0 });
  expect(repo.git('rev-parse', branch)).toBe(tip);
});

test('a squash of a branch that others went on with on the forge', async () => {
  const { repo, forge, tip, session, offered } = await inReview();
  before(forge);
  forge.commit(branch, 'new.txt', 'new, as the reviewer wants it\n');
  repo.git('fetch', '-q');
  expect(await offered()).toEqual([]);
  forge.merge(branch, 'squash');
  after(forge);
  repo.git('fetch', '-q');
  expect(await session()).toMatchObject({ landed: true, needs: ['landed'] });
  expect(await offered()).toMatchObject([
    { name: 'auth', landedBy: expect.stringContaining('more commits on top') as unknown },
  ]);
  expect(repo.git('rev-parse', branch)).toBe(tip);
});

test('its branch deleted on the forge, as it does by itself', async () => {
  const { repo, forge, offered } = await inReview();
  forge.merge(branch, 'rebase');
  forge.deleteBranch(branch);
  repo.git('fetch', '-q', '--prune');
  expect(repo.git('for-each-ref', `refs/remotes/origin/${branch}`)).toBe('');
  expect(await offered()).toMatchObject([{ name: 'auth' }]);
});

test.each(['squash', 'rebase'] as const)(
  '%s, its last commit taken back since: not landed',
  async (way) => {
    const { repo, forge, session, offered } = await inReview();
    before(forge);
    forge.merge(branch, way);
    forge.revert();
    repo.git('fetch', '-q');
    expect(await offered()).toEqual([]);
    expect(await session()).toMatchObject({ landed: false, needs: [] });
    // the forge goes on saying that it was merged
    const asked = await session({ pr: true });
    expect(asked).toMatchObject({ pullRequest: { state: 'merged' }, needs: [] });
    expect(asked['why']).toContain('taken back since');
  },
);

test('merged on the forge, and not here yet: said, with the command that brings it', async () => {
  const { repo, forge, session, offered } = await inReview();
  const merge = forge.merge(branch, 'squash');
  const asked = await session({ pr: true });
  expect(asked).toMatchObject({
    needs: [],
    landed: false,
    pullRequest: { number: 1, state: 'merged', mergeCommit: merge },
    next: [
      { command: `git -C ${repo.root} fetch origin` },
      { command: 'parallel cleanup auth --dry-run' },
    ],
  });
  expect(asked['why']).toContain('main does not have that yet');
  expect(await offered()).toEqual([]);
  repo.git('fetch', '-q', 'origin');
  expect(await session({ pr: true })).toMatchObject({ needs: ['landed'], landed: true });
  expect(await offered()).toMatchObject([{ name: 'auth' }]);
});

test('a base that tracks nothing is moved by the command, not only the upstream', async () => {
  const { repo, forge, session, offered } = await inReview();
  repo.git('branch', '--unset-upstream', 'main');
  forge.merge(branch, 'merge');
  const { next } = (await session({ pr: true })) as { next: { command: string }[] };
  expect(next[0]?.command).toBe(`git -C ${repo.root} pull --ff-only origin main`);
  repo.git('pull', '-q', '--ff-only', 'origin', 'main');
  expect(await offered()).toMatchObject([{ name: 'auth' }]);
});

test('closed without being merged: said, with the ways out, and not cleaned', async () => {
  const { repo, forge, session, offered } = await inReview();
  forge.close(branch);
  forge.commit('main', 'other.txt', 'other\n');
  repo.git('fetch', '-q');
  expect(await session({ pr: true })).toMatchObject({
    needs: [],
    pullRequest: { state: 'closed' },
    why: expect.stringContaining('closed without being merged') as unknown,
    next: [
      { command: 'parallel restore auth' },
      { command: 'parallel remove auth --strategy abandon' },
    ],
  });
  expect(await offered()).toEqual([]);
  const named = await operate(cleanup, { names: ['auth'], yes: true }, { directory: repo.root });
  expect(named).toMatchObject({ exit: 0, data: { items: [], untouched: [{ what: 'auth' }] } });
  expect(repo.git('rev-parse', branch)).not.toBe('');
  const back = await operate(restore, { names: ['auth'] }, { directory: repo.root });
  expect(back).toMatchObject({ exit: 0 });
  // it goes on; that its pull request is closed is still known
  expect(await session({ pr: true })).toMatchObject({
    state: 'active',
    pullRequest: { state: 'closed' },
    next: [{ command: 'parallel remove auth --strategy abandon' }],
  });
});
