// Two sessions that append to the same file: both sides' lines stay, whatever the shape, with and
// without hooks, and in the simulations too; unless the project or the user has said otherwise.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { mergeTree } from '../../src/git/merge-tree.ts';
import { openGit } from '../../src/git/git.ts';
import type { Oid } from '../../src/git/oid.ts';
import { withPrivateObjects } from '../../src/git/simulation.ts';
import { landedBy, type Landed } from '../../src/integration/landed.ts';
import { branch, forgetStories, story, type Story } from './support.ts';
import { land, recordSession, refusedLanding } from './landing-fixture.ts';

afterEach(forgetStories);

const start = '# Progress\n\n## 2026-01-01 first\n\n- first\n';
const entry = (name: string): string =>
  `\n## 2026-01-02 ${name}\n\nGoal: the same\n\n- did ${name}\n`;

/** `auth` and main have both appended. */
function appended(rules: Readonly<Record<string, string>> = {}): Story {
  const it = story();
  it.commit({ 'docs/progress.md': start, ...rules });
  it.on('session/auth');
  it.commit({ 'docs/progress.md': start + entry('auth'), 'work.txt': 'work\n' });
  it.on('main');
  it.commit({ 'docs/progress.md': start + entry('other') });
  return it;
}

const both = (first: string, second: string): string =>
  start + entry(first) + entry(second).slice(1);

test.each(['merge', 'squash', 'rebase'] as const)('landing by %s keeps both', async (shape) => {
  const it = appended();
  await land(it, await recordSession(it), { shape });
  expect(it.read('docs/progress.md')).toBe(both('other', 'auth'));
  expect(it.run('status', '--porcelain')).toBe('');
});

test.each(['merge', 'squash'] as const)('landing by %s with hooks keeps both', async (shape) => {
  const it = appended();
  it.write('.git/hooks/commit-msg', '#!/bin/sh\nexit 0\n');
  chmodSync(join(it.commonDir, 'hooks/commit-msg'), 0o755);
  await land(it, await recordSession(it), { shape });
  expect(it.read('docs/progress.md')).toBe(both('other', 'auth'));
});

test('a simulation says the same, and a squash of it is recognised', async () => {
  const it = appended();
  const ends = [it.tip('main'), it.tip('session/auth')] as const;
  const merged = await withPrivateObjects(it.git, it, ({ git, cwd }) =>
    mergeTree(git, cwd, ...ends),
  );
  expect(merged.kind).toBe('clean');
  const first = it.run('rev-parse', 'main~1');
  await land(it, await recordSession(it), { shape: 'squash' });
  const landed = await landedBy(it.git, it, {
    branch: branch('session/auth'),
    branchTip: it.tip('session/auth'),
    bases: [{ name: 'main', tip: it.tip('main') }],
    recordedBaseOid: it.tip(first),
  });
  expect(landed.kind).toBe('landed');
});

test('a rule of the project wins, also where no file of it is checked out', async () => {
  for (const file of ['.gitattributes', 'docs/.gitattributes']) {
    const path = file.startsWith('docs') ? 'progress.md' : 'docs/progress.md';
    const it = appended({ [file]: `${path} -merge\n` });
    const ends = [it.tip('main'), it.tip('session/auth')] as const;
    const merged = await withPrivateObjects(it.git, it, ({ git, cwd }) =>
      mergeTree(git, cwd, ...ends),
    );
    expect([file, merged.kind]).toEqual([file, 'conflicts']);
    await refusedLanding(it, await recordSession(it), 'conflicts');
  }
});

test("a rule of the user's wins, and what he says of other files stays", async () => {
  const it = appended();
  const ends = [it.tip('main'), it.tip('session/auth')] as const;
  const config = join(it.root, '..', 'config');
  mkdirSync(join(config, 'git'), { recursive: true });
  const git = openGit({ env: { ...process.env, XDG_CONFIG_HOME: config } });
  const ask = async (rules: string): Promise<string> => {
    writeFileSync(join(config, 'git/attributes'), rules);
    return (await mergeTree(git, it.root, ...ends)).kind;
  };
  expect(await ask('*.md -merge\n')).toBe('conflicts');
  expect(await ask('*.txt merge=union\n')).toBe('clean');
  it.on('session/auth');
  it.commit({ 'b.txt': 'ours\n' });
  it.on('main');
  it.commit({ 'b.txt': 'theirs\n' });
  const later = [it.tip('main'), it.tip('session/auth')] as const;
  writeFileSync(join(config, 'git/attributes'), '*.txt merge=union\n');
  expect((await mergeTree(git, it.root, ...later)).kind).toBe('clean');
  writeFileSync(join(config, 'git/attributes'), '');
  expect(await mergeTree(git, it.root, ...later)).toMatchObject({
    conflicts: [{ path: 'b.txt' }],
  });
});

test('other conflicts stay, and a file that was deleted on one side is one', async () => {
  const it = appended();
  it.commit({ 'docs/progress.md': null });
  const merged = await mergeTree(it.git, it.root, it.tip('main'), it.tip('session/auth'));
  expect(merged).toMatchObject({ conflicts: [{ path: 'docs/progress.md' }] });
});

test('what a session took away has not landed because a union brings it back', async () => {
  const it = story();
  const first = it.commit({ 'docs/progress.md': '# Progress\n\n- done\n- wrong\n' });
  it.on('session/auth');
  it.commit({ 'docs/progress.md': '# Progress\n\n- done\n' });
  it.on('main');
  it.commit({ 'docs/progress.md': '# Progress\n\n- done\n- wrong still\n' });
  expect(await landedIn(it, first)).toEqual({ kind: 'open' });
});

test('a squash that changed a line there stands, whatever was appended to it since', async () => {
  const it = story();
  const first = it.commit({ 'docs/progress.md': `${start}- open\n` });
  it.on('session/auth');
  const changed = `${start}- closed\n${entry('auth')}`;
  it.commit({ 'docs/progress.md': changed, 'work.txt': 'work\n' });
  it.on('main');
  it.commit({ 'docs/progress.md': changed, 'work.txt': 'work\n' }, 'squashed');
  it.commit({ 'docs/progress.md': changed + entry('other') });
  expect(await landedIn(it, first)).toMatchObject({ kind: 'landed' });
});

function landedIn(it: Story, recordedBaseOid: Oid): Promise<Landed> {
  return landedBy(it.git, it, {
    branch: branch('session/auth'),
    branchTip: it.tip('session/auth'),
    bases: [{ name: 'main', tip: it.tip('main') }],
    recordedBaseOid,
  });
}
