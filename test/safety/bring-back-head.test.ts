// A session that left with HEAD on another branch than its own.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { absolute } from '../../src/kernel/path.ts';
import { bringBack } from '../../src/safety/bring-back.ts';
import {
  abandon,
  append,
  collectGarbage,
  held,
  trashRepo,
  type TrashRepo,
} from '../support/trash-fixture.ts';

/** A session on branch `other`, with a commit there and one uncommitted edit. */
async function away(): Promise<{ repo: TrashRepo; path: string; tip: string }> {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  repo.git(['switch', '-q', '-c', 'other'], path);
  append(path, 'a.txt', 'committed\n');
  repo.git(['commit', '-qam', 'on other'], path);
  append(path, 'b.txt', 'edited\n');
  return { repo, path, tip: repo.git(['rev-parse', 'HEAD'], path) };
}

const meanwhile: Record<string, (repo: TrashRepo) => void> = {
  'checked out elsewhere': (repo) => {
    repo.git(['worktree', 'add', '-q', join(repo.root, '../elsewhere'), 'other']);
  },
  'moved on elsewhere': (repo) => {
    const elsewhere = join(repo.root, '../elsewhere');
    repo.git(['worktree', 'add', '-q', elsewhere, 'other']);
    repo.git(['commit', '-q', '--allow-empty', '-m', 'more'], elsewhere);
    repo.git(['worktree', 'remove', elsewhere]);
  },
  deleted: (repo) => {
    repo.git(['branch', '-q', '-D', 'other']);
  },
};

for (const [what, happen] of Object.entries(meanwhile)) {
  test(`HEAD comes back on no branch, at its commit, if the branch was ${what}`, async () => {
    const { repo, path, tip } = await away();
    const stored = await abandon(repo, 'auth');
    happen(repo);
    collectGarbage(repo);
    const back = await bringBack(repo.project, held(repo), stored);
    expect(back.warnings.map(({ code }) => code)).toEqual(['head-detached']);
    expect(repo.git(['rev-parse', 'HEAD'], path)).toBe(tip);
    expect(repo.git(['status', '--porcelain', '--branch'], path)).toBe(
      '## HEAD (no branch)\n M b.txt\n',
    );
  });
}

test('HEAD comes back on the other branch if nothing happened to it', async () => {
  const { repo, path, tip } = await away();
  const back = await bringBack(repo.project, held(repo), await abandon(repo, 'auth'));
  expect(back.warnings).toEqual([]);
  expect(repo.git(['rev-parse', 'HEAD', 'other'], path)).toBe(tip + tip);
  expect(repo.git(['status', '--porcelain', '--branch'], path)).toBe('## other\n M b.txt\n');
});

test('a restore that is taken back leaves HEAD as it waited', async () => {
  const { repo, path } = await away();
  const stored = await abandon(repo, 'auth');
  const elsewhere = join(repo.root, '../elsewhere');
  repo.git(['worktree', 'add', '-q', elsewhere, 'other']);
  const from = absolute(join(repo.root, 'a.txt/auth'));
  const worktree = { path: stored.entry.worktree?.path ?? '', from };
  const blocked = { ...stored, entry: { ...stored.entry, worktree } };
  const failed = await bringBack(repo.project, held(repo), blocked).catch((e: unknown) => e);
  expect(isFlightError(failed, 'disk-failed')).toBe(true);
  repo.git(['worktree', 'remove', elsewhere]);
  await bringBack(repo.project, held(repo), stored);
  expect(repo.git(['branch', '--show-current'], path)).toBe('other\n');
});
