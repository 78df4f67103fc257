// Queues of landings beside each other, and beside other commands.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, makeRepo } from '../support/repo.ts';
import { atOnce, call, disagreements, exits, failures, records, refs } from '../race/support.ts';

test('of two queues at once one lands all, the other is told', async () => {
  const repo = makeRepo();
  for (const name of ['one', 'two']) repo.addSession(name).commit(`${name}.txt`, `${name}\n`);
  const land = ['parallel', 'land', 'one', 'two', '--verify', 'true'];
  const both = await atOnce(repo, [land, land]);
  expect(exits(both)[0]).toBe(0);
  // told to wait, or that there is no such session any more
  expect([3, 7]).toContain(exits(both)[1]);
  expect(records(repo)).toEqual([]);
  expect(refs(repo, 'refs/flight-rules/queue')).toEqual([]);
  expect(disagreements(repo)).toEqual([]);
});

test('a session that is removed while the queue runs comes back as changed, or has landed', async () => {
  const repo = makeRepo();
  const tips = ['one', 'two', 'three'].map((name) =>
    repo.addSession(name).commit(`${name}.txt`, `${name}\n`),
  );
  const names = ['one', 'two', 'three'];
  const [land, away] = await atOnce(repo, [
    ['parallel', 'land', ...names, '--verify', 'sleep 0.2'],
    ['parallel', 'remove', 'three', '--strategy', 'keep'],
  ]);
  expect([0, 3, 6, 7]).toContain(away?.exit);
  // it may have been kept before the queue was made: then it lands by its branch
  expect([0, 1]).toContain(land?.exit);
  for (const name of ['one', 'two']) {
    expect(readFileSync(join(repo.root, `${name}.txt`), 'utf8')).toBe(`${name}\n`);
  }
  for (const tip of tips) gitIn(repo.root, 'cat-file', '-e', tip);
  expect(gitIn(repo.root, 'status', '--porcelain')).toBe('');
  expect(failures([await call(repo, 'parallel', 'land', '--resume')])).toEqual([]);
  expect(disagreements(repo)).toEqual([]);
});
