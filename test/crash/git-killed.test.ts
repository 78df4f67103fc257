// git killed inside a step of ours, alone or we with it; Ctrl-C; and a moment nobody chose.
import { expect, test } from 'vitest';
import { deadlyFilter, killGitAt, killInCheckout } from './sweep/git-killed.ts';
import { interruptAt } from './sweep/interrupted.ts';
import { duration, killAfter, numbers } from './sweep/random.ts';
import { create, land, leave, restore } from './sweep/scenarios.ts';
import { named, worldOfFile } from './sweep/suite.ts';
import { learn, type Ready } from './sweep/sweep.ts';

const { world } = worldOfFile();
const limit = 300_000;

test(
  'git killed while it moves the refs of a removal',
  async () => {
    const ready = await learn(world, named(leave, 'abandon'));
    const found = [
      ...(await killGitAt(world, ready, { nth: 1, at: 0, us: true })),
      ...(await killGitAt(world, ready, { nth: 2, at: 0, us: false })),
      ...(await killGitAt(world, ready, { nth: 2, at: 1, us: true })),
      ...(await killGitAt(world, ready, { nth: 3, at: 1, us: false })),
      ...(await killGitAt(world, ready, { nth: 3, at: 1, us: true })),
      ...(await killGitAt(world, ready, { nth: 3, at: 'end', us: false })),
    ];
    expect(found).toEqual([]);
  },
  limit,
);

test(
  'git killed while it moves the refs of a create or a restore',
  async () => {
    const creating = await learn(world, named(create, 'create'));
    const found = [
      ...(await killGitAt(world, creating, { nth: 2, at: 1, us: true })),
      ...(await killGitAt(world, creating, { nth: 2, at: 0, us: false })),
    ];
    const returning = await learn(world, named(restore, 'restore, of an abandoned one'));
    found.push(...(await killGitAt(world, returning, { nth: 2, at: 1, us: true })));
    expect(found).toEqual([]);
  },
  limit,
);

test(
  'git killed while it writes files',
  async () => {
    const plain = named(create, 'create');
    const deadly = { ...plain, prepare: () => deadlyFilter(world, 'b.txt') };
    const creating = await learn(world, deadly);
    const found = [
      ...(await killInCheckout(world, creating, 'git')),
      ...(await killInCheckout(world, creating, 'us')),
    ];
    const merging = await learn(world, {
      ...named(land, 'merge, fast-forward'),
      prepare: () => deadlyFilter(world, 'carried.txt'),
    });
    found.push(...(await killInCheckout(world, merging, 'us')));
    expect(found).toEqual([]);
  },
  limit,
);

test(
  'Ctrl-C and kill',
  async () => {
    const leaving = await learn(world, named(leave, 'abandon'));
    const found = [
      ...(await interruptAt(world, leaving, {
        point: 'remove.move-worktree:after',
        signal: 'SIGINT',
        to: 'group',
      })),
    ];
    const creating = await learn(world, named(create, 'create'));
    for (const [point, signal] of [
      ['create.checkout:before', 'SIGINT'],
      ['create.refs:after', 'SIGTERM'],
    ] as const) {
      found.push(...(await interruptAt(world, creating, { point, signal, to: 'process' })));
    }
    expect(found).toEqual([]);
  },
  limit,
);

test(
  'killed at any moment',
  async () => {
    const next = numbers(20_261_122);
    const found: string[] = [];
    for (const scenario of [named(leave, 'abandon'), named(land, 'merge, squashed')]) {
      const ready: Ready = await learn(world, scenario);
      const whole = await duration(world, ready);
      for (const then of ['again', 'as it was'] as const) {
        found.push(...(await killAfter(world, ready, next() * whole, then)));
      }
    }
    expect(found).toEqual([]);
  },
  limit,
);
