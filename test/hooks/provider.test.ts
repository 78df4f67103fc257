// Claude Code asks us for worktrees, and for taking them away again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Ended } from '../support/cli.ts';
import { fingerprint } from '../support/operate.ts';
import { must } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';
import { fakeAgent, signals, type FakeAgent } from './agent.ts';

function create(claude: FakeAgent, cwd: string, name: string): Promise<Ended> {
  const input = JSON.stringify({ session_id: 's', cwd, hook_event_name: 'WorktreeCreate', name });
  // the pipe stays open: it is whole before its end
  return claude.run('flight-rules hook claude worktree-create', { cwd, input, open: true });
}

function remove(claude: FakeAgent, cwd: string, worktree: string): Promise<Ended> {
  const input = JSON.stringify({ session_id: 's', cwd, worktree_path: worktree });
  return claude.run('flight-rules hook claude worktree-remove', { input, open: true });
}

describe('worktree-create', () => {
  test('makes a session, or answers the one that is there; / becomes -', async () => {
    const { root } = makeRepo();
    writeIn(root, 'README.md', 'not committed\n');
    const claude = await fakeAgent('claude');
    const made = await create(claude, root, 'team/feat.x');
    const worktree = join(`${root}-sessions`, 'team-feat.x');
    expect(made).toMatchObject({ exit: 0, stdout: `${worktree}\n` });
    expect(gitIn(worktree, 'status', '--porcelain')).toBe('');
    const status = await must(root, ['parallel', 'status', 'team-feat.x']);
    expect(status.at('data.sessions.0')).toMatchObject({
      agent: 'claude',
      goals: [],
      activity: { is: 'working', source: 'hook', agent: 'claude', pid: claude.pid },
    });
    // from inside of it, and by a name that is written differently
    const again = await create(claude, worktree, 'team/feat.x');
    expect(again).toMatchObject({ exit: 0, stdout: `${worktree}\n` });
    expect(again.stderr).toContain("Claude's name team/feat.x is team-feat.x here");
    const other = await create(claude, join(worktree), 'x2');
    expect(other).toMatchObject({ exit: 0, stdout: `${join(`${root}-sessions`, 'x2')}\n` });
    expect(gitIn(root, 'status', '--porcelain')).toBe(' M README.md');
  });

  test('a refusal ends it, with what helps on stderr and nothing on stdout', async () => {
    const repo = makeRepo();
    const { root } = repo;
    await must(root, ['parallel', 'create', 'kept']);
    await must(root, ['parallel', 'remove', 'kept', '--strategy', 'keep']);
    const claude = await fakeAgent('claude');
    const before = fingerprint(root);
    const kept = await create(claude, root, 'kept');
    expect(kept).toMatchObject({ exit: 4, stdout: '' });
    expect(kept.stderr).toContain(`-C ${root} parallel restore kept`);
    expect(await create(claude, root, '.hidden')).toMatchObject({ exit: 2, stdout: '' });
    expect(await create(claude, '/', 'x')).toMatchObject({ exit: 3, stdout: '' });
    expect(kept.stderr).not.toContain('--json');
    const nothing = await claude.run('flight-rules hook claude worktree-create </dev/null');
    expect(nothing).toMatchObject({ exit: 2, stdout: '' });
    gitIn(root, 'checkout', '-q', '--detach');
    const asked = await create(claude, root, 'x');
    expect(asked).toMatchObject({ exit: 6, stdout: '' });
    expect(asked.stderr).toContain('--base main');
    gitIn(root, 'checkout', '-q', 'main');
    expect(fingerprint(root).filter((line) => !line.includes('.git/logs'))).toEqual(
      before.filter((line) => !line.includes('.git/logs')),
    );
    const broken = join(temporaryFolder(), 'two\nlines');
    mkdirSync(broken);
    gitIn(broken, 'init', '-q', '-b', 'main');
    commitIn(broken, 'a.txt', '');
    const lines = await create(claude, broken, 'x');
    expect(lines).toMatchObject({ exit: 2, stdout: '' });
    expect(gitIn(broken, 'for-each-ref', 'refs/heads/session')).toBe('');
  });
});

