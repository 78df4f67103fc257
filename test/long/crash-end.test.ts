// `dev-session end`, killed right before and right after every step.
import { expect, test } from 'vitest';
import { endings, killEnding, pointsOf, prepare } from '../crash/sweep/ending.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();

test.each(endings)(
  '$name, killed at every step',
  async (ending) => {
    world.putBack('base');
    prepare(world);
    const found: string[] = [];
    for (const point of await pointsOf(world, ending)) {
      found.push(...(await killEnding(world, ending, point)));
    }
    expect(found).toEqual([]);
  },
  1_200_000,
);
