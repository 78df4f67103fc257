// Clashes are foreseen between real commits, and `git merge` says whether they are true. The long
// suite judges 300 pairs of this history, this one some of them.
import { expect, test } from 'vitest';
import { judgeCommits, ownHistory } from '../support/clash/judge-commits.ts';

const limit = { timeout: 180_000 };

test(
  'of 60 pairs of real commits not one is foreseen otherwise than git merges it',
  limit,
  async () => {
    const wanted = { pairs: 60, seed: 1 };
    const { tally, disagreements, unknown, enough } = await judgeCommits(ownHistory(), wanted);
    expect(disagreements).toEqual([]);
    expect(unknown).toEqual([]);
    const both = Math.min(tally.clash, tally.clear + tally.touching);
    expect(both).toBeGreaterThanOrEqual(enough ? 10 : 0);
  },
);
