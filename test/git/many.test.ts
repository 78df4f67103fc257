// Many worktrees behind few processes: nothing of a path reaches the shell as text, and one that
// fails says so without taking the others along.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import { gitMany } from '../../src/git/many.ts';
import { readStatus, readStatuses } from '../../src/git/status.ts';

const hostile = [
  'plain',
  'with space',
  `quote's "double"`,
  '$(touch gone) `touch gone`',
  '; touch gone #',
  '-C',
  'line\nbreak',
  '*',
  String.raw`back\slash\0`,
  'ünï',
];

function repositories(): readonly string[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'many-')));
  return hostile.map((name, at) => {
    const path = join(folder, name);
    mkdirSync(path);
    execFileSync('git', ['init', '--quiet', '--initial-branch', `b${at}`], { cwd: path });
    for (let n = 0; n < at; n += 1) writeFileSync(join(path, `# branch.oid ${n}\n`), '');
    return path;
  });
}

test('each worktree is answered as if it were asked by itself', async () => {
  const git = openGit({ env: process.env });
  const paths = repositories();
  const worktrees = paths.map((path, at) => ({
    path,
    compareWith: { branch: `b${at}`, base: 'main' },
  }));
  const many = await Promise.all(readStatuses(git, worktrees));
  const alone = await Promise.all(
    worktrees.map(({ path, compareWith }) => readStatus(git, path, { compareWith })),
  );
  // with as many cores as worktrees each is asked by itself anyway
  const few = hostile.length <= Math.max(2, availableParallelism());
  expect(many).toEqual(few ? hostile.map(() => null) : alone);
  expect(alone.map(({ entries }) => entries.length)).toEqual(hostile.map((_, at) => at));
});

test('one that cannot be asked answers nothing, the others all they have', async () => {
  const git = openGit({ env: process.env });
  const paths = [...repositories(), ...repositories()];
  const missing = new Set([0, 7, 19]);
  const calls = paths.map((path, at) => ({
    cwd: missing.has(at) ? join(path, 'missing') : path,
    args: ['status', '--porcelain=v2', '-z', '--branch'],
  }));
  const answers = await Promise.all(gitMany(git, calls));
  const few = paths.length <= Math.max(2, availableParallelism());
  const given = paths.map((_, at) => !few && !missing.has(at));
  expect(answers.map((one) => one !== null)).toEqual(given);
});

test('of more than can be held at once the rest is asked by itself', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'many-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'git');
  // one answer may be that long, two are too much
  writeFileSync(join(folder, 'long'), `${'x'.repeat(2 ** 25)}\0`);
  writeFileSync(join(folder, 'short'), 'x\0');
  writeFileSync(program, '#!/bin/sh\ncat "$2/$3"\n');
  chmodSync(program, 0o755);
  const git = { ...openGit({ env: process.env }), program };
  const calls = Array.from({ length: Math.max(2, availableParallelism()) + 1 }, (_, at) => ({
    cwd: folder,
    args: [at < 2 ? 'long' : 'short'],
  }));
  const [first, second] = await Promise.all(gitMany(git, calls));
  expect([first?.length, second]).toEqual([1, null]);
});
