// sync where nothing more fits, or may be written: nothing is lost, and it works as soon as it can.
// File systems of their own need the right to mount them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sync } from '../../src/operations/sync.ts';
import { operate, type Answered } from '../support/operate.ts';
import { makeRepo, type TestRepo, type TestSession } from '../support/repo.ts';

const mountable = ((): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    execFileSync('umount', ['/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A repository whose sessions are on a small disk of their own; the base has a large new file. */
function onSmallDisk(): { repo: TestRepo; session: TestSession; disk: string } {
  const repo = makeRepo();
  repo.commit('a.txt', 'one\ntwo\nthree\n');
  const disk = `${repo.root}-sessions`;
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
  onTestFinished(() => void execFileSync('umount', ['-l', disk]));
  const session = repo.addSession('auth');
  session.commit('a.txt', 'one\nsession\nthree\n');
  return { repo, session, disk };
}

function run(repo: TestRepo, more: Readonly<Record<string, unknown>> = {}): Promise<Answered> {
  return operate(sync, { names: ['auth'], ...more }, { directory: repo.root });
}

describe.runIf(mountable)('a file system of its own', () => {
  test('full: the session is what it was, and what conflicts can be left as soon as it fits', async () => {
    const { repo, session, disk } = onSmallDisk();
    repo.commit('big.bin', 'x'.repeat(2_500_000));
    const filler = join(disk, 'filler');
    writeFileSync(filler, Buffer.alloc(2_500_000));
    const from = session.git('rev-parse', 'HEAD');
    const same = (): void => {
      expect(session.git('rev-parse', 'HEAD')).toBe(from);
      expect(session.git('status', '--porcelain')).toBe('');
      expect(session.git('symbolic-ref', 'HEAD')).toBe('refs/heads/session/auth');
    };
    expect((await run(repo)).exit).toBe(1);
    same();
    repo.commit('a.txt', 'one\nmain\nthree\n');
    expect((await run(repo, { leaveConflicts: true })).exit).toBe(1);
    same();
    rmSync(filler);
    expect(await run(repo, { leaveConflicts: true })).toMatchObject({ code: 'conflicts-left' });
    session.write('a.txt', 'half resolved\n');
    expect(await run(repo, { abort: true })).toMatchObject({ exit: 0 });
    same();
  });

  test('read-only: refused, naming the folder; writable again it goes on', async () => {
    const { repo, session, disk } = onSmallDisk();
    repo.commit('a.txt', 'one\nmain\nthree\n');
    expect(await run(repo, { leaveConflicts: true })).toMatchObject({ code: 'conflicts-left' });
    session.write('a.txt', 'resolved\n');
    session.git('add', 'a.txt');
    const remount = (how: string): void => {
      execFileSync('mount', ['-o', `remount,${how}`, disk]);
    };
    remount('ro');
    for (const more of [{ continue: true }, { abort: true }]) {
      const answered = await run(repo, more);
      expect(answered).toMatchObject({ exit: 4, code: 'not-writable' });
    }
    remount('rw');
    expect(await run(repo, { continue: true })).toMatchObject({ exit: 0 });
    expect(readFileSync(join(session.worktree, 'a.txt'), 'utf8')).toBe('resolved\n');
    repo.commit('b.txt', 'b\n');
    remount('ro');
    const refused = await run(repo);
    expect(refused).toMatchObject({ exit: 4, code: 'not-writable' });
    expect(refused.errorData['folders']).toContain(session.worktree);
  });
});
