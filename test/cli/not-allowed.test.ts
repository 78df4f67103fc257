// Where we may not write, or nothing more fits: a clear answer, nothing left behind, and it works
// as soon as it can. File systems of their own need the right to mount them; where that is missing
// the modes of folders are tried alone.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { ask, must, worksFrom } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

const mountable = ((): boolean => {
  const probe = (...args: string[]): void =>
    void execFileSync(args[0] ?? '', args.slice(1), { stdio: 'ignore' });
  try {
    probe('mount', '-t', 'tmpfs', 'tmpfs', '/mnt');
    probe('umount', '/mnt');
    return true;
  } catch {
    return false;
  }
})();

function mount(folder: string, ...how: string[]): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', [...how, folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
}

function remount(folder: string, how: string): void {
  execFileSync('mount', ['-o', `remount,${how}`, folder]);
}

function configure(root: string, sessionsDir: string): void {
  writeIn(root, '.flight-rules/config.json', JSON.stringify({ parallel: { sessionsDir } }));
  gitIn(root, 'add', '-A');
  gitIn(root, 'commit', '-q', '-m', 'configure');
}

describe.runIf(mountable)('a file system of its own', () => {
  test('full below sessionsDir: nothing is left but a trash entry; freed, the next create works', async () => {
    const { root } = makeRepo();
    commitIn(root, 'big.bin', 'x'.repeat(3_000_000));
    const disk = join(temporaryFolder(), 'disk');
    mount(disk, '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs');
    configure(root, join(disk, 'sessions'));
    writeFileSync(join(disk, 'filler'), Buffer.alloc(2_500_000));
    const before = gitIn(root, 'for-each-ref', 'refs/heads', 'refs/flight-rules/sessions');
    const reply = await ask(root, ['parallel', 'create', 'one']);
    expect(reply.exit).toBe(1);
    expect(reply.at('error.code')).toBe('disk-failed');
    expect(reply.text('error.message')).toMatch(/big\.bin.* MB are free/u);
    expect(gitIn(root, 'for-each-ref', 'refs/heads', 'refs/flight-rules/sessions')).toBe(before);
    expect(gitIn(root, 'worktree', 'list', '--porcelain')).not.toContain('sessions/one');
    rmSync(join(disk, 'filler'));
    const kept = await must(root, ['parallel', 'restore', '--list']);
    for (const entry of kept.at('data.entries') as { id: string }[]) expect(entry.id).toBe('one~1');
    rmSync(join(disk, 'sessions', '.trash'), { recursive: true, force: true });
    await worksFrom(root, 'one');
  });

  test('full to the last byte: the repository and its sessions beside it', async () => {
    const disk = join(temporaryFolder(), 'disk');
    mount(disk, '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs');
    const root = join(disk, 'project');
    mkdirSync(root);
    gitIn(root, 'init', '-q', '-b', 'main');
    commitIn(root, 'big.bin', 'x'.repeat(500_000));
    // as much as fits
    const filler = join(disk, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(6_000_000))).toThrow(/ENOSPC/u);
    const reply = await ask(root, ['parallel', 'create', 'one']);
    expect(reply.exit).toBe(1);
    expect(reply.stdout).toMatch(/No space left|ENOSPC/u);
    await must(root, ['parallel', 'status']);
    rmSync(filler);
    expect(gitIn(root, 'for-each-ref', 'refs/heads/session')).toBe('');
    await worksFrom(root, 'one');
    expect(existsSync(join(root, '.git', 'packed-refs.lock'))).toBe(false);
  });

  test('mounted read-only: exit 4 at once, naming every folder and the command', async () => {
    const { root } = makeRepo();
    await must(root, ['parallel', 'create', 'one']);
    const sessions = `${root}-sessions`;
    mount(root, '--bind', root);
    mount(sessions, '--bind', sessions);
    remount(root, 'bind,ro');
    remount(sessions, 'bind,ro');
    const before = fingerprint(root, sessions);
    for (const args of [
      ['create', 'two'],
      ['remove', 'one', '--strategy', 'abandon', '--yes'],
      ['restore', 'one'],
      ['adopt', `${sessions}/one`],
    ]) {
      const reply = await ask(root, ['parallel', ...args]);
      expect(reply.exit).toBe(4);
    }
    const refused = await ask(root, ['parallel', 'create', 'two', '--goal', 'a b']);
    expect(refused.at('error')).toMatchObject({
      code: 'not-writable',
      data: { folders: [join(root, '.git'), sessions] },
    });
    expect(refused.at('error.hints.0.argv')).toEqual(
      expect.arrayContaining(['parallel', 'create', 'two', '--goal', 'a b']),
    );
    const status = await must(root, ['parallel', 'status']);
    expect(status.at('data.sessions.0.health')).toBe('ok');
    expect((await must(root, ['parallel', 'path', 'one'])).at('data.path')).toBe(
      join(sessions, 'one'),
    );
    // nothing to do is no failure where we may not write
    await must(root, ['parallel', 'cleanup', '--yes']);
    expect(fingerprint(root, sessions)).toEqual(before);
  });

  test('mounted read-only: a start gives the context, and what would write says so at once', async () => {
    const { root } = makeRepo();
    const made = await must(root, ['dev-session', 'start', '--goal', 'One', '--parallel', 'one']);
    const bare = await must(root, ['parallel', 'create', 'bare', '--dirty', 'leave']);
    const sessions = `${root}-sessions`;
    mount(root, '--bind', root);
    mount(sessions, '--bind', sessions);
    remount(root, 'bind,ro');
    remount(sessions, 'bind,ro');
    const start = ['dev-session', 'start'];
    expect((await ask(root, start)).at('decision.id')).toBe('goals');
    const resumed = await must(made.text('data.session.worktree'), start);
    expect(resumed.at('data.log')).toBe(made.at('data.log'));
    for (const mode of [[], ['--standard'], ['--parallel']]) {
      const refused = await ask(root, [...start, '--goal', 'a b', ...mode]);
      expect([refused.exit, refused.at('error.code')]).toEqual([4, 'not-writable']);
      expect(refused.at('error.hints.0.argv')).toEqual(
        expect.arrayContaining([...start, '--goal', 'a b', ...mode]),
      );
    }
    // one that has no log yet
    const without = await ask(bare.text('data.session.worktree'), start);
    expect([without.exit, without.at('error.code')]).toEqual([4, 'not-writable']);
  });
});

describe('a folder without the right to write', () => {
  test('is named; afterwards it works', async () => {
    const { root } = makeRepo();
    const place = temporaryFolder();
    configure(root, join(place, 'deep', 'sessions'));
    chmodSync(place, 0o555);
    try {
      const reply = await ask(root, ['parallel', 'create', 'one']);
      // to the superuser nothing is forbidden
      expect(reply.exit).toBe(process.getuid?.() === 0 ? 0 : 4);
    } finally {
      chmodSync(place, 0o755);
    }
    await must(root, ['parallel', 'create', 'one']);
  });

  test('sessionsDir that is a file, or a link that leads nowhere', async () => {
    for (const make of [
      (path: string) => writeFileSync(path, 'mine\n'),
      (path: string) => execFileSync('ln', ['-s', '/no/such/place', path]),
    ]) {
      const { root } = makeRepo();
      make(`${root}-sessions`);
      await must(root, ['parallel', 'status']);
      const reply = await ask(root, ['parallel', 'create', 'one']);
      expect(reply.exit).toBe(1);
      expect(reply.at('error.code')).toBe('disk-failed');
      expect(gitIn(root, 'for-each-ref', 'refs/heads/session', 'refs/flight-rules')).toBe('');
    }
  });
});