describe('worktree-remove', () => {
  test('what holds nothing goes to the trash, also with Claude and its programs inside', async () => {
    const { root } = makeRepo();
    const claude = await fakeAgent('claude');
    const worktree = (await create(claude, root, 'x')).stdout.trim();
    writeIn(root, '.git/info/exclude', 'cache\n');
    writeIn(worktree, 'cache/a', 'ignored\n');
    expect(signals(join(root, '.git/worktrees/x'))).toHaveLength(1);
    const inside = await fakeAgent('claude', worktree);
    const input = JSON.stringify({ cwd: worktree, worktree_path: worktree });
    // another agent than the one that made it: that one has to be gone
    expect(await remove(inside, worktree, worktree)).toMatchObject({ exit: 4, stdout: '' });
    await claude.kill();
    const line = `sleep 600 & flight-rules hook claude worktree-remove; kill $!`;
    expect(await inside.run(`${line} 2>/dev/null`, { input, open: true })).toMatchObject({
      stdout: '',
    });
    expect(existsSync(worktree)).toBe(false);
    await must(root, ['parallel', 'restore', 'x']);
    expect(existsSync(join(worktree, 'cache/a'))).toBe(true);
    await inside.kill();
  });

  test('what has landed goes, what holds work stays, with the command that ends it', async () => {
    const { root } = makeRepo();
    const claude = await fakeAgent('claude');
    const worktree = (await create(claude, root, 'x')).stdout.trim();
    writeIn(worktree, 'new.txt', 'work\n');
    const dirty = fingerprint(root);
    const uncommitted = await remove(claude, root, worktree);
    expect(uncommitted).toMatchObject({ exit: 4, stdout: '' });
    expect(uncommitted.stderr).toContain('new.txt');
    expect(uncommitted.stderr).toContain(`-C ${root} parallel remove x`);
    expect(fingerprint(root)).toEqual(dirty);
    commitIn(worktree, 'new.txt', 'work\n');
    const committed = fingerprint(root);
    const open = await remove(claude, root, worktree);
    expect(open).toMatchObject({ exit: 4, stdout: '' });
    expect(open.stderr).toContain(`-C ${root} parallel remove x`);
    expect(fingerprint(root)).toEqual(committed);
    gitIn(root, 'merge', '-q', '--ff-only', 'session/x');
    const landed = await remove(claude, root, worktree);
    expect(landed).toMatchObject({ exit: 0, stdout: '' });
    expect(landed.stderr).toContain("parallel restore 'x~1'");
    expect(gitIn(root, 'for-each-ref', 'refs/heads/session/x')).toBe('');
  });

  test('where somebody works it stays; what is no session is never touched', async () => {
    const repo = makeRepo();
    const { root } = repo;
    const claude = await fakeAgent('claude');
    const worktree = (await create(claude, root, 'x')).stdout.trim();
    const child = spawn('sleep', ['600'], { cwd: worktree, stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    const stray = join(root, '.claude/worktrees/fix');
    gitIn(root, 'worktree', 'add', '-q', '-b', 'fix', stray);
    mkdirSync(join(worktree, 'sub'));
    const plain = temporaryFolder();
    const before = fingerprint(root);
    for (const path of [
      worktree,
      stray,
      root,
      join(worktree, 'sub'),
      plain,
      join(plain, 'no'),
      '/',
    ]) {
      const refused = await remove(claude, root, path);
      expect(refused).toMatchObject({ exit: 4, stdout: '' });
    }
    const elsewhere = await remove(claude, plain, worktree);
    expect(elsewhere).toMatchObject({ exit: 3, stdout: '' });
    expect(fingerprint(root)).toEqual(before);
    expect(existsSync(plain)).toBe(true);
  });
});
