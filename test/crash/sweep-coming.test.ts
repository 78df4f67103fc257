// Killed on the way in and on the way back: create, restore, taking over. The others, and every step:
// test/long.
import { few } from './sweep/points.ts';
import { create, restore, takeOver } from './sweep/scenarios.ts';
import { named, sweeps, worldOfFile } from './sweep/suite.ts';

const { world } = worldOfFile();
sweeps(
  world,
  [
    named(create, 'create, the very first'),
    named(restore, 'restore, of an abandoned one'),
    named(restore, 'restore, of an orphan'),
    named(takeOver, 'taking over a manifest of v0.15.8'),
  ],
  few(2),
);
