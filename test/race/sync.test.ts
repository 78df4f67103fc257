// Somebody works in the session while it is synced: what he wrote is not overwritten, and what was
// begun is taken back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { meanwhile } from '../crash/sync-killed.ts';
import { dirtyOfEveryKind } from '../integration/sync/dirty.ts';
import {
  baseMovesOn,
  leftovers,
  pair,
  seen,
  type Pair,
  type Seen,
} from '../integration/sync/fixture.ts';

/** As before, but for the file at `path`. */
function same(it: Pair, before: Seen, path: string): void {
  const without = ({ tip, head, index, files }: Seen): unknown => ({
    tip,
    head,
    index,
    files: files.filter((file) => !file.startsWith(`${path} `)),
  });
  expect(without(seen(it))).toEqual(without(before));
  expect(leftovers(it)).toEqual([]);
}

const linux = process.platform === 'linux';

test.runIf(linux).each<[string, string, 'merge' | 'carry']>([
  ['an edit', 'a.txt', 'carry'],
  ['a new file', 'new/x.txt', 'merge'],
])('%s, of %s, right before the files are moved (%s)', async (_, path, how) => {
  const it = pair();
  it.session.commit('own.txt', 'own\n');
  if (how === 'carry') dirtyOfEveryKind(it);
  baseMovesOn(it);
  const before = seen(it);
  const ended = await meanwhile(it, how, 'sync.files:before', () => {
    it.session.write(path, 'mine, just now\n');
  });
  expect(ended).toBe(1);
  expect(readFileSync(join(it.session.worktree, path), 'utf8')).toBe('mine, just now\n');
  same(it, before, path);
});

test.runIf(linux)('the branch is moved behind our back', async () => {
  const it = pair();
  it.session.commit('own.txt', 'own\n');
  dirtyOfEveryKind(it);
  baseMovesOn(it);
  const before = seen(it);
  const other = it.repo.git('commit-tree', '-p', before.tip, '-m', 'other', `${before.tip}^{tree}`);
  for (const point of ['sync.files:after', 'sync.ref:before']) {
    const ended = await meanwhile(it, 'carry', point, () => {
      it.repo.git('update-ref', 'refs/heads/session/auth', other);
    });
    expect([point, ended]).toEqual([point, 1]);
    expect(it.repo.git('rev-parse', 'session/auth')).toBe(other);
    it.repo.git('update-ref', 'refs/heads/session/auth', before.tip);
    same(it, before, '');
  }
});

test.runIf(linux)('no git of anybody else commits in between', async () => {
  const it = pair();
  it.session.write('b.txt', 'edited\n');
  baseMovesOn(it);
  let said = '';
  const ended = await meanwhile(it, 'carry', 'sync.files:after', () => {
    try {
      it.session.git('commit', '-qam', 'meanwhile');
    } catch (error) {
      said = String(error);
    }
  });
  expect(said).toContain('index.lock');
  expect(ended).toBe(0);
  expect(it.session.git('status', '--porcelain')).toBe(' M b.txt');
});
