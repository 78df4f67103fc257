// Projects that were copied or moved: a copy never touches what belongs to the original, and what
// moved together works on.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { ask, must, worksFrom, type Reply } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

/** A project with three sessions: one with a commit, one dirty, one orphaned, and some trash. */
async function project(): Promise<string> {
  const { root } = makeRepo();
  for (const name of ['one', 'two', 'orphan', 'gone']) {
    await must(root, ['parallel', 'create', name]);
  }
  commitIn(`${root}-sessions/one`, 'a.txt', 'a\n');
  writeIn(`${root}-sessions/two`, 'b.txt', 'b\n');
  commitIn(`${root}-sessions/orphan`, 'o.txt', 'o\n');
  rmSync(`${root}-sessions/orphan`, { recursive: true });
  commitIn(`${root}-sessions/gone`, 'g.txt', 'g\n');
  await must(root, ['parallel', 'remove', 'gone', '--strategy', 'abandon', '--yes']);
  return root;
}

/** As `cp -a` does: times, modes and links. */
function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}

function health(reply: Reply): Record<string, string> {
  const sessions = reply.at('data.sessions') as { name: string; health: string }[];
  return Object.fromEntries(sessions.map((one) => [one.name, one.health]));
}

describe('a copy of a project', () => {
  test('with its sessions leaves the original alone, whatever it is told to do', async () => {
    const root = await project();
    const there = join(temporaryFolder(), 'project');
    copy(root, there);
    copy(`${root}-sessions`, `${there}-sessions`);
    const before = fingerprint(root, `${root}-sessions`);
    const status = await must(there, ['parallel', 'status']);
    expect(health(status)).toMatchObject({ one: 'unknown', two: 'unknown' });
    const everything = [
      ['remove', 'one', '--strategy', 'abandon', '--yes'],
      ['remove', 'two', '--strategy', 'abandon', '--yes', '--force-in-use'],
      ['cleanup', '--yes'],
      ['cleanup', 'one', 'two', 'orphan', '--yes'],
      ['cleanup', '--landed', '--yes'],
      ['cleanup', '--expired', '--yes'],
      ['restore', 'one'],
      ['restore', 'orphan'],
      ['restore', 'gone'],
      ['adopt', `${root}-sessions/one`],
      ['adopt', `${there}-sessions/one`],
      ['create', 'one'],
      ['create', 'fresh'],
    ];
    const created = await ask(there, ['parallel', 'create', 'fresh']);
    expect(created.exit).toBe(4);
    expect(created.at('error.code')).toBe('manifest-foreign');
    expect(created.at('error.hints.0.argv')).toEqual(['rm', `${there}-sessions/.manifest.json`]);
    rmSync(`${there}-sessions/.manifest.json`);
    for (const args of everything) {
      const reply = await ask(there, ['parallel', ...args]);
      expect([0, 1, 3, 4, 6], `${args.join(' ')}: ${reply.stdout}`).toContain(reply.exit);
      expect(fingerprint(root, `${root}-sessions`), args.join(' ')).toEqual(before);
    }
    expect(existsSync(`${there}-sessions/fresh`)).toBe(true);
    expect(gitIn(`${there}-sessions/fresh`, 'rev-parse', '--git-common-dir')).toBe(
      join(there, '.git'),
    );
    await must(`${there}-sessions/fresh`, ['parallel', 'status', 'fresh']);
    // and the original works on
    expect(health(await must(root, ['parallel', 'status']))).toEqual({
      one: 'ok',
      two: 'ok',
      orphan: 'orphaned',
    });
  });

  test('of only the main checkout: its own sessions go elsewhere', async () => {
    const root = await project();
    const there = `${root}-copy`;
    copy(root, there);
    const before = fingerprint(root, `${root}-sessions`);
    expect(health(await must(there, ['parallel', 'status']))).toMatchObject({ one: 'unknown' });
    expect((await ask(there, ['parallel', 'path', 'one'])).exit).toBe(4);
    await ask(there, ['parallel', 'cleanup', '--yes']);
    await ask(there, ['parallel', 'remove', 'one', '--strategy', 'abandon', '--yes']);
    await ask(there, ['parallel', 'remove', 'two', '--strategy', 'abandon', '--yes']);
    expect(await worksFrom(there, 'fresh')).toBe(`${there}-sessions/fresh`);
    expect(fingerprint(root, `${root}-sessions`)).toEqual(before);
  });

  test('of one session directory is reported, never acted on', async () => {
    const { root } = makeRepo();
    await must(root, ['parallel', 'create', 'one']);
    commitIn(`${root}-sessions/one`, 'a.txt', 'a\n');
    copy(`${root}-sessions/one`, `${root}-sessions/two`);
    const before = fingerprint(`${root}-sessions/two`);
    expect((await ask(root, ['parallel', 'adopt', `${root}-sessions/two`])).exit).toBe(4);
    expect((await ask(root, ['parallel', 'create', 'two'])).at('error.code')).toBe('name-taken');
    await must(root, ['parallel', 'remove', 'one', '--strategy', 'abandon', '--yes']);
    expect(fingerprint(`${root}-sessions/two`)).toEqual(before);
    await must(root, ['parallel', 'cleanup', '--yes']);
    expect(fingerprint(`${root}-sessions/two`)).toEqual(before);
  });
});

