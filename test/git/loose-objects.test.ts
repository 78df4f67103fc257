// Objects written without a process are what git itself would have written.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { openGit, type GitCall } from '../../src/git/git.ts';
import { writeBlob, writeCommitObject, writeTree } from '../../src/git/objects.ts';
import { absolute, type AbsolutePath } from '../../src/kernel/path.ts';

interface Place {
  readonly commonDir: AbsolutePath;
  readonly git: (args: readonly string[], input?: string) => string;
}

function repository(...init: readonly string[]): Place {
  const root = mkdtempSync(join(inject('runHome'), 'loose-'));
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', input }).trimEnd();
  git(['init', '-q', ...init]);
  return { commonDir: absolute(join(root, '.git')), git };
}

function port(calls: GitCall[] = []): ReturnType<typeof openGit> {
  return openGit({ env: process.env, trace: (call) => calls.push(call) });
}

const writers = (calls: readonly GitCall[]): number =>
  calls.filter(({ argv }) => argv.includes('hash-object')).length;

test.each(['sha1', 'sha256'])('blob, tree and commit in a repository of %s', async (format) => {
  const { commonDir, git } = repository(`--object-format=${format}`);
  const calls: GitCall[] = [];
  const bound = port(calls);
  const blob = await writeBlob(bound, commonDir, 'ä\n');
  expect(blob).toBe(git(['hash-object', '--stdin'], 'ä\n'));
  const inner = await writeTree(bound, commonDir, [
    { mode: '100755', type: 'blob', oid: blob, name: 'run' },
  ]);
  // a folder is sorted as if its name ended with a slash
  const entries = [
    { mode: '040000', type: 'tree', oid: inner, name: 'a' },
    { mode: '100644', type: 'blob', oid: blob, name: 'a.b' },
    { mode: '120000', type: 'blob', oid: blob, name: 'a0' },
    { mode: '100644', type: 'blob', oid: blob, name: 'Z' },
  ] as const;
  const tree = await writeTree(bound, commonDir, entries);
  const listed = entries.map((e) => `${e.mode} ${e.type} ${e.oid}\t${e.name}\n`).join('');
  expect(tree).toBe(git(['mktree'], listed));
  const who = 'A <a@example.invalid> 1700000000 +0000';
  const text = `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nwhy\n`;
  const commit = await writeCommitObject(bound, commonDir, text);
  expect(git(['cat-file', 'commit', commit])).toBe(text.trimEnd());
  expect(git(['show', `${commit}:a/run`])).toBe('ä');
  expect(git(['fsck', '--strict', '--no-dangling'])).toBe('');
  expect(writers(calls)).toBe(0);
});

test('written again it is young, and there is still only one file', async () => {
  const { commonDir } = repository();
  const id = await writeBlob(port(), commonDir, 'same\n');
  const folder = join(commonDir, 'objects', id.slice(0, 2));
  const file = join(folder, id.slice(2));
  utimesSync(file, 1_000_000, 1_000_000);
  expect(await writeBlob(port(), commonDir, 'same\n')).toBe(id);
  expect(statSync(file).mtimeMs).toBeGreaterThan(1_000_000_000);
  expect(readdirSync(folder)).toEqual([id.slice(2)]);
  expect(statSync(file).mode & 0o222).toBe(0);
});

test('folders that gc removes are made again', async () => {
  const { commonDir } = repository();
  await writeBlob(port(), commonDir, 'one\n');
  for (const name of readdirSync(join(commonDir, 'objects'))) {
    if (/^[0-9a-f]{2}$/u.test(name)) rmSync(join(commonDir, 'objects', name), { recursive: true });
  }
  const id = await writeBlob(port(), commonDir, 'one\n');
  expect(execFileSync('git', ['cat-file', 'blob', id], { cwd: commonDir }).toString()).toBe(
    'one\n',
  );
});

test.each([
  ['core.sharedRepository', 'group'],
  ['core.sharedRepository', '0660'],
  ['core.createObject', 'rename'],
])('git does it by itself with %s = %s', async (key, value) => {
  const { commonDir, git } = repository();
  git(['config', key, value]);
  const calls: GitCall[] = [];
  const id = await writeBlob(port(calls), commonDir, 'shared\n');
  expect(git(['cat-file', 'blob', id])).toBe('shared');
  expect(writers(calls)).toBe(1);
});

test('what cannot be written is git’s to say', async () => {
  const { commonDir, git } = repository();
  const id = git(['hash-object', '--stdin'], 'no\n');
  writeFileSync(join(commonDir, 'objects', id.slice(0, 2)), 'in the way');
  await expect(writeBlob(port(), commonDir, 'no\n')).rejects.toMatchObject({
    code: 'git-failed',
    data: { exit: 128 },
  });
});

test('what the user’s own file says of the format does not count', async () => {
  const { commonDir, git } = repository();
  const global = join(commonDir, 'user');
  writeFileSync(global, '[extensions]\n\tobjectFormat = sha256\n');
  const bound = openGit({ env: { ...process.env, GIT_CONFIG_GLOBAL: global } });
  const id = await writeBlob(bound, commonDir, 'short\n');
  expect(git(['cat-file', 'blob', id])).toBe('short');
});
