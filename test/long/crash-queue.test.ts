// `parallel land`, killed right before and right after every step: here at the odd ones. In two
// files, so that they run side by side.
import { expect, test } from 'vitest';
import { sweepQueue } from '../crash/sweep/queue.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();

test('a queue, killed at every second step', async () => {
  expect(await sweepQueue(world, 0)).toEqual([]);
}, 3_600_000);
