// Killed anywhere while uncommitted work is carried over what came in: the next command takes it
// back to the byte, or finishes it. The other shapes, and killing the recovery: test/long.
import { expect, test } from 'vitest';
import { drive, isWhole, scene } from './sync-killed.ts';

test('carrying, killed after every other step', { timeout: 120_000 }, async () => {
  const it = await scene('carry');
  expect(it.points).toContain('sync.files:after');
  const after = it.points.filter((one) => one.endsWith(':after'));
  for (const point of after.filter((_, nth) => nth % 2 === 0)) {
    it.putBack();
    expect(await drive(it, it.how, { FLIGHT_RULES_FAULT: point })).toBe('SIGKILL');
    await isWhole(it, point);
  }
});
