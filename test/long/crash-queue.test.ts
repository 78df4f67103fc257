// `parallel land`, killed right before and right after every step.
import { expect, test } from 'vitest';
import { killQueue, pointsOfQueue, prepareQueue } from '../crash/sweep/queue.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();

test('a queue, killed at every step', async () => {
  await prepareQueue(world);
  const found: string[] = [];
  for (const point of await pointsOfQueue(world)) {
    found.push(...(await killQueue(world, point)));
  }
  expect(found).toEqual([]);
}, 3_600_000);
