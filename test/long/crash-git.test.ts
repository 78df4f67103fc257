// git killed in every call that moves refs, at every place in it, alone and we with it.
import { expect, test } from 'vitest';
import { deaths, killGitAt } from '../crash/sweep/git-killed.ts';
import { clean, create, leave, restore } from '../crash/sweep/scenarios.ts';
import { named, worldOfFile } from '../crash/sweep/suite.ts';
import { learn } from '../crash/sweep/sweep.ts';

const { world } = worldOfFile();

test.each([
  named(create, 'create'),
  named(leave, 'keep'),
  named(leave, 'abandon'),
  named(leave, 'abandon, of a kept one'),
  named(restore, 'restore, of an abandoned one'),
  named(clean, 'cleanup, of the trash'),
])(
  '$name, git killed in it',
  async (scenario) => {
    const ready = await learn(world, scenario);
    const found: string[] = [];
    for (const [index, death] of (await deaths(world, ready)).entries()) {
      found.push(...(await killGitAt(world, ready, { ...death, us: index % 2 === 0 })));
    }
    expect(found).toEqual([]);
  },
  600_000,
);
