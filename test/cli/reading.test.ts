// Asking and refusing write nothing: not one byte in the project, its git directories and its
// sessions, in whatever state they are.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { ask, must, say, type Reply } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, writeIn, type TestRepo } from '../support/repo.ts';

/** A project with a session in every state that status knows, and things beside. */
async function everyState(): Promise<TestRepo> {
  const repo = makeRepo();
  const { root } = repo;
  const sessions = `${root}-sessions`;
  for (const name of ['clean', 'dirty', 'orphan', 'moved', 'clashing', 'kept', 'gone', 'cut']) {
    await must(root, ['parallel', 'create', name, '--goal', `the goal of ${name}`]);
  }
  commitIn(join(sessions, 'dirty'), 'a.txt', 'a\n');
  writeIn(join(sessions, 'dirty'), 'a.txt', 'b\n');
  writeIn(join(sessions, 'dirty'), 'new/c.txt', 'c\n');
  commitIn(join(sessions, 'orphan'), 'o.txt', 'o\n');
  rmSync(join(sessions, 'orphan'), { recursive: true });
  renameSync(join(sessions, 'moved'), join(sessions, 'elsewhere'));
  commitIn(join(sessions, 'clashing'), 'README.md', 'theirs\n');
  commitIn(join(sessions, 'kept'), 'k.txt', 'k\n');
  await must(root, ['parallel', 'remove', 'kept', '--strategy', 'keep']);
  commitIn(join(sessions, 'gone'), 'g.txt', 'g\n');
  await must(root, ['parallel', 'remove', 'gone', '--strategy', 'abandon', '--yes']);
  commitIn(root, 'README.md', 'ours\n');
  expect(() => gitIn(join(sessions, 'clashing'), 'merge', '-q', 'main')).toThrow(/failed/u);
  interrupt(repo, 'cut');
  repo.git('worktree', 'add', '-q', '-b', 'stray', join(sessions, 'stray'));
  writeIn(root, 'README.md', 'not committed\n');
  writeIn(root, 'untracked.txt', 'u\n');
  return repo;
}

/** What a create leaves whose process died. */
function interrupt(repo: TestRepo, name: string): void {
  const ref = `refs/flight-rules/sessions/${name}`;
  const record: unknown = JSON.parse(repo.git('cat-file', 'blob', ref));
  const owner = {
    token: 't',
    pid: 1,
    startTime: '0',
    bootId: 'another',
    pidNamespace: '',
    host: hostname(),
  };
  const since = '2026-11-22T15:22:00Z';
  const intent = {
    kind: 'creating',
    owner: { ...owner, uid: 0, command: 'create', since },
    since,
    adminIdsBefore: [],
  };
  const file = repo.write('record.json', JSON.stringify({ ...Object(record), intent }));
  repo.git('update-ref', ref, repo.git('hash-object', '-w', file));
  rmSync(file);
}

