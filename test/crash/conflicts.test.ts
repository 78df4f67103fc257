// Foreseeing clashes, killed half-way: a few moments. More of them: test/long.
import { expect, test } from 'vitest';
import { killLooks } from '../support/clash/killed-looks.ts';

test('a look that is killed leaves the project as it was', async () => {
  expect(await killLooks(6, 20_261_123)).toBeGreaterThan(0);
});
