// Foreseeing clashes, killed at 60 moments that nobody chose: about half a minute.
import { expect, test } from 'vitest';
import { killLooks } from '../support/clash/killed-looks.ts';

test('60 looks that are killed leave the project as it was', { timeout: 300_000 }, async () => {
  expect(await killLooks(60, 7)).toBeGreaterThan(0);
});
