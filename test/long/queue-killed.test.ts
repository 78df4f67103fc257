// `parallel land`, killed in the middle and gone on with. All steps: test/long.
import { expect, test } from 'vitest';
import { killQueue, prepareQueue } from '../crash/sweep/queue.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();

test('a queue that dies while it looks for whom a session has met', async () => {
  await prepareQueue(world);
  // some have landed, one came back, and a scratch worktree is there
  expect(await killQueue(world, 'queue.scratch-removal:before#2')).toEqual([]);
}, 300_000);
