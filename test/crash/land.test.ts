// Kill us, or git under us, anywhere on the way of a landing: the next command rolls it back or
// finds it done, no lock file of git's stays, and landing again works.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recoverLanding } from '../../src/integration/recover.ts';
import { rollBack } from '../../src/integration/rollback.ts';
import type { Project } from '../../src/sessions/project.ts';
import { key, land, record, recordSession } from '../integration/landing-fixture.ts';
import { forgetStories, numbered, story, type Story } from '../integration/support.ts';
import { bundleForTest } from '../support/bundle.ts';

afterEach(forgetStories);

let driver: string;
beforeAll(async () => {
  driver = await bundleForTest(fileURLToPath(new URL('land-driver.ts', import.meta.url)));
});

let it: Story;
let project: Project;

/** A base with edits of the user's, one of which is what the session brings. */
beforeEach(async () => {
  it = story();
  it.commit({ 'gone.txt': 'gone\n', type: 'file\n', '.gitignore': 'slow\nslow.*\n' });
  it.on('session/auth');
  rmSync(join(it.root, 'type'));
  symlinkSync('b.txt', join(it.root, 'link'));
  it.commit({
    'a.txt': numbered({ 3: 'three' }),
    'carried.txt': 'carried\n',
    'deep/er/x.txt': 'x\n',
    'gone.txt': null,
    'm.slow': 'slow\n',
    'type/now': 'folder\n',
    'z.txt': 'z\n',
  });
  it.on('main');
  it.write('b.txt', 'mine\n');
  it.write('carried.txt', 'carried\n');
  project = await recordSession(it);
});

function drive(env: Readonly<Record<string, string>> = {}): {
  readonly kill: () => void;
  readonly ended: Promise<NodeJS.Signals | number | null>;
} {
  const child = spawn(process.execPath, [driver, it.root], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on('exit', (code, signal) => {
      resolve(signal ?? code);
    });
  });
  return { kill: () => child.kill('SIGKILL'), ended };
}

async function landsAgain(): Promise<void> {
  const { oid } = await land(it, project);
  expect(it.tip('main')).toBe(oid);
  expect(it.run('status', '--porcelain')).toBe(' M b.txt');
  expect([it.read('b.txt'), it.read('carried.txt')]).toEqual(['mine\n', 'carried\n']);
  expect((await record(it, project)).record.intent).toBeUndefined();
  expect(readdirSync(join(it.commonDir, 'flight-rules'))).toEqual(['home']);
}

const points = ['intent', 'index', 'move', 'look'].flatMap((step) => [
  `land.${step}:before`,
  `land.${step}:after`,
]);

test.each(points)('killed at %s', async (point) => {
  const before = it.fingerprint();
  const old = it.tip('main');
  expect(await drive({ FLIGHT_RULES_FAULT: point }).ended).toBe('SIGKILL');
  const recovered = await recoverLanding(it.git, project, key);
  const moved = it.tip('main') !== old;
  expect(moved ? ['landed'] : ['nothing', 'rolled-back']).toContain(recovered.kind);
  expect(moved ? before : it.fingerprint()).toEqual(before);
  expect(await recoverLanding(it.git, project, key)).toEqual({ kind: 'nothing' });
  await landsAgain();
});

test.each(['land.scratch:before', 'land.scratch:after', 'land.intent:after#2'])(
  'with a hook, killed at %s',
  async (point) => {
    it.write('.git/hooks/commit-msg', '#!/bin/sh\n');
    chmodSync(join(it.commonDir, 'hooks/commit-msg'), 0o755);
    it.run('commit', '-q', '--allow-empty', '-m', 'more');
    const before = it.fingerprint();
    expect(await drive({ FLIGHT_RULES_FAULT: point }).ended).toBe('SIGKILL');
    expect((await recoverLanding(it.git, project, key)).kind).toBe('rolled-back');
    expect(it.fingerprint()).toEqual(before);
    expect(it.run('worktree', 'list', '--porcelain').match(/^worktree /gmu)).toHaveLength(1);
    await landsAgain();
  },
);

