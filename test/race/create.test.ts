import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRepo } from '../support/repo.ts';
import { atOnce, disagreements, failures, records, type Answered } from './support.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const created = (all: readonly Answered[]): number =>
  all.filter(({ answer }) => answer.data?.['created'] === true).length;

// 64 of them: test/long
test('16 creates at once: all succeed, all are recorded', { timeout: 240_000 }, async () => {
  const repo = makeRepo();
  const all = await atOnce(
    repo,
    numbers(16).map((n) => ['parallel', 'create', `s${n}`, '--goal', `goal ${n}`]),
  );
  expect(failures(all)).toEqual([]);
  expect(created(all)).toBe(16);
  expect(records(repo)).toHaveLength(16);
  expect(disagreements(repo)).toEqual([]);
});

test('eight creates of one name: one is told that it made it, nobody before it is checked out', async () => {
  const repo = makeRepo();
  const readme = join(`${repo.root}-sessions`, 'same', 'README.md');
  const checkedOut: boolean[] = [];
  const all = await Promise.all(
    numbers(8).map(async () => {
      const [one] = await atOnce(repo, [['parallel', 'create', 'same']]);
      checkedOut.push(existsSync(readme));
      return one;
    }),
  );
  const told = all.flatMap((one) => (one === undefined ? [] : [one]));
  expect(failures(told)).toEqual([]);
  expect(created(told)).toBe(1);
  expect(checkedOut).toEqual(numbers(8).map(() => true));
  expect(disagreements(repo)).toEqual([]);
});

test('the first sessions of a project, made at once, are no unmounted disk to each other', async () => {
  const repo = makeRepo();
  const all = await atOnce(
    repo,
    numbers(6).map((n) => ['parallel', 'create', `s${n}`]),
  );
  expect(failures(all)).toEqual([]);
  expect(disagreements(repo)).toEqual([]);
});
