import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { landedBy, type Landed } from '../../src/integration/landed.ts';
import { withPrivateObjects } from '../../src/git/simulation.ts';
import type { Oid } from '../../src/git/oid.ts';
import {
  branch,
  filesBelow,
  forgetStories,
  numbered,
  story,
  storyAt,
  type Story,
} from './support.ts';

afterEach(forgetStories);

let it: Story;
let start: Oid;

/** A session `auth` beside `main`. */
beforeEach(() => {
  it = story();
  start = it.tip('HEAD');
  it.run('branch', 'session/auth');
});

const session = (): Story => it.on('session/auth');
const base = (): Story => it.on('main');

async function verdict(repository = it): Promise<Landed> {
  return landedBy(repository.git, repository, {
    branch: branch('session/auth'),
    branchTip: repository.tip('session/auth'),
    bases: [{ name: 'main', tip: repository.tip('main') }],
    recordedBaseOid: start,
  });
}
const how = async (): Promise<string> => {
  const landed = await verdict();
  return landed.kind === 'landed' ? landed.how : landed.kind;
};

describe('new', () => {
  test('nothing was committed in it', async () => {
    expect(await how()).toBe('new');
  });
  test('nothing was committed in it, and the base went on', async () => {
    base().commit({ 'x.txt': 'x\n' });
    expect(await how()).toBe('new');
  });
  test('it went along with the base, and has nothing of its own', async () => {
    base().commit({ 'x.txt': 'x\n' });
    session().run('merge', '-q', '--ff-only', 'main');
    expect(await how()).toBe('new');
    session().run('rebase', '-q', 'main');
    expect(await how()).toBe('new');
  });
  test('the base moved back behind where it started', async () => {
    const before = start;
    start = base().commit({ 'x.txt': 'x\n' });
    session().run('merge', '-q', '--ff-only', 'main');
    it.run('reflog', 'expire', '--expire=all', '--all');
    base().run('reset', '-q', '--hard', before);
    expect(await how()).toBe('new');
  });
  test('a commit was made and thrown away again', async () => {
    session().commit({ 'x.txt': 'x\n' });
    it.run('reset', '-q', '--hard', start);
    expect(await how()).toBe('new');
  });
});

