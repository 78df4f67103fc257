// What is foreseen, on real repositories.
import { expect, it } from 'vitest';
import { fingerprint } from '../../support/fingerprint.ts';
import { makeRepo } from '../../support/repo.ts';
import { judge, told } from './support.ts';

const lines = (mark = ''): string =>
  Array.from({ length: 20 }, (_, at) => `line ${at}${at === 3 ? mark : ''}\n`).join('');

it('tells clash, touching and clear, uncommitted work included', async () => {
  const repo = makeRepo();
  repo.commit('a.txt', lines());
  repo.commit('b.txt', lines());
  const one = repo.addSession('one');
  const two = repo.addSession('two');
  const three = repo.addSession('three');
  one.write('a.txt', lines(' of one'));
  two.commit('a.txt', lines(' of two'));
  three.write('a.txt', `${lines()}at the end\n`);
  three.write('new.txt', 'new\n');
  const before = fingerprint(repo.root, one.worktree, two.worktree, three.worktree);
  const clashes = await judge(repo, [one, two, three]);
  expect(told(clashes)).toEqual([
    'one-two: clash a.txt (contents)',
    'one-three: touching a.txt (both changed)',
    'two-three: touching a.txt (both changed)',
    'one: clear',
    'two: clear',
    'three: clear',
  ]);
  expect(Object.fromEntries(clashes.touched)).toEqual({
    one: ['a.txt'],
    two: ['a.txt'],
    three: ['a.txt', 'new.txt'],
  });
  expect(fingerprint(repo.root, one.worktree, two.worktree, three.worktree)).toEqual(before);
});

it('follows renames of folders, where no path is in both', async () => {
  const repo = makeRepo();
  repo.commit('src/deep/a.txt', lines());
  repo.commit('src/deep/b.txt', lines(' b'));
  const mover = repo.addSession('mover');
  const adder = repo.addSession('adder');
  const other = repo.addSession('other');
  mover.git('mv', 'src/deep', 'src/moved');
  adder.write('src/deep/new.txt', 'new\n');
  other.write('elsewhere/new.txt', 'new\n');
  expect(told(await judge(repo, [mover, adder, other]))).toEqual([
    'mover-adder: clash src/moved/new.txt (directory rename suggested)',
    'mover-other: clear',
    'adder-other: clear',
    'mover: clear',
    'adder: clear',
    'other: clear',
  ]);
});
