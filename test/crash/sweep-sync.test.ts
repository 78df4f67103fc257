// Killed on the way of a sync, with uncommitted work carried along. The others: test/long.
import { few } from './sweep/points.ts';
import { sync } from './sweep/scenarios.ts';
import { named, sweeps, worldOfFile } from './sweep/suite.ts';

sweeps(worldOfFile().world, [named(sync, 'sync, carrying changes')], few(2));
