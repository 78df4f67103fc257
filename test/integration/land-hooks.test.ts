import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runPostMerge } from '../../src/integration/post-merge.ts';
import { FlightError } from '../../src/kernel/errors.ts';
import type { Project } from '../../src/sessions/project.ts';
import { land, record, refusedLanding, sessionToLand } from './landing-fixture.ts';
import { forgetStories, story, storyAt, type Story } from './support.ts';

afterEach(forgetStories);

let it: Story;
let project: Project;
beforeEach(async () => {
  it = story();
  project = await sessionToLand(it);
  it.commit({ 'z.txt': 'z\n' });
});

const noIntent = async (): Promise<void> => {
  expect((await record(it, project)).record.intent).toBeUndefined();
};
const isRefused = (code: string, input = {}, extra = {}): Promise<{ data: unknown }> =>
  refusedLanding(it, project, code, input, extra);

/** A zombie that nobody has waited for yet is dead. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const file = `/proc/${pid}/stat`;
  return !existsSync(file) || !/\) Z /u.test(readFileSync(file, 'utf8'));
}

const hook = (name: string, text: string): void => {
  it.write(`.git/hooks/${name}`, `#!/bin/sh\n${text}\n`);
  chmodSync(join(it.commonDir, 'hooks', name), 0o755);
};
const noScratch = (): void => {
  expect(existsSync(join(it.commonDir, 'flight-rules', 'scratch'))).toBe(false);
  expect(existsSync(join(it.commonDir, 'worktrees'))).toBe(false);
};

test('those of a merge see the merged files, and say what the message is', async () => {
  const log = join(it.root, '..', 'log');
  const seen = 'cat new/x.txt z.txt; echo "$GIT_DIR"; basename "$0"';
  hook('pre-merge-commit', `{ ${seen}; } > '${log}'`);
  hook('commit-msg', 'printf "\\nReviewed: yes\\n" >> "$1"');
  hook('pre-commit', 'exit 1');
  hook('post-merge', 'exit 1');
  const { oid, shape } = await land(it, project);
  expect(shape).toBe('merge');
  expect(storyAt(join(it.root, '..')).read('log')).toBe('x\nz\n\npre-merge-commit\n');
  expect(it.run('show', '-s', '--format=%B', oid).trim()).toBe(
    "Merge branch 'session/auth'\n\nReviewed: yes",
  );
  expect(it.tip('main')).toBe(oid);
  expect(it.run('status', '--porcelain')).toBe('');
  noScratch();
  await noIntent();
});
test('those of a squash may change what is committed', async () => {
  hook('pre-commit', 'echo formatted > new/x.txt; git add new/x.txt');
  const { oid } = await land(it, project, { shape: 'squash' });
  expect(it.run('show', `${oid}:new/x.txt`)).toBe('formatted');
  expect(it.run('show', '-s', '--format=%P', oid)).toBe(it.tip('main~1'));
  expect(it.read('new/x.txt')).toBe('formatted\n');
  noScratch();
});
test('a relative hooks folder means the main checkout', async () => {
  it.run('config', 'core.hooksPath', '.husky');
  it.write('.git/info/exclude', '.husky\n');
  it.write('.husky/commit-msg', '#!/bin/sh\n. "$(dirname "$0")/lib"\n');
  it.write('.husky/lib', 'echo > "$1"; echo seen >> "$1"\n');
  chmodSync(join(it.root, '.husky/commit-msg'), 0o755);
  const { oid } = await land(it, project);
  expect(it.run('show', '-s', '--format=%s', oid)).toBe('seen');
});
test.each([
  ['merge', 'pre-merge-commit'],
  ['squash', 'pre-commit'],
  ['rebase', 'pre-rebase'],
] as const)('of a %s: %s that fails refuses', async (shape, name) => {
  hook(name, 'echo no reason; exit 3');
  const { data } = await isRefused('hook-failed', { shape });
  expect(data).toMatchObject({ hook: name, exit: 3, output: 'no reason\n' });
  noScratch();
});
test('one that hangs is killed with what it started', async () => {
  const pids = join(it.root, '..', 'pids');
  hook('commit-msg', `sleep 600 & echo $! > '${pids}'; echo $$ >> '${pids}'; sleep 600`);
  const { data } = await isRefused('hook-failed', {}, { hookTimeoutMs: 700 });
  expect(data).toMatchObject({ hook: 'commit-msg', exit: null });
  const started = storyAt(join(it.root, '..')).read('pids').trim().split('\n');
  expect(started).toHaveLength(2);
  for (const pid of started) await expect.poll(() => lives(Number(pid))).toBe(false);
  noScratch();
});
test('one that leaves a daemon behind is not waited for', async () => {
  const pid = join(it.root, '..', 'pid');
  hook('commit-msg', `sleep 600 & echo $! > '${pid}'`);
  expect(await land(it, project)).toMatchObject({ shape: 'merge' });
  process.kill(Number(storyAt(join(it.root, '..')).read('pid')), 'SIGKILL');
});
test('what is not executable is none', async () => {
  hook('commit-msg', 'exit 1');
  chmodSync(join(it.commonDir, 'hooks', 'commit-msg'), 0o644);
  expect(await land(it, project)).toMatchObject({ shape: 'merge' });
});
test('post-merge runs in the checkout that moved, when all is done', async () => {
  hook('post-merge', 'git rev-parse HEAD > hooked; echo "$1" >> hooked');
  const landed = await land(it, project);
  expect(existsSync(join(it.root, 'hooked'))).toBe(false);
  expect(await runPostMerge(project, landed)).toBeNull();
  expect(it.read('hooked')).toBe(`${landed.oid}\n0\n`);
  hook('post-merge', 'echo no reason; exit 1');
  expect(await runPostMerge(project, landed)).toMatchObject({ code: 'post-merge-failed' });
  hook('post-merge', 'sleep 600');
  expect((await runPostMerge(project, landed, 300))?.message).toContain('did not end');
  noScratch();
});
test('post-merge without a first line for the system is run by the shell', async () => {
  const landed = await land(it, project);
  const file = join(it.commonDir, 'hooks', 'post-merge');
  writeFileSync(file, 'echo "$1" > hooked\n', { mode: 0o755 });
  expect(await runPostMerge(project, landed)).toBeNull();
  expect(it.read('hooked')).toBe('0\n');
});
test('what post-merge leaves behind is neither waited for nor ended', async () => {
  const landed = await land(it, project);
  hook('post-merge', '(while [ ! -e go ]; do sleep 0.05; done; echo went on; touch went) &');
  expect(await runPostMerge(project, landed)).toBeNull();
  expect(existsSync(join(it.root, 'went'))).toBe(false);
  it.write('go', '');
  await vi.waitFor(() => expect(existsSync(join(it.root, 'went'))).toBe(true), 20_000);
});
test('while post-merge runs nothing of ours lies in the repository or beside it', async () => {
  const landed = await land(it, project);
  hook(
    'post-merge',
    'echo begun > begun; sleep 0.2; ls -A "$(git rev-parse --git-common-dir)/flight-rules" > seen',
  );
  const room = realpathSync(mkdtempSync(join(tmpdir(), 'room-')));
  vi.stubEnv('TMPDIR', room);
  expect(await runPostMerge(project, landed)).toBeNull();
  vi.unstubAllEnvs();
  expect(it.read('seen')).not.toContain('scratch');
  expect(readdirSync(room)).toEqual([]);
});
test('signing that fails is told apart from a hook', async () => {
  hook('commit-msg', 'exit 0');
  it.run('config', 'commit.gpgSign', 'true');
  it.run('config', 'gpg.program', '/bin/false');
  expect(await isRefused('sign-failed')).toHaveProperty('data');
  noScratch();
});
test('verification sees the merged files, of every shape', async () => {
  const seen: string[] = [];
  const verify = (directory: string): Promise<void> => {
    seen.push(...readdirSync(directory).toSorted());
    return Promise.resolve();
  };
  await land(it, project, {}, { verify });
  expect(seen).toEqual(['.git', 'a.txt', 'b.txt', 'link', 'new', 'z.txt']);
  noScratch();
});
test('verification that fails refuses', async () => {
  const data = { command: 'npm test', exit: 1, output: '', timedOut: false };
  const verify = (): Promise<void> => Promise.reject(new FlightError('verify-failed', data));
  expect(await isRefused('verify-failed', {}, { verify })).toHaveProperty('data');
  noScratch();
});
test('a base that moves meanwhile is built upon again', async () => {
  let times = 0;
  const verify = (): Promise<void> => {
    times += 1;
    if (times === 1) it.commit({ 'w.txt': 'w\n' });
    return Promise.resolve();
  };
  const { oid } = await land(it, project, {}, { verify });
  expect(times).toBe(2);
  expect(it.run('ls-tree', '--name-only', oid)).toContain('w.txt');
  expect(it.run('status', '--porcelain')).toBe('');
});
test('a base that moves every time is given up', async () => {
  const verify = (): Promise<void> => {
    it.commit({});
    return Promise.resolve();
  };
  await expect(land(it, project, {}, { verify })).rejects.toMatchObject({ code: 'base-busy' });
  await noIntent();
  noScratch();
});
