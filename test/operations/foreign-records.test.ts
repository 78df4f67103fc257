// Records, trash entries and locks that another repository wrote and a fetch of all refs brought:
// they are shown, and never acted on.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRegistry } from '../../src/sessions/registry.ts';
import type { SessionRecord } from '../../src/sessions/record.ts';
import { formatLock } from '../../src/safety/lock-blob.ts';
import {
  creating,
  deadOwner,
  fetchFrom,
  recordOf,
  unseenOwner,
  writeRefIn,
} from '../support/foreign.ts';
import { ask, must } from '../support/program.ts';
import { gitIn, makeRepo, writeIn } from '../support/repo.ts';

/** Nobody can know the id of a repository; what a stranger writes has none, or another. */
const homes: readonly { readonly what: string; readonly home: Partial<SessionRecord> }[] = [
  { what: 'without an id', home: {} },
  { what: 'with a guessed id', home: { home: '00000000-0000-4000-8000-000000000000' } },
];

const tip = (root: string, ref: string): string =>
  gitIn(root, 'for-each-ref', '--format=%(objectname)', ref);

/** Shown with a sentence; nothing is said to be interrupted. */
async function shown(root: string, name: string): Promise<void> {
  const status = await must(root, ['parallel', 'status']);
  const sessions = status.at('data.sessions') as { name: string; health: string; why: string }[];
  const one = sessions.find((session) => session.name === name);
  expect(one?.health).toBe('unknown');
  expect(one?.why).toContain('cannot be read');
  expect(status.at('data.interrupted')).toEqual([]);
}

describe.each(homes)('a record $what', ({ home }) => {
  test('of a create that was cut off, with a way out of the git dir', async () => {
    const { root } = makeRepo();
    await must(root, ['parallel', 'create', 'first']);
    const victim = join(dirname(root), 'victim');
    writeIn(victim, 'file.txt', 'precious\n');
    const owner = await deadOwner();
    fetchFrom(root, (bare) => {
      gitIn(bare, 'branch', 'session/evil', 'main');
      const intent = creating(owner);
      const worktree = join(dirname(root), 'elsewhere');
      const record = recordOf(bare, 'evil', { ...home, worktree, intent });
      const text = JSON.stringify({ ...record, adminId: '../../../victim' });
      writeRefIn(bare, 'sessions/evil', text);
      writeRefIn(bare, 'sessions/evil2', recordOf(bare, 'evil2', { ...home, worktree, intent }));
    });
    await shown(root, 'evil');
    await shown(root, 'evil2');
    await must(root, ['parallel', 'create', 'other']);
    await shown(root, 'evil');
    expect(readdirSync(victim)).toEqual(['file.txt']);
    expect(tip(root, 'refs/heads/session/evil')).toBe(tip(root, 'refs/heads/main'));
  });

  test('of a create whose branch is one of ours, at its base: the branch stays', async () => {
    const { root } = makeRepo();
    gitIn(root, 'branch', 'release');
    await must(root, ['parallel', 'create', 'first']);
    const owner = await deadOwner();
    const intent = creating(owner);
    fetchFrom(root, (bare) => {
      const record = recordOf(bare, 'evil', { ...home, branch: 'release', adminId: null, intent });
      writeRefIn(bare, 'sessions/evil', record);
    });
    await must(root, ['parallel', 'create', 'other']);
    await ask(root, ['parallel', 'cleanup', '--yes']);
    expect(tip(root, 'refs/heads/release')).toBe(tip(root, 'refs/heads/main'));
    await shown(root, 'evil');
  });

  test('of a restore that was cut off, to a place elsewhere: nothing is written there', async () => {
    const { root } = makeRepo();
    await must(root, ['parallel', 'create', 'first']);
    await must(root, ['parallel', 'remove', 'first', '--strategy', 'abandon', '--yes']);
    const elsewhere = join(dirname(root), 'elsewhere');
    mkdirSync(elsewhere);
    const owner = await deadOwner();
    const intent = { kind: 'restoring', owner, since: owner.since, trash: 'first~1' } as const;
    fetchFrom(root, (bare) => {
      const worktree = join(elsewhere, 'first');
      writeRefIn(bare, 'sessions/first', recordOf(bare, 'first', { ...home, worktree, intent }));
    });
    await shown(root, 'first');
    await must(root, ['parallel', 'create', 'other']);
    expect(readdirSync(elsewhere)).toEqual([]);
    await shown(root, 'first');
  });

  test('of an orphan that names a branch of ours: cleanup by name leaves the branch', async () => {
    const { root } = makeRepo();
    gitIn(root, 'branch', 'release');
    await must(root, ['parallel', 'create', 'first']);
    fetchFrom(root, (bare) => {
      writeRefIn(bare, 'sessions/x', recordOf(bare, 'x', { ...home, branch: 'release' }));
    });
    await shown(root, 'x');
    await ask(root, ['parallel', 'cleanup', 'x', '--yes']);
    expect(tip(root, 'refs/heads/release')).toBe(tip(root, 'refs/heads/main'));
    expect(existsSync(join(`${root}-sessions`, 'first'))).toBe(true);
  });
});

