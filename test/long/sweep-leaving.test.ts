// Killed on the way out: merge, abandon, cleanup. The others, and every step: test/long.
import { few } from '../crash/sweep/points.ts';
import { ofRecovery, recovering } from '../crash/sweep/recovering.ts';
import { clean, land, leave } from '../crash/sweep/scenarios.ts';
import { named, sweeps, worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();
sweeps(
  world,
  [
    named(leave, 'abandon'),
    named(land, 'merge, with a merge commit and a carried file'),
    named(clean, 'cleanup, of a moved one'),
  ],
  few(2),
);

sweeps(world, recovering.slice(0, 1), (ready) => ofRecovery(ready).slice(0, 2));