describe('git killed while it writes the files', () => {
  const mark = (): string => join(it.root, 'slow');

  beforeEach(() => {
    // smudging m.slow takes for ever, while the mark is there
    const filter = join(it.root, '..', 'filter.sh');
    it.write(
      '../filter.sh',
      `#!/bin/sh\nif [ -e '${mark()}' ]; then echo "$PPID $$" > '${mark()}.pid'; exec sleep 600; fi\ncat\n`,
    );
    chmodSync(filter, 0o755);
    it.run('config', 'filter.slow.smudge', filter);
    it.write('.git/info/attributes', '*.slow filter=slow\n');
    it.write('slow', '');
  });

  async function killGit(): Promise<void> {
    const file = `${mark()}.pid`;
    const pids = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    await expect.poll(pids, { timeout: 20_000 }).toMatch(/^\d+ \d+\n$/u);
    // git first, then the filter, which holds git's output open
    for (const pid of pids().trim().split(' ')) process.kill(Number(pid), 'SIGKILL');
    rmSync(file);
    rmSync(mark());
  }
  const halfDone = (): boolean =>
    existsSync(join(it.commonDir, 'index.lock')) && it.read('a.txt').includes('three');

  test('we notice, and take it back', async () => {
    const killed = killGit().then(halfDone);
    rmSync(mark());
    const before = it.fingerprint();
    it.write('slow', '');
    await expect(land(it, project)).rejects.toMatchObject({ code: 'git-failed' });
    expect(await killed).toBe(true);
    expect(it.fingerprint()).toEqual(before);
    await landsAgain();
  });

  test('we are killed with it: recovery takes it back, the user’s own changes stay', async () => {
    rmSync(mark());
    const before = it.fingerprint();
    it.write('slow', '');
    const driven = drive();
    const file = `${mark()}.pid`;
    await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true);
    driven.kill();
    await driven.ended;
    await killGit();
    expect(halfDone()).toBe(true);
    expect((await recoverLanding(it.git, project, key)).kind).toBe('rolled-back');
    expect(it.fingerprint()).toEqual(before);
    await landsAgain();
  });
});

describe('rolling back by hand', () => {
  const back = (): Promise<void> =>
    rollBack(it.git, {
      worktree: it.root,
      privateDir: it.commonDir,
      from: it.tip('main'),
      to: it.tip('session/auth'),
      identical: ['carried.txt'],
    });

  test('index written and every file, ref not moved', async () => {
    const before = it.fingerprint();
    it.run('add', 'carried.txt');
    it.run('read-tree', '-m', '-u', 'main', 'session/auth');
    await back();
    expect(it.fingerprint()).toEqual(before);
    await back();
    expect(it.fingerprint()).toEqual(before);
  });
  test('a file that was begun', async () => {
    const before = it.fingerprint();
    it.write('a.txt', numbered({ 3: 'three' }));
    truncateSync(join(it.root, 'a.txt'), 30);
    it.write('z.txt', '');
    rmSync(join(it.root, 'gone.txt'));
    await back();
    expect(it.fingerprint()).toEqual(before);
  });
  test('what the user wrote since stays', async () => {
    it.write('a.txt', 'mine since\n');
    it.write('z.txt', 'also mine\n');
    await back();
    expect([it.read('a.txt'), it.read('z.txt')]).toEqual(['mine since\n', 'also mine\n']);
  });
  test('what the sparse checkout leaves out is not written', async () => {
    it.run('stash', '-q');
    rmSync(join(it.root, 'carried.txt'));
    it.run('sparse-checkout', 'set', 'dir');
    it.run('sparse-checkout', 'set', '--no-cone', '/dir/', '/b.txt');
    const before = it.fingerprint();
    it.run('read-tree', '-m', '-u', 'main', 'session/auth');
    await back();
    expect(it.fingerprint()).toEqual(before);
  });
});
