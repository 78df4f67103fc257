// Histories of every kind: what is foreseen is what git merges, or honestly unknown, and only of
// those that it is true of.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { firstLines } from '../support/clash/actions.ts';
import { gitIn, temporaryFolder, type TestRepo } from '../support/repo.ts';
import { foresee, secondLine, threeSessions, unknown } from '../support/clash/three-sessions.ts';

const usual = {
  'one two': 'clash',
  'one three': 'clear',
  'two three': 'clear',
  'main one': 'clear',
  'main two': 'clear',
  'main three': 'clear',
};

test('committed against uncommitted: the fixture itself', async () => {
  const all = threeSessions();
  expect((await foresee(all, [all.one, all.two, all.three])).verdicts).toEqual(usual);
});

test('the same change on both sides touches, and does not clash', async () => {
  const all = threeSessions();
  all.two.write('a.txt', secondLine('of one'));
  const { verdicts, clashes } = await foresee(all, [all.one, all.two, all.three]);
  expect(verdicts).toEqual({ ...usual, 'one two': 'touching' });
  expect(clashes.pairs[0]?.paths).toEqual([{ path: 'a.txt', kind: 'both changed' }]);
});

test('an unrelated history is unknown, of its pairs alone', async () => {
  const all = threeSessions();
  all.two.git('checkout', '-q', '--orphan', 'elsewhere');
  all.two.git('commit', '-q', '-m', 'from nowhere');
  all.two.git('branch', '-q', '-M', 'elsewhere', 'session/two');
  expect((await foresee(all, [all.one, all.two, all.three])).verdicts).toEqual({
    ...usual,
    'one two': unknown,
    'two three': unknown,
    'main two': unknown,
  });
});

test('a base that was deleted is unknown, and the pairs are not', async () => {
  const all = threeSessions();
  const { verdicts } = await foresee(all, [all.one, all.two, all.three], { base: 'gone' });
  expect(verdicts).toEqual({
    'one two': 'clash',
    'one three': 'clear',
    'two three': 'clear',
    'gone one': unknown,
    'gone two': unknown,
    'gone three': unknown,
  });
});

test('an octopus, and merges that cross each other', async () => {
  const all = threeSessions(({ git, commit }) => {
    for (const name of ['p', 'q', 'r']) {
      git('checkout', '-q', '-b', name, 'main');
      commit(`${name}.txt`, name);
    }
    git('checkout', '-q', 'main');
    git('merge', '-q', '-m', 'octopus', 'p', 'q', 'r');
  });
  const { one, two, three, repo } = all;
  two.commit('a.txt', secondLine('of two'));
  three.write('p.txt', 'of three');
  expect((await foresee(all, [one, two, three])).verdicts).toEqual(usual);

  // one and three take each other's work in, from before the other did
  const [tipOne, tipThree] = [one, three].map(({ git }) => git('rev-parse', 'HEAD'));
  one.git('merge', '-q', '--no-edit', tipThree ?? '');
  three.git('merge', '-q', '--no-edit', tipOne ?? '');
  one.commit('b.txt', 'again of one\n');
  three.write('b.txt', 'again of three\n');
  expect(repo.git('merge-base', '--all', 'session/one', 'session/three').split('\n').length).toBe(
    2,
  );
  expect((await foresee(all, [one, two, three])).verdicts).toMatchObject({
    'one two': 'clash',
    'one three': 'clash',
    'two three': 'clash',
  });
});

describe('a history that was cut off', () => {
  test('a shallow clone has one commit to start from, and that is enough', async () => {
    const all = threeSessions();
    const { repo, one, two, three } = all;
    writeFileSync(join(repo.commonDir, 'shallow'), `${repo.git('rev-parse', 'main')}\n`);
    expect(repo.git('rev-list', '--count', 'main')).toBe('1');
    expect((await foresee(all, [one, two, three])).verdicts).toEqual(usual);
  });

  test('where the merge base lies behind the cut it is unknown', async () => {
    const all = threeSessions();
    const { repo, one, two, three } = all;
    two.commit('a.txt', secondLine('of two'));
    writeFileSync(join(repo.commonDir, 'shallow'), `${two.git('rev-parse', 'HEAD')}\n`);
    expect((await foresee(all, [one, two, three])).verdicts).toEqual({
      ...usual,
      'one two': unknown,
      'two three': unknown,
      'main two': unknown,
    });
  });

  test('a graft is followed, as git merge follows it', async () => {
    const all = threeSessions();
    const { repo, one, two, three } = all;
    const root = repo.git('rev-list', '--max-parents=0', 'main');
    writeFileSync(
      join(repo.commonDir, 'info', 'grafts'),
      `${repo.git('rev-parse', 'main')} ${root}\n`,
    );
    expect((await foresee(all, [one, two, three])).verdicts).toEqual(usual);
  });
});

test('replaced commits count as git merge counts them', async () => {
  const all = threeSessions();
  const { repo, one, two, three } = all;
  const commit = one.git('rev-parse', 'HEAD');
  const tree = repo.git('rev-parse', 'main^{tree}');
  const parent = repo.git('rev-parse', 'main');
  const other = repo.git('commit-tree', tree, '-p', parent, '-m', 'nothing');
  repo.git('replace', commit, other);
  // the worktree of one still has its files: they are what it would commit
  expect((await foresee(all, [one, two, three])).verdicts).toEqual(usual);
});

test('objects that are missing make their pairs unknown', async () => {
  const all = threeSessions();
  const { repo, one, two, three } = all;
  lose(repo, 'session/one:a.txt');
  const { verdicts } = await foresee(all, [one, two, three], { unjudged: true });
  expect(verdicts).toMatchObject({
    'one two': unknown,
    'two three': 'clear',
    'main two': 'clear',
  });
});

test('a partial clone fetches nothing: what it lacks is unknown', async () => {
  const all = threeSessions();
  const { repo, one, two, three } = all;
  // what is lacking could be had from here
  const source = join(temporaryFolder(), 'source');
  gitIn(repo.root, 'clone', '-q', '--bare', '--no-local', repo.root, source);
  gitIn(source, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  repo.git('remote', 'add', 'origin', `file://${source}`);
  repo.git('config', 'remote.origin.promisor', 'true');
  repo.git('config', 'remote.origin.partialclonefilter', 'blob:none');
  lose(repo, 'main:a.txt');
  const { verdicts } = await foresee(all, [one, two, three], { unjudged: true });
  expect(verdicts).toEqual({ ...usual, 'one two': unknown });
  // and one that asks for it gets it
  expect(repo.git('show', 'main:a.txt')).toBe(firstLines('a.txt').trimEnd());
});

/** Deletes a loose object. */
function lose(repo: TestRepo, name: string): void {
  const id = repo.git('rev-parse', name);
  rmSync(join(repo.commonDir, 'objects', id.slice(0, 2), id.slice(2)));
}
