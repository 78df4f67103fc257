// git killed inside a step of ours, alone or we with it; Ctrl-C; and a moment nobody chose.
// One of each kind; all of them: test/long.
import { expect, test } from 'vitest';
import { deadlyFilter, killGitAt, killInCheckout } from '../crash/sweep/git-killed.ts';
import { cutOffAt } from '../crash/sweep/half-written.ts';
import { interruptAt } from '../crash/sweep/interrupted.ts';
import { killAfter, numbers } from '../crash/sweep/random.ts';
import { create, leave, restore } from '../crash/sweep/scenarios.ts';
import { named, worldOfFile } from '../crash/sweep/suite.ts';
import { learn } from '../crash/sweep/sweep.ts';

const { world } = worldOfFile();
const limit = 300_000;

test(
  'git killed while it moves the refs of a removal; Ctrl-C in one; a moment nobody chose',
  async () => {
    const ready = await learn(world, named(leave, 'abandon'));
    const next = numbers(20_261_122);
    const found = [
      ...(await killGitAt(world, ready, { nth: 2, at: 1, us: true })),
      ...(await killGitAt(world, ready, { nth: 3, at: 1, us: false })),
      ...(await interruptAt(world, ready, {
        point: 'remove.move-worktree:after',
        signal: 'SIGINT',
        to: 'group',
      })),
      ...(await killAfter(world, ready, 200 + 400 * next(), 'again')),
    ];
    expect(found).toEqual([]);
  },
  limit,
);

test(
  'git killed while it moves the refs of a restore',
  async () => {
    const ready = await learn(world, named(restore, 'restore, of an abandoned one'));
    expect(await killGitAt(world, ready, { nth: 2, at: 1, us: true })).toEqual([]);
  },
  limit,
);

test(
  'git killed while it writes files; kill while they are written down',
  async () => {
    const plain = named(create, 'create');
    const ready = await learn(world, {
      ...plain,
      prepare: () => deadlyFilter(world, 'b.txt', 'refs/heads/session/new.lock'),
    });
    const found = [
      ...(await killInCheckout(world, ready, 'git')),
      ...(await interruptAt(world, ready, {
        point: 'create.refs:after',
        signal: 'SIGTERM',
        to: 'process',
      })),
    ];
    expect(found).toEqual([]);
  },
  limit,
);

test(
  'git killed while it registers a worktree, so that it can list none any more',
  async () => {
    const ready = await learn(world, named(create, 'create'));
    expect(await cutOffAt(world, ready, 'commondir')).toEqual([]);
  },
  limit,
);