describe('landed', () => {
  test('same commit', async () => {
    session().commit({ 'x.txt': 'x\n' });
    base().run('merge', '-q', '--ff-only', 'session/auth');
    expect(await verdict()).toEqual({
      kind: 'landed',
      how: 'same',
      base: 'main',
      by: 'main is at its last commit',
    });
  });
  test('ancestor, by a merge commit', async () => {
    session().commit({ 'x.txt': 'x\n' });
    base().commit({ 'y.txt': 'y\n' });
    it.run('merge', '-q', '--no-edit', 'session/auth');
    expect(await how()).toBe('ancestor');
  });
  test('ancestor, where no reflog is left', async () => {
    session().commit({ 'x.txt': 'x\n' });
    base().run('merge', '-q', '--no-ff', '--no-edit', 'session/auth');
    it.run('reflog', 'expire', '--expire=all', '--all');
    expect(await how()).toBe('ancestor');
  });
  test('nothing added: what it did it took back', async () => {
    session().commit({ 'x.txt': 'x\n' });
    it.run('revert', '--no-edit', 'HEAD');
    base().commit({ 'y.txt': 'y\n' });
    expect(await how()).toBe('nothing-added');
  });
  test('nothing added: an empty commit', async () => {
    session().commit({}, 'empty');
    base().commit({ 'y.txt': 'y\n' });
    expect(await how()).toBe('nothing-added');
  });
  test('equal trees: squashed right on top', async () => {
    session().commit({ 'x.txt': 'x\n' });
    it.commit({ 'x.txt': 'xx\n' });
    base().commit({ 'x.txt': 'xx\n' }, 'squash');
    expect(await how()).toBe('equal-trees');
  });
  test('merging adds nothing: rebased, and the base went on elsewhere', async () => {
    session().commit({ 'x.txt': 'x\n' });
    it.commit({ 'a.txt': numbered({ 3: 'three' }) });
    base().commit({ 'y.txt': 'y\n' });
    it.run('cherry-pick', `${start}..session/auth`);
    it.commit({ 'z.txt': 'z\n' });
    expect(await how()).toBe('merge-adds-nothing');
  });
  test('squashed, and changed further in the same lines since', async () => {
    session().commit({ 'a.txt': numbered({ 3: 'three' }) });
    it.commit({ 'x.txt': 'x\n' });
    base().commit({ 'a.txt': numbered({ 18: 'eighteen' }) });
    const squash = base().commit({
      'a.txt': numbered({ 3: 'three', 18: 'eighteen' }),
      'x.txt': 'x\n',
    });
    it.commit({ 'a.txt': numbered({ 3: 'THREE', 18: 'eighteen' }) });
    expect(await verdict()).toEqual({
      kind: 'landed',
      how: 'squashed',
      base: 'main',
      by: `main has one commit with exactly this diff (${squash.slice(0, 7)})`,
      oid: squash,
    });
  });
  test('squashed by a side branch, binary file, file mode', async () => {
    session().write('run.sh', 'echo\n');
    it.run('add', '-A');
    it.run('update-index', '--chmod=+x', 'run.sh');
    it.run('commit', '-qm', 'script');
    it.run('reset', '-q', '--hard');
    it.commit({ 'bin.dat': '\0\u0001binary\0' });
    base().commit({ 'y.txt': 'y\n' });
    it.on('side').run('merge', '-q', '--squash', 'session/auth');
    it.run('commit', '-qm', 'squash');
    base().commit({ 'w.txt': 'w\n' });
    it.run('merge', '-q', '--no-ff', '--no-edit', 'side');
    it.commit({ 'bin.dat': '\0other\0' });
    expect(await how()).toBe('squashed');
  });
  test('squashed, reverted, and squashed again', async () => {
    session().commit({ 'a.txt': numbered({ 3: 'three' }) });
    base().commit({ 'a.txt': numbered({ 3: 'three' }) });
    it.run('revert', '--no-edit', 'HEAD');
    it.commit({ 'a.txt': numbered({ 3: 'three' }) });
    it.commit({ 'a.txt': numbered({ 3: 'THREE' }) });
    expect(await how()).toBe('squashed');
  });
});

describe('landed by more than one commit', () => {
  /** two commits in the session, both picked by the base, which had gone on and goes on. */
  const picked = (): void => {
    session().commit({ 'a.txt': numbered({ 3: 'three' }) });
    it.commit({ 'a.txt': numbered({ 3: 'three', 9: 'nine' }), 'x.txt': 'x\n' });
    base().commit({ 'y.txt': 'y\n', 'a.txt': numbered({ 18: 'eighteen' }) });
    it.run('cherry-pick', `${start}..session/auth`);
  };
  test('rebased, and changed further in the same lines since', async () => {
    picked();
    const last = it.tip('HEAD');
    it.commit({ 'a.txt': numbered({ 3: 'THREE', 9: 'NINE', 18: 'eighteen' }) });
    expect(await verdict()).toMatchObject({ how: 'rebased', oid: last });
  });
  test('rebased, and all of it taken back, or one of two', async () => {
    picked();
    it.run('revert', '--no-edit', 'HEAD');
    expect(await how()).toBe('open');
    it.run('revert', '--no-edit', 'HEAD~2');
    expect(await how()).toBe('open');
  });
  test('picked with something else in between', async () => {
    session().commit({ 'a.txt': numbered({ 3: 'three' }) });
    it.commit({ 'a.txt': numbered({ 3: 'three', 9: 'nine' }) });
    base().commit({ 'y.txt': 'y\n' });
    it.run('cherry-pick', 'session/auth~1');
    it.commit({ 'a.txt': numbered({ 3: 'THREE' }) });
    it.commit({ 'a.txt': numbered({ 3: 'THREE', 9: 'nine' }) });
    expect(await how()).toBe('open');
  });
  test('squashed as others went on with its branch', async () => {
    session().commit({ 'a.txt': numbered({ 3: 'three' }) });
    it.on('published').run('merge', '-q', '--ff-only', 'session/auth');
    const publishedTip = it.commit({ 'a.txt': numbered({ 3: 'drei' }) });
    base().commit({ 'a.txt': numbered({ 3: 'drei' }) }, 'squash');
    it.commit({ 'a.txt': numbered({ 3: 'DREI' }) });
    const question = {
      branch: branch('session/auth'),
      branchTip: it.tip('session/auth'),
      bases: [{ name: 'main', tip: it.tip('main') }],
      recordedBaseOid: start,
    };
    expect(await landedBy(it.git, it, question)).toEqual({ kind: 'open' });
    const landed = await landedBy(it.git, it, { ...question, publishedTip });
    expect(landed).toMatchObject({ kind: 'landed', how: 'squashed' });
    // taken back there: nothing of it landed, whatever is in the base
    it.on('published').run('revert', '--no-edit', `${start}..HEAD`);
    const empty = { ...question, publishedTip: it.tip('published') };
    expect(await landedBy(it.git, it, empty)).toEqual({ kind: 'open' });
    // and one that is not on top of it says nothing about it
    it.run('reset', '-q', '--hard', start);
    const other = it.commit({ 'z.txt': 'z\n' });
    base().commit({ 'z.txt': 'z\n' });
    const asked = { ...question, bases: [{ name: 'main', tip: it.tip('main') }] };
    expect(await landedBy(it.git, it, { ...asked, publishedTip: other })).toEqual({ kind: 'open' });
  });
});

