// git killed while it registers a worktree, and while it writes files into one.
import { expect, test } from 'vitest';
import { killGitWriting, slowly, writingDeaths } from '../crash/sweep/git-writing.ts';
import { cutOffAt, writtenByAdd } from '../crash/sweep/half-written.ts';
import { create, restore } from '../crash/sweep/scenarios.ts';
import { named, worldOfFile } from '../crash/sweep/suite.ts';
import { learn } from '../crash/sweep/sweep.ts';

const { world } = worldOfFile();

test.each([
  named(create, 'create'),
  named(create, 'create, carrying changes'),
  named(restore, 'restore, without a directory'),
  named(restore, 'restore, of an orphan with nothing but its branch'),
])(
  '$name, git killed between two files',
  async (scenario) => {
    const ready = await learn(world, {
      ...scenario,
      prepare: async () => {
        await scenario.prepare(world);
        slowly(world);
      },
    });
    const found: string[] = [];
    for (const [index, death] of (await writingDeaths(world, ready)).entries()) {
      found.push(...(await killGitWriting(world, ready, { ...death, us: index % 2 === 0 })));
    }
    expect(found).toEqual([]);
  },
  600_000,
);

test('git killed between making a file of the registration and writing it', async () => {
  const ready = await learn(world, named(create, 'create'));
  const found: string[] = [];
  for (const last of writtenByAdd) found.push(...(await cutOffAt(world, ready, last)));
  expect(found).toEqual([]);
}, 600_000);