describe('two projects of one name', () => {
  test('in different places know nothing of each other, also with one user-wide setting', async () => {
    const one = makeRepo().root;
    const two = makeRepo().root;
    await worksFrom(one, 'same');
    await worksFrom(two, 'same');
    const config = join(temporaryFolder(), 'config');
    mkdirSync(join(config, 'flight-rules'), { recursive: true });
    const shared = temporaryFolder();
    const settings = { parallel: { sessionsDir: `${shared}/{project}` } };
    writeFileSync(join(config, 'flight-rules', 'config.json'), JSON.stringify(settings));
    const env = { XDG_CONFIG_HOME: config };
    expect(await worksFrom(one, 'wide', { env })).toBe(join(shared, 'project', 'wide'));
    const before = fingerprint(shared);
    const refused = await ask(two, ['parallel', 'create', 'other'], env);
    expect(refused.exit).toBe(4);
    expect(refused.at('error.code')).toBe('manifest-foreign');
    expect(refused.stdout).toContain('.manifest.json');
    await must(two, ['parallel', 'status'], env);
    expect(fingerprint(shared)).toEqual(before);
    expect(gitIn(two, 'for-each-ref', 'refs/heads/session/other')).toBe('');
  });
});

describe('a project that moved', () => {
  test('together with its sessions works on; the next cleanup mends it', async () => {
    const root = await project();
    const there = join(temporaryFolder(), 'project');
    renameSync(root, there);
    renameSync(`${root}-sessions`, `${there}-sessions`);
    const status = await must(there, ['parallel', 'status']);
    expect(health(status)).toEqual({ one: 'moved', two: 'moved', orphan: 'orphaned' });
    expect(status.at('data.sessions.0.next')).toBeDefined();
    const path = await must(there, ['parallel', 'path', 'one']);
    expect(path.at('data.path')).toBe(`${there}-sessions/one`);
    // until then: what cannot work says the one command
    const removal = await ask(there, ['parallel', 'remove', 'one', '--strategy', 'merge']);
    expect(removal.exit, removal.stdout).toBe(4);
    expect(removal.stdout).toContain('parallel cleanup');
    const again = await ask(there, ['parallel', 'create', 'one']);
    expect(again.exit, again.stdout).toBe(4);
    expect(again.stdout).toContain('parallel cleanup');
    expect(await worksFrom(there, 'fresh')).toBe(`${there}-sessions/fresh`);
    await must(there, ['parallel', 'cleanup', 'one', 'two', '--yes']);
    const mended = await must(there, ['parallel', 'status']);
    expect(health(mended)).toMatchObject({ one: 'ok', two: 'ok', fresh: 'ok' });
    expect(gitIn(`${there}-sessions/two`, 'status', '--porcelain')).toBe('?? b.txt');
    await must(there, ['parallel', 'remove', 'one', '--strategy', 'merge']);
    await must(there, ['parallel', 'restore', 'gone']);
    expect(existsSync(`${there}-sessions/gone/g.txt`)).toBe(true);
  });

  test('only the repository: the sessions stay where they are and are mended', async () => {
    const root = await project();
    const there = join(temporaryFolder(), 'project');
    renameSync(root, there);
    const status = await must(there, ['parallel', 'status']);
    expect(health(status)).toMatchObject({ one: 'moved', two: 'moved' });
    await must(there, ['parallel', 'cleanup', 'one', 'two', '--yes']);
    expect(health(await must(there, ['parallel', 'status']))).toMatchObject({
      one: 'ok',
      two: 'ok',
    });
    expect(gitIn(`${root}-sessions/two`, 'status', '--porcelain')).toBe('?? b.txt');
    expect(await worksFrom(there, 'fresh')).toBe(`${there}-sessions/fresh`);
    await must(`${root}-sessions/one`, ['parallel', 'remove', '--strategy', 'merge']);
  });

  test('only sessionsDir, by configuration: sessions stay, new ones go there', async () => {
    const { root } = makeRepo();
    await must(root, ['parallel', 'create', 'one']);
    const elsewhere = join(temporaryFolder(), 'deep', 'sessions');
    writeIn(
      root,
      '.flight-rules/config.json',
      JSON.stringify({ parallel: { sessionsDir: elsewhere } }),
    );
    expect(await worksFrom(root, 'two', { create: ['--dirty', 'leave'] })).toBe(
      join(elsewhere, 'two'),
    );
    const status = await must(root, ['parallel', 'status']);
    expect(health(status)).toEqual({ one: 'ok', two: 'ok' });
    await must(root, ['parallel', 'remove', 'one', '--strategy', 'abandon', '--yes']);
    await must(root, ['parallel', 'restore', 'one']);
    expect(health(await must(root, ['parallel', 'status']))).toEqual({ one: 'ok', two: 'ok' });
  });

  test('one session by hand: status says so, path finds it, cleanup mends it', async () => {
    const { root } = makeRepo();
    await must(root, ['parallel', 'create', 'one']);
    const to = join(root, '..', 'elsewhere');
    renameSync(`${root}-sessions/one`, to);
    expect(health(await must(root, ['parallel', 'status']))).toEqual({ one: 'moved' });
    expect((await must(root, ['parallel', 'path', 'one'])).at('data.path')).toBe(to);
    expect((await must(to, ['parallel', 'status'])).at('data.here.kind')).toBe('session');
    await must(root, ['parallel', 'cleanup', '--yes']);
    expect(health(await must(root, ['parallel', 'status']))).toEqual({ one: 'ok' });
    expect(gitIn(to, 'status', '--porcelain')).toBe('');
  });
});
