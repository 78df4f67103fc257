// git killed while it writes files, alone and we with it; Ctrl-C and kill at the steps that matter.
import { expect, test } from 'vitest';
import { deadlyFilter, killInCheckout } from '../crash/sweep/git-killed.ts';
import { interruptAt } from '../crash/sweep/interrupted.ts';
import { create, land, leave } from '../crash/sweep/scenarios.ts';
import { named, worldOfFile } from '../crash/sweep/suite.ts';
import { learn } from '../crash/sweep/sweep.ts';

const { world } = worldOfFile();
const limit = 300_000;

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
