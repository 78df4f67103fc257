// `parallel land`, killed at some of its steps and gone on with. All steps: test/long.
import { expect, test } from 'vitest';
import { killQueue, prepareQueue } from './sweep/queue.ts';
import { worldOfFile } from './sweep/suite.ts';

const { world } = worldOfFile();

test('a queue, killed in the middle', async () => {
  await prepareQueue(world);
  const found: string[] = [];
  for (const point of ['queue.scratch-removal:before#1', 'queue.settle:before#2']) {
    found.push(...(await killQueue(world, point)));
  }
  expect(found).toEqual([]);
}, 300_000);