describe('open', () => {
  test('work that is nowhere else', async () => {
    session().commit({ 'x.txt': 'x\n' });
    base().commit({ 'y.txt': 'y\n' });
    expect(await how()).toBe('open');
  });
  test('it was in the base, which moved back', async () => {
    session().commit({ 'x.txt': 'x\n' });
    base().run('merge', '-q', '--ff-only', 'session/auth');
    it.run('reset', '-q', '--hard', start);
    expect(await how()).toBe('open');
  });
  test('a squash that was reverted since', async () => {
    session().commit({ 'a.txt': numbered({ 3: 'three' }) });
    it.commit({ 'x.txt': 'x\n' });
    base().run('merge', '-q', '--squash', 'session/auth');
    it.run('commit', '-qm', 'squash');
    it.run('revert', '--no-edit', 'HEAD');
    expect(await how()).toBe('open');
    base().commit({ 'a.txt': numbered({ 18: 'eighteen' }) });
    expect(await how()).toBe('open');
  });
  test('a squash that was reverted after more was done to the same file', async () => {
    session().commit({ 'a.txt': numbered({ 3: 'three' }) });
    base().run('merge', '-q', '--squash', 'session/auth');
    it.run('commit', '-qm', 'squash');
    const squash = it.tip('HEAD');
    it.commit({ 'a.txt': numbered({ 3: 'three', 18: 'eighteen' }) });
    it.run('revert', '--no-edit', squash);
    expect(await how()).toBe('open');
  });
  test('a squash of which one file was taken back', async () => {
    session().commit({ 'a.txt': numbered({ 3: 'three' }), 'x.txt': 'x\n' });
    base().run('merge', '-q', '--squash', 'session/auth');
    it.run('commit', '-qm', 'squash');
    it.commit({ 'x.txt': null, 'a.txt': numbered({ 3: 'THREE' }) });
    expect(await how()).toBe('open');
  });
  test('only one of its commits was picked', async () => {
    session().commit({ 'x.txt': 'x\n' });
    it.commit({ 'y.txt': 'y\n' });
    base().run('cherry-pick', 'session/auth~1');
    expect(await how()).toBe('open');
  });
  test('the base has the same change but for whitespace', async () => {
    it.on('main').commit({ 'p.py': 'if a:\n    if b:\n        c()\n        d()\n' });
    start = it.tip('HEAD');
    it.run('branch', '-f', 'session/auth', start);
    session().commit({ 'p.py': 'if a:\n    if b:\n        c()\n    d()\n' });
    base().commit({ 'p.py': 'if a:\n    if b:\n        c()\nd()\n' });
    expect(await how()).toBe('open');
  });
  test('the base did the same at another place of the file', async () => {
    const twice = (first: string, second: string): string =>
      `${numbered()}same\n${first}\nsame\n${numbered()}same\n${second}\nsame\n${numbered()}`;
    start = base().commit({ 'a.txt': twice('old', 'old') });
    it.run('branch', '-f', 'session/auth', start);
    session().commit({ 'a.txt': twice('new', 'old') });
    base().commit({ 'a.txt': twice('old', 'new') });
    expect(await how()).toBe('open');
  });
  test('the base holds an empty commit', async () => {
    session().commit({ 'x.txt': 'x\n' });
    base().commit({}, 'empty');
    expect(await how()).toBe('open');
  });
});

