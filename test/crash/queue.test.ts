// `parallel land`, killed at some of its steps and gone on with. All steps: test/long.
import { expect, test } from 'vitest';
import { killQueue, pointsOfQueue, prepareQueue } from './sweep/queue.ts';
import { worldOfFile } from './sweep/suite.ts';

const { world } = worldOfFile();

test('a queue, killed in the middle', async () => {
  await prepareQueue(world);
  const points = await pointsOfQueue(world);
  const found: string[] = [];
  for (const point of [
    'land.move:after#1',
    'queue.scratch-removal:before#1',
    'queue.settle:before#2',
  ]) {
    expect(points).toContain(point);
    found.push(...(await killQueue(world, point)));
  }
  expect(found).toEqual([]);
}, 300_000);