test('an entry of the trash that takes the id of another one is not the one that is emptied', async () => {
  const { root, port, commonDir } = makeRepo();
  await must(root, ['parallel', 'create', 'good']);
  await must(root, ['parallel', 'remove', 'good', '--strategy', 'abandon', '--yes']);
  fetchFrom(root, (bare) => {
    gitIn(bare, 'update-ref', 'refs/flight-rules/trash/evil/1', pinOf(root));
    gitIn(bare, 'update-ref', 'refs/flight-rules/trash/evil/2', pinOf(root));
  });
  const registry = await readRegistry(port, commonDir);
  expect(registry.trash.map(({ ref }) => ref)).toEqual(['refs/flight-rules/trash/good/1']);
  expect(registry.brokenTrash).toHaveLength(2);
  const emptied = await must(root, ['parallel', 'cleanup', '--expired', 'good~1', '--yes']);
  expect(emptied.at('data.items')).toMatchObject([{ id: 'good~1', done: true }]);
  expect(tip(root, 'refs/flight-rules/trash/good/1')).toBe('');
  expect(tip(root, 'refs/flight-rules/trash/evil/1')).not.toBe('');
  expect(tip(root, 'refs/flight-rules/trash/evil/2')).not.toBe('');
});

const pinOf = (root: string): string => tip(root, 'refs/flight-rules/trash/good/1');

test('a lock that was fetched is nobody here: it is taken over at once', async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'first']);
  const owner = await unseenOwner();
  fetchFrom(root, (bare) => {
    const lock = { owner, gitLocks: [], released: false, owing: false, home: 'guessed' };
    writeRefIn(bare, 'lock', formatLock(lock));
  });
  expect(tip(root, 'refs/flight-rules/lock')).not.toBe('');
  await must(root, ['parallel', 'create', 'other']);
  expect(tip(root, 'refs/flight-rules/lock')).toBe('');
});

test('a second ref with the bytes of a record of ours is no second session', async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'auth']);
  const record = tip(root, 'refs/flight-rules/sessions/auth');
  fetchFrom(root, (bare) => {
    gitIn(bare, 'fetch', '-q', root, 'refs/flight-rules/*:refs/flight-rules/*');
    gitIn(bare, 'update-ref', 'refs/flight-rules/sessions/alias', record);
  });
  await shown(root, 'alias');
  const removed = await ask(root, [
    'parallel',
    'remove',
    'alias',
    '--strategy',
    'abandon',
    '--yes',
  ]);
  expect(removed.at('error.code')).toBe('broken-record');
  const status = await must(root, ['parallel', 'status', 'auth']);
  expect(status.at('data.sessions.0')).toMatchObject({ name: 'auth', health: 'ok' });
});
