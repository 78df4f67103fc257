// Killed right before and right after every step, in every situation.
import { everyStep } from '../crash/sweep/points.ts';
import { leave } from '../crash/sweep/scenarios.ts';
import { sweeps, worldOfFile } from '../crash/sweep/suite.ts';

sweeps(worldOfFile().world, leave, everyStep);
