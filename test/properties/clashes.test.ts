// Clashes are foreseen in generated repositories, and `git merge` says whether they are true. The
// long suite judges 300 pairs, this one some of them; FLIGHT_RULES_JUDGE_PAIRS sets how many, and
// FLIGHT_RULES_JUDGE_SEED where they begin.
import { expect, test } from 'vitest';
import { judgeWorlds } from '../support/clash/judge-worlds.ts';

test('of 60 generated pairs not one is foreseen otherwise than git merges it', async () => {
  const { tally } = await judgeWorlds({ pairs: 60, seed: 1, limitMs: 45_000 });
  expect(tally.clash).toBeGreaterThan(5);
  expect(tally.clear + tally.touching).toBeGreaterThan(5);
  expect(tally.unknown).toBe(0);
});
