import { expect, test } from 'vitest';
import { branchRef, oid, parseBranchName } from '../../src/git/oid.ts';
import { describe as inWords } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import { refusals, workWarnings, type Leaving } from '../../src/safety/refusals.ts';
import type { WorkFacts } from '../../src/safety/work-facts.ts';
import type { SessionFacts } from '../../src/sessions/facts.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';

const branch = parseBranchName('session/auth') ?? expect.unreachable('a good name');
const place = {
  kind: 'present',
  path: absolute('/s/auth'),
  adminId: 'auth',
  privateDir: absolute('/p/.git/worktrees/auth'),
  locked: 'on a stick',
  head: oid('1'.repeat(40)),
  branch,
} as const;
const session: SessionFacts = {
  key: sessionKey(parseSessionName('auth')),
  name: 'auth',
  recordOid: null,
  record: null,
  broken: null,
  branch,
  branchTip: oid('1'.repeat(40)),
  baseTip: null,
  place,
  health: 'locked',
  ownerDead: null,
};

/** Everything that can be wrong at once. */
const worst: WorkFacts = {
  place,
  inside: { kind: 'known', value: ['/s/auth/inner'] },
  lock: 'on a stick',
  occupants: { kind: 'in-use', by: [{ pid: 7, command: 'vim' }], hidden: 3 },
  tree: {
    kind: 'known',
    value: {
      head: { branch: null, oid: '2'.repeat(40) },
      counts: { staged: 0, modified: 0, untracked: 5000, conflicted: 0 },
      dirty: Array.from({ length: 5000 }, (_, n) => `file-${n}`),
      index: null,
    },
  },
  operation: { kind: 'operation', operation: 'rebase' },
  nested: { kind: 'known', value: ['/s/auth/deps/a'] },
  submodules: { kind: 'known', value: ['/s/auth/lib'] },
};
const command = ['parallel', 'remove', 'auth'];

function codes(facts: WorkFacts, strategy: Leaving, forceInUse = false): string[] {
  return refusals(session, facts, { strategy, forceInUse, command }).map(({ code }) => code);
}

const always = ['worktree-inside', 'locked', 'in-use'];
const work = [
  'uncommitted-work',
  'operation-in-progress',
  'head-elsewhere',
  'nested-work',
  'submodule-work',
];

test('all that apply are told, in the order of the contract', () => {
  for (const strategy of ['pr', 'merge', 'keep'] as const) {
    expect(codes(worst, strategy)).toEqual([...always, ...work]);
  }
  expect(codes(worst, 'abandon')).toEqual(always);
  expect(codes(worst, 'cleanup')).toEqual(always);
  expect(codes(worst, 'abandon', true)).toEqual(['worktree-inside', 'locked']);
});

test('what is unknown refuses where it is asked, and is told once', () => {
  const unknown = { kind: 'unknown', why: 'no answer' } as const;
  const facts: WorkFacts = {
    ...worst,
    inside: unknown,
    lock: null,
    occupants: unknown,
    tree: unknown,
    operation: unknown,
    nested: unknown,
    submodules: unknown,
  };
  expect(codes(facts, 'keep')).toEqual(Array.from({ length: 4 }, () => 'unknown-state'));
  expect(codes(facts, 'abandon')).toEqual(['unknown-state', 'unknown-state']);
  expect(codes(facts, 'abandon', true)).toEqual(['unknown-state']);
  const windows = { ...facts, occupants: { ...unknown, renameRefuses: true } };
  expect(codes(windows, 'abandon')).toEqual(['unknown-state']);
  const told = workWarnings(windows, { strategy: 'abandon', forceInUse: false, command });
  expect(told.map(({ code }) => code)).toEqual(['occupants-unknown']);
});

test('an error carries a bounded number of paths and the whole count', () => {
  const error = refusals(session, worst, { strategy: 'keep', forceInUse: true, command }).find(
    ({ code }) => code === 'uncommitted-work',
  );
  expect(error?.data).toMatchObject({ count: 5000, worktree: '/s/auth' });
  expect(JSON.stringify(error?.data).length).toBeLessThan(20_000);
  const text = error === undefined ? '' : inWords(error).message;
  expect(text).toContain('5000 files');
  expect(text.split('\n')).toHaveLength(12);
});

test('processes that could not be looked at are a warning', () => {
  const facts: WorkFacts = { ...worst, occupants: { kind: 'free', hidden: 3 } };
  const told = workWarnings(facts, { strategy: 'keep', forceInUse: false, command });
  expect(told.map(({ code }) => code)).toEqual(['processes-hidden']);
  expect(codes({ ...facts, inside: { kind: 'known', value: [] }, lock: null }, 'abandon')).toEqual(
    [],
  );
});

test('a branch of another name is elsewhere, however alike', () => {
  const tree = {
    kind: 'known',
    value: {
      head: { branch: branchRef(branch).replace('refs/', ''), oid: null },
      counts: { staged: 0, modified: 0, untracked: 0, conflicted: 0 },
      dirty: [],
      index: null,
    },
  } as const;
  expect(codes({ ...worst, tree }, 'keep')).toContain('head-elsewhere');
});