test('an upstream of the base counts as well', async () => {
  session().commit({ 'x.txt': 'x\n' });
  const landed = await landedBy(it.git, it, {
    branch: branch('session/auth'),
    branchTip: it.tip('session/auth'),
    bases: [
      { name: 'main', tip: it.tip('main') },
      { name: 'origin/main', tip: it.tip('session/auth') },
    ],
    recordedBaseOid: start,
  });
  expect(landed).toEqual({
    kind: 'landed',
    how: 'same',
    base: 'origin/main',
    by: 'origin/main is at its last commit',
  });
});

describe('unknown', () => {
  test('the base is gone', async () => {
    const question = { branch: branch('session/auth'), recordedBaseOid: start };
    const branchTip = it.tip('session/auth');
    expect(await landedBy(it.git, it, { ...question, branchTip, bases: [] })).toMatchObject({
      kind: 'unknown',
    });
  });
  test('an object is missing', async () => {
    session().commit({ 'x.txt': 'x\n' });
    const landed = await landedBy(it.git, it, {
      branch: branch('session/auth'),
      branchTip: it.tip('session/auth'),
      bases: [{ name: 'main', tip: '1'.repeat(40) as Oid }],
      recordedBaseOid: start,
    });
    expect(landed.kind).toBe('unknown');
  });
  test('no temporary directory can be made', async () => {
    session().commit({ 'x.txt': 'x\n' });
    base().commit({ 'y.txt': 'y\n' });
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(it.root, 'missing');
    try {
      expect((await verdict()).kind).toBe('unknown');
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });
});

test('asking writes nothing, and leaves no temporary folder', async () => {
  session().commit({ 'a.txt': numbered({ 3: 'three' }) });
  base().commit({ 'a.txt': numbered({ 9: 'nine' }) });
  const inside = (): unknown => filesBelow(it.commonDir);
  const temporary = (): string[] =>
    readdirSync(tmpdir()).filter((name) => /^flight-rules-\w{6}$/u.test(name));
  const before = inside();
  let during: string[] = [];
  const left = new Set(temporary());
  const question = {
    branch: branch('session/auth'),
    branchTip: it.tip('session/auth'),
    bases: [{ name: 'main', tip: it.tip('main') }],
    recordedBaseOid: start,
  };
  const landed = await landedBy(it.git, it, question, (body) =>
    withPrivateObjects(it.git, it, async (simulation) => {
      const answer = await body(simulation);
      during = Object.keys(filesBelow(join(simulation.cwd, '..', 'objects')));
      expect(inside()).toEqual(before);
      return answer;
    }),
  );
  expect(landed.kind).toBe('open');
  expect(during.length).toBeGreaterThan(0);
  expect(inside()).toEqual(before);
  expect(temporary().filter((name) => !left.has(name))).toEqual([]);
});

test('a repository that borrows objects is read through', async () => {
  session().commit({ 'a.txt': numbered({ 3: 'three' }) });
  base().commit({ 'a.txt': numbered({ 9: 'nine' }) });
  const clone = join(it.root, '..', 'clone');
  it.run('clone', '-q', '--shared', '.', clone);
  const other = storyAt(clone);
  other.run('branch', 'session/auth', 'origin/session/auth');
  expect(await verdict(other)).toEqual({ kind: 'open' });
});

test('sha256', async () => {
  it = story(['--object-format=sha256']);
  start = it.tip('HEAD');
  it.run('branch', 'session/auth');
  session().commit({ 'a.txt': numbered({ 3: 'three' }) });
  base().commit({ 'a.txt': numbered({ 3: 'three' }) });
  it.commit({ 'a.txt': numbered({ 3: 'THREE' }) });
  expect(await how()).toBe('squashed');
});
