// An agent's sandbox often lets it write in its worktree alone: the git directory that all share is
// outside. Reading works there; what would change something says so at once, with the one command.
import { execFileSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fingerprint } from '../support/operate.ts';
import { ask, must } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, writeIn } from '../support/repo.ts';
import { fakeAgent, signalFiles, silent } from './agent.ts';

const mountable = ((): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    execFileSync('umount', ['/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Mounts `folder` over itself, so that it can be told apart from what is around it. */
function bind(folder: string, how: 'ro' | 'rw'): void {
  execFileSync('mount', ['--bind', folder, folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  execFileSync('mount', ['-o', `remount,bind,${how}`, folder]);
}

describe.runIf(mountable)('a sandbox in which only the worktree may be written', () => {
  test('status and path work; each change is refused at once, with the command to run elsewhere', async () => {
    const repo = makeRepo();
    const { root } = repo;
    const sessions = `${root}-sessions`;
    await must(root, ['parallel', 'create', 'auth']);
    await must(root, ['parallel', 'create', 'orphan']);
    await must(root, ['parallel', 'create', 'kept']);
    await must(root, ['parallel', 'remove', 'kept', '--strategy', 'keep']);
    const auth = `${sessions}/auth`;
    commitIn(auth, 'a.txt', 'a\n');
    const stray = `${sessions}/stray`;
    gitIn(root, 'worktree', 'add', '-q', '-b', 'stray', stray);
    execFileSync('rm', ['-r', `${sessions}/orphan`]);
    const agent = await fakeAgent('codex');
    bind(auth, 'rw');
    bind(root, 'ro');
    // what is mounted below stays as it is
    bind(sessions, 'ro');
    bind(auth, 'rw');
    writeIn(auth, 'work.txt', 'may be written\n');
    execFileSync('rm', [`${auth}/work.txt`]);
    const before = fingerprint(root);

    const status = await must(auth, ['parallel', 'status']);
    expect(status.at('data.here')).toEqual({ kind: 'session', name: 'auth' });
    const found = await must(auth, ['parallel', 'path', 'auth']);
    expect(found.at('data.path')).toBe(auth);
    await must(auth, ['parallel', 'cleanup', '--dry-run']);
    await must(auth, ['parallel', 'restore', '--list']);

    const changes = [
      ['parallel', 'create', 'new', '--goal', 'a b'],
      ['parallel', 'remove', 'auth', '--strategy', 'keep'],
      ['parallel', 'remove', 'auth', '--strategy', 'merge'],
      ['parallel', 'remove', 'auth', '--strategy', 'abandon', '--yes'],
      ['parallel', 'cleanup', 'orphan', '--yes'],
      ['parallel', 'restore', 'kept'],
      ['parallel', 'adopt', stray],
      ['dev-session', 'start', '--goal', 'a', '--parallel', 'new', '--dirty', 'leave'],
    ];
    for (const args of changes) {
      const refused = await ask(auth, args);
      expect([args, refused.exit, refused.at('error.code')]).toEqual([args, 4, 'not-writable']);
      expect(refused.at('error.data.folders')).toEqual([`${root}/.git`, sessions]);
      expect(refused.at('error.hints')).toHaveLength(1);
      const argv = refused.at('error.hints.0.argv') as string[];
      expect(argv).toEqual(expect.arrayContaining(['-C', root, ...args, '--json']));
    }
    // an agent notices nothing of hooks that cannot write
    expect(await agent.hook('working', auth)).toEqual(silent);
    expect(signalFiles(`${root}/.git/worktrees/auth`)).toEqual([]);
    const input = JSON.stringify({ cwd: auth, name: 'other' });
    const created = await agent.run('flight-rules hook claude worktree-create', { input });
    expect(created).toMatchObject({ exit: 4, stdout: '' });
    expect(created.stderr).toContain(`-C ${root} parallel create other`);
    expect(fingerprint(root)).toEqual(before);
  });
});
