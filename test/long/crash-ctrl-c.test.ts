// Ctrl-C at every step of what takes longest or takes something away, as a terminal sends it.
import { expect, test } from 'vitest';
import { interruptAt } from '../crash/sweep/interrupted.ts';
import { eachOnce } from '../crash/sweep/points.ts';
import { clean, create, land, leave } from '../crash/sweep/scenarios.ts';
import { named, worldOfFile } from '../crash/sweep/suite.ts';
import { learn } from '../crash/sweep/sweep.ts';

const { world } = worldOfFile();
const seen = new Set<string>();

test.each([
  named(create, 'create, carrying changes'),
  named(create, 'create, with a post-checkout hook'),
  named(leave, 'abandon'),
  named(land, 'merge, with a merge commit and a carried file'),
  named(land, 'merge, with hooks'),
  named(clean, 'cleanup, of an orphan'),
  named(clean, 'cleanup, of a landed one'),
  named(clean, 'cleanup, of a moved one'),
  named(clean, 'cleanup, of the trash'),
])(
  '$name, Ctrl-C on its way',
  async (scenario) => {
    const ready = await learn(world, scenario);
    const found: string[] = [];
    for (const point of eachOnce(ready, seen)) {
      found.push(...(await interruptAt(world, ready, { point, signal: 'SIGINT', to: 'group' })));
    }
    expect(found).toEqual([]);
  },
  600_000,
);
