// Somebody else's git works on the same repository; no lock of ours binds it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeRepo, temporaryFolder } from '../support/repo.ts';
import { atOnce, disagreements, failures, records, refs } from './support.ts';

const run = promisify(execFile);

test('creates while others add worktrees and pack refs: all succeed, nobody loses a thing', async () => {
  const repo = makeRepo();
  const elsewhere = temporaryFolder('foreign-');
  let over = false;
  let added = 0;
  const adding = (async () => {
    for (let n = 0; !over; n += 1) {
      const path = join(elsewhere, `w${n}`);
      const add = ['-C', repo.root, 'worktree', 'add', '-q', '-b', `theirs-${n}`, path, 'main'];
      // it may collide with one of ours: that is theirs to repeat
      await run('git', add).then(
        () => (added += 1),
        () => undefined,
      );
    }
  })();
  const packing = (async () => {
    while (!over) {
      await run('git', ['-C', repo.root, 'pack-refs', '--all']).catch(() => undefined);
      await run('git', ['-C', repo.root, 'gc', '-q']).catch(() => undefined);
    }
  })();
  const creates = Array.from({ length: 10 }, (_, n) => ['parallel', 'create', `s${n}`]);
  const all = await atOnce(repo, creates).finally(() => {
    over = true;
  });
  await Promise.all([adding, packing]);
  expect(failures(all)).toEqual([]);
  expect(records(repo)).toHaveLength(10);
  expect(added).toBeGreaterThan(0);
  expect(
    refs(repo, 'refs/heads/').filter(({ name }) => name.includes('theirs-')).length,
  ).toBeGreaterThanOrEqual(added);
  expect(disagreements(repo, (path) => path.startsWith(elsewhere))).toEqual([]);
});

test('two projects of one name beside each other do not share their sessions', async () => {
  const one = makeRepo();
  const two = makeRepo();
  const all = await Promise.all(
    [one, two].map((repo) =>
      atOnce(repo, [
        ['parallel', 'create', 'a'],
        ['parallel', 'create', 'b'],
      ]),
    ),
  );
  expect(failures(all.flat())).toEqual([]);
  for (const repo of [one, two]) {
    expect(records(repo).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(disagreements(repo)).toEqual([]);
  }
});
