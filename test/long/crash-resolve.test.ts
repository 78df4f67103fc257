// Conflicts that were left, concluded and given up: killed at every point of ours.
import { expect, test } from 'vitest';
import { killWay, pointsOf, ways } from '../crash/sweep/resolving.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();

test.each(ways)(
  '$name, killed at every step',
  async (way) => {
    const found: string[] = [];
    for (const point of await pointsOf(world, way)) {
      found.push(...(await killWay(world, way, point)));
    }
    expect(found).toEqual([]);
  },
  600_000,
);
