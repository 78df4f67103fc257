// `parallel land`, killed right before and right after every step: here at the even ones. In two
// files, so that they run side by side.
import { expect, test } from 'vitest';
import { sweepQueue } from '../crash/sweep/queue.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();

test('a queue, killed at the other steps', async () => {
  expect(await sweepQueue(world, 1)).toEqual([]);
}, 3_600_000);
