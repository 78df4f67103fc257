// Uncommitted work and a base that both did anything: what is carried is whole, what is not is as
// it was, also where it is killed half-way. About a minute on one core.
// FLIGHT_RULES_SEED=<n> begins with another one.
import { chmodSync, existsSync, lstatSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { recoverSync } from '../../src/integration/sync/recover.ts';
import { isFlightError } from '../../src/kernel/errors.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { numbers } from '../crash/sweep/random.ts';
import { drive } from '../crash/sync-killed.ts';
import { leftovers, numbered, pair, seen, sync } from '../integration/sync/fixture.ts';
import { writeIn } from '../support/repo.ts';

const paths = [
  'a.txt',
  'b.txt',
  'dir/c.txt',
  'dir/d.txt',
  'dir',
  'mixed.txt',
  'new.txt',
  'ignored.x',
  'deep/er/f',
  'deep',
  'gone.txt',
  'sp ace é',
];

interface Place {
  readonly root: string;
  readonly git: (...args: readonly string[]) => string;
  readonly next: () => number;
}

/** Does something to some path; what makes no sense there is left out. */
function change({ root, git, next }: Place, only: 'files' | 'index too'): void {
  const path = paths[Math.floor(next() * paths.length)] ?? '';
  const file = join(root, path);
  const link = next() < 0.5 ? 'a.txt' : 'nowhere';
  const line = { [1 + Math.floor(next() * 19)]: `x${Math.floor(next() * 3)}` };
  const acts = [
    () => {
      for (let at = file; at !== root; at = dirname(at)) {
        const info = lstatSync(at, { throwIfNoEntry: false });
        const blocks = at === file ? info?.isFile() !== true : info?.isDirectory() !== true;
        if (blocks) rmSync(at, { recursive: true, force: true });
      }
      writeIn(root, path, numbered(line));
    },
    () => rmSync(file, { recursive: true, force: true }),
    () => existsSync(file) && chmodSync(file, link === 'a.txt' ? 0o755 : 0o644),
    () => {
      rmSync(file, { recursive: true, force: true });
      symlinkSync(link, file);
    },
    () => git('add', '--', path),
    () => git('rm', '-rq', '--cached', '--', path),
    () => git('add', '-N', '--', path),
    () => git('mv', '-k', path, `moved-${line[1] ?? link}`),
  ];
  const act = acts[Math.floor(next() * (only === 'files' ? 4 : acts.length))];
  try {
    act?.();
  } catch {
    // there is no such path, or a file in the place of its folder
  }
}

const first = Number(process.env['FLIGHT_RULES_SEED'] ?? 1);

test.each(Array.from({ length: 60 }, (_, nth) => first + nth))(
  'seed %d',
  async (seed) => {
    const it = pair();
    const { repo, session } = it;
    const next = numbers(seed);
    const here = { root: session.worktree, git: session.git, next };
    for (let left = 3; left > 0; left -= 1) change(here, 'files');
    session.git('add', '-A');
    session.git('commit', '-q', '--allow-empty', '-m', 'own');
    for (let left = 4; left > 0; left -= 1) change(here, 'index too');
    const base = { root: repo.root, git: repo.git, next };
    for (let left = 3; left > 0; left -= 1) change(base, 'files');
    repo.git('add', '-A', ...(next() < 0.5 ? ['--force'] : []));
    repo.git('commit', '-q', '--allow-empty', '-m', 'base');
    const before = seen(it);
    const point = ['sync.files:after', 'sync.room:after', 'sync.index:before'][seed % 3] ?? '';
    const killed = await drive(it, 'carry', { FLIGHT_RULES_FAULT: point });
    if (killed === 'SIGKILL') {
      await recoverSync(repo.port, await repo.project(), sessionKey(parseSessionName('auth')));
    }
    // refused, in conflict, or taken back: nothing has passed the point
    expect(seen(it)).toEqual(before);
    const shape = next() < 0.5 ? 'merge' : 'rebase';
    const kind = await sync(it, { carry: true, shape }).then(
      (result) => result.kind,
      (error: unknown) => (isFlightError(error) ? error.code : String(error)),
    );
    const known = ['synced', 'current', 'conflicts', 'files-in-the-way', 'carry-impossible'];
    expect(known).toContain(kind);
    const now = seen(it);
    expect(kind === 'synced' ? now.head : now).toEqual(kind === 'synced' ? before.head : before);
    expect(leftovers(it).filter((one) => one !== 'trash')).toEqual([]);
    expect(repo.git('fsck', '--no-dangling')).toBe('');
  },
  60_000,
);
