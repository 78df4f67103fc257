// 300 pairs of real commits and 300 generated ones, each foreseen with its uncommitted work and then
// merged by git for real: 50 s of processor time. FLIGHT_RULES_JUDGE_REPOSITORY
// names a clone whose history is judged beside this one; FLIGHT_RULES_JUDGE_PAIRS and
// FLIGHT_RULES_JUDGE_SEED say how many, and which.
import { expect, test } from 'vitest';
import { judgeCommits, ownHistory } from '../support/clash/judge-commits.ts';
import { judgeWorlds } from '../support/clash/judge-worlds.ts';

const limit = { timeout: 600_000 };
const other = process.env['FLIGHT_RULES_JUDGE_REPOSITORY'];

test('of 300 generated pairs not one is foreseen otherwise than git merges it', limit, async () => {
  const { tally, told } = await judgeWorlds({ pairs: 300, seed: 1, limitMs: 400_000 });
  process.stderr.write(`generated: ${told}`);
  expect(tally.clash).toBeGreaterThanOrEqual(50);
  expect(tally.clear + tally.touching).toBeGreaterThanOrEqual(50);
  expect(tally.unknown).toBe(0);
});

const clones: [string, string][] = [['this history', ownHistory()]];
if (other !== undefined) clones.push(['the other clone', other]);

test.each(clones)(
  'of 300 pairs of commits of %s not one is foreseen otherwise than git merges it',
  limit,
  async (_, repository) => {
    const { tally, told, disagreements, unknown, enough } = await judgeCommits(repository, {
      pairs: 300,
      seed: 1,
    });
    process.stderr.write(`commits: ${told}`);
    expect(disagreements).toEqual([]);
    expect(unknown).toEqual([]);
    const both = Math.min(tally.clash, tally.clear + tally.touching);
    expect(both).toBeGreaterThanOrEqual(enough ? 50 : 0);
  },
);
