// A fresh index is written anew once its second is over, by nobody who would be in the way.
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import { refreshIndexIfTicked } from '../../src/git/refresh-index.ts';
import { absolute, below } from '../../src/kernel/path.ts';
import { commitIn, gitIn, makeRepo } from '../support/repo.ts';

const port = openGit({ env: process.env });
/** seconds since 1970 */
const long = 1_700_000_000;

function fresh(): { root: ReturnType<typeof absolute>; index: string } {
  const { root } = makeRepo();
  commitIn(root, 'a.txt', 'one\n');
  const index = below(absolute(root), '.git', 'index');
  utimesSync(below(absolute(root), 'a.txt'), long, long);
  gitIn(root, 'update-index', '--refresh');
  utimesSync(index, long, long);
  return { root: absolute(root), index };
}

test('in the second it was written the index stays as it is', async () => {
  const { root, index } = fresh();
  const before = readFileSync(index);
  expect(await refreshIndexIfTicked(port, root, below(root, '.git'), long * 1000 + 999)).toBe(
    'not-worth-it',
  );
  expect(readFileSync(index)).toEqual(before);
  expect(statSync(index).mtimeMs).toBe(long * 1000);
});

test('later it is written in a second of its own, also if a file was edited meanwhile', async () => {
  for (const edit of [null, 'two\n']) {
    const { root, index } = fresh();
    if (edit !== null) writeFileSync(below(root, 'a.txt'), edit);
    expect(await refreshIndexIfTicked(port, root, below(root, '.git'), Date.now())).toBe(
      'refreshed',
    );
    expect(statSync(index).mtimeMs).toBeGreaterThan(long * 1000 + 999);
    expect(gitIn(root, 'status', '--porcelain')).toBe(edit === null ? '' : ' M a.txt');
    expect(existsSync(`${index}.lock`)).toBe(false);
  }
});

test('an index that somebody else is writing is left to them', async () => {
  const { root, index } = fresh();
  writeFileSync(`${index}.lock`, 'theirs');
  expect(await refreshIndexIfTicked(port, root, below(root, '.git'), Date.now())).toBe('failed');
  expect(statSync(index).mtimeMs).toBe(long * 1000);
  expect(readFileSync(`${index}.lock`, 'utf8')).toBe('theirs');
});