describe('not one byte', () => {
  test('whatever the state is', async () => {
    const { root } = await everyState();
    const sessions = `${root}-sessions`;
    const before = fingerprint(root, sessions);
    const expectExit = async (exit: number, cwd: string, ...args: string[]): Promise<Reply> => {
      const reply = await ask(cwd, args);
      expect(reply.exit).toBe(exit);
      expect(fingerprint(root, sessions)).toEqual(before);
      return reply;
    };
    const status = await expectExit(0, root, 'parallel', 'status');
    const seen = (
      status.at('data.sessions') as { name: string; health: string; needs: string[] }[]
    ).map(({ name, health, needs }) => `${name} ${health} ${needs.join()}`);
    expect(seen.toSorted()).toEqual([
      'clashing ok conflicted',
      'clean ok ',
      'cut interrupted interrupted',
      'dirty ok ',
      'moved moved moved',
      'orphan orphaned orphaned',
    ]);
    expect(status.at('data.interrupted')).toMatchObject([{ operation: 'creating', name: 'cut' }]);
    expect(status.at('data.main')).toMatchObject({ dirty: true, modified: 1, untracked: 1 });
    expect(status.at('data.strays')).toMatchObject([{ branch: 'stray' }]);
    expect(status.at('data.trash.count')).toBe(2);
    const all = await expectExit(0, root, 'parallel', 'status', '--all');
    const names = (all.at('data.sessions') as { name: string; state: string }[]).map(
      ({ name, state }) => `${name} ${state}`,
    );
    expect(names).toEqual(expect.arrayContaining(['kept kept', 'gone ended']));
    for (const name of ['clean', 'dirty', 'orphan', 'moved', 'clashing', 'kept', 'cut']) {
      await expectExit(0, join(sessions, 'clean'), 'parallel', 'status', name);
    }
    await expectExit(0, sessions.replace(/-sessions$/u, ''), 'parallel', 'path', 'moved');
    await expectExit(4, root, 'parallel', 'path', 'orphan');
    await expectExit(3, root, 'parallel', 'path', 'nobody');
    await expectExit(3, root, 'parallel', 'status', 'nobody');
    await expectExit(2, root, 'parallel', 'path', '../x');
    await expectExit(2, root, 'parallel', 'status', '--wrong');
    await expectExit(2, root, 'parallel', 'create', 'a..b');
    await expectExit(6, root, 'parallel', 'create', 'fresh');
    await expectExit(6, root, 'parallel', 'create', 'fresh', '--base', 'origin/main');
    await expectExit(4, root, 'parallel', 'create', 'CLEAN');
    await expectExit(4, root, 'parallel', 'create', 'orphan');
    await expectExit(4, root, 'parallel', 'create', 'kept');
    await expectExit(4, root, 'parallel', 'create', 'clean', '--goal', 'another');
    await expectExit(4, root, 'parallel', 'create', 'clean', '--base', 'stray');
    await expectExit(0, root, 'parallel', 'create', 'clean');
    await expectExit(4, root, 'parallel', 'adopt', root);
    await expectExit(4, root, 'parallel', 'adopt', join(sessions, 'clean'));
    await expectExit(4, root, 'parallel', 'adopt', '/');
    await expectExit(0, root, 'parallel', 'cleanup', '--dry-run');
    await expectExit(0, root, 'parallel', 'cleanup', '--dry-run', '--landed', '--yes');
    await expectExit(0, root, 'parallel', 'cleanup', '--dry-run', '--expired');
    await expectExit(6, root, 'parallel', 'cleanup');
    await expectExit(6, root, 'parallel', 'remove', 'clean');
    await expectExit(4, root, 'parallel', 'remove', 'dirty', '--strategy', 'merge');
    await expectExit(4, root, 'parallel', 'remove', 'clashing', '--strategy', 'keep');
    await expectExit(6, root, 'parallel', 'remove', 'dirty', '--strategy', 'abandon');
    await expectExit(0, root, 'parallel', 'restore', '--list');
    await expectExit(6, root, 'parallel', 'restore');
    await expectExit(0, root, 'config');
    await expectExit(0, root, 'trust', 'list');
    const shown = await say(root, ['parallel', 'status']);
    expect(shown.exit).toBe(0);
    // its main checkout was changed after the first session was made
    expect(shown.stderr).toMatch(/^Warning: The main checkout became dirty[^:]*: README\.md,/u);
    // only a path or a command, which are never cut, makes a line longer
    const long = shown.stdout.split('\n').filter((line) => line.length > 80);
    for (const line of long) expect(line).toMatch(/^ +(?:> |cd )?\S*\//u);
    expect((await say(root, [])).stdout).toBe(shown.stdout);
    expect(fingerprint(root, sessions)).toEqual(before);
  });

  test('nor does it need to be allowed to', async () => {
    const { root } = makeRepo();
    await must(root, ['parallel', 'create', 'one']);
    writeIn(`${root}-sessions/one`, 'a.txt', 'a\n');
    const folders = [root, join(root, '.git'), `${root}-sessions`, `${root}-sessions/one`];
    for (const folder of folders) chmodSync(folder, 0o555);
    try {
      const status = await must(root, ['parallel', 'status']);
      expect(status.at('data.sessions.0.changes.untracked')).toBe(1);
    } finally {
      for (const folder of folders) chmodSync(folder, 0o755);
    }
  });
});

describe('what stdout is', () => {
  test('nothing else comes there, and a reader that went away is no error', async () => {
    const { root } = makeRepo();
    await must(root, ['parallel', 'create', 'one']);
    const { start } = await import('../support/cli.ts');
    const program = `"${process.execPath}" "${join(import.meta.dirname, '../../dist/main.js')}"`;
    const sh = async (line: string): Promise<string> => {
      const ended = await start('bash', ['-c', line.replaceAll('FR', program)], { cwd: root });
      expect(ended.stderr).not.toMatch(/at .*\.js:/u);
      return `${ended.stdout.trim()} ${ended.exit}`;
    };
    expect(await sh('FR parallel status --json | head -c 0; echo ${PIPESTATUS[0]}')).toBe('0 0');
    expect(await sh('FR parallel path one >&-; echo $?')).toMatch(/^[01] 0$/u);
    expect(await sh('FR parallel path one > /dev/full; echo $?')).toBe('1 0');
    expect(await sh('FR parallel path one 2>&-')).toBe(`${root}-sessions/one 0`);
    expect(await sh('FR parallel path one 2>/dev/full <&-')).toBe(`${root}-sessions/one 0`);
    const verbose = await say(root, ['parallel', 'path', 'one', '--verbose']);
    expect(verbose.stdout).toBe(`${root}-sessions/one\n`);
    expect(verbose.stderr).toMatch(/git rev-parse .* \d+\.\d ms/u);
    const quiet = await say(root, ['parallel', 'create', 'two', '--quiet']);
    expect(quiet).toMatchObject({ exit: 0, stderr: '' });
  });

  test('a path of 4,000 characters is never cut', async () => {
    const { root } = makeRepo();
    let deep: string = root;
    while (deep.length < 3_800) deep = join(deep, 'x'.repeat(200));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(root, '.gitignore'), 'x*\n');
    commitIn(root, '.gitignore', 'x*\n');
    const reply = await must(deep, ['parallel', 'create', 'one']);
    expect(reply.at('data.session.worktree')).toBe(`${root}-sessions/one`);
    // and as the project itself
    gitIn(deep, 'init', '-q', '-b', 'main');
    gitIn(deep, 'commit', '-q', '--allow-empty', '-m', 'first');
    const there = await ask(deep, ['parallel', 'create', 'two', '--dirty', 'leave']);
    expect(there.exit).toBe(0);
    const path = await say(deep, ['parallel', 'path', 'two']);
    expect(path.stdout).toBe(`${deep}-sessions/two\n`);
    expect((await say(deep, ['parallel', 'status'])).stdout).toContain(deep);
    expect(readFileSync(join(root, '.gitignore'), 'utf8')).toBe('x*\n');
  });
});
