// What races only show in numbers. A round of 64 creates takes 15 to 50 s on two cores, so the
// suite runs a few; FLIGHT_RULES_RACE_ROUNDS=100 runs them all.
import { expect, test } from 'vitest';
import { makeRepo } from '../support/repo.ts';
import { atOnce, call, disagreements, failures, records } from '../race/support.ts';
import { holderToken, stoppedHolder } from '../race/holder.ts';
import { audit, restoreSome, storm } from '../race/storm.ts';

const rounds = Number(process.env['FLIGHT_RULES_RACE_ROUNDS'] ?? 2);
const roundLimitMs = 180_000;

test(
  `64 creates at once, ${rounds} rounds: all succeed, all are recorded`,
  { timeout: rounds * roundLimitMs },
  async () => {
    for (let round = 1; round <= rounds; round += 1) {
      const repo = makeRepo();
      const begun = performance.now();
      const calls = Array.from({ length: 64 }, (_, n) => ['parallel', 'create', `s${n}`]);
      const all = await atOnce(repo, calls);
      expect(failures(all), `round ${round}`).toEqual([]);
      expect(all.filter(({ answer }) => answer.data?.['created'] === true)).toHaveLength(64);
      expect(records(repo)).toHaveLength(64);
      expect(disagreements(repo), `round ${round}`).toEqual([]);
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
      process.stderr.write(`round ${round} of ${rounds}: 64 of 64 in ${seconds} s\n`);
    }
  },
);

test(
  'a minute of everything at once: nothing lost, nothing dangling',
  { timeout: 300_000 },
  async () => {
    const repo = makeRepo();
    const ledger = await storm(repo, { seconds: 60, workers: 10, seed: 7 });
    process.stderr.write(`${JSON.stringify(Object.fromEntries(ledger.answers))}\n`);
    process.stderr.write(`${ledger.commits.length} commits, ${ledger.files.size} files\n`);
    expect(failures([await call(repo, 'parallel', 'cleanup', '--yes')])).toEqual([]);
    expect(audit(repo, ledger)).toEqual([]);
    expect(await restoreSome(repo, 5)).toEqual([]);
    expect(disagreements(repo)).toEqual([]);
  },
);

test(
  'a holder that is stopped for longer than anybody waits is named, and not robbed',
  { timeout: 300_000 },
  async () => {
    const repo = makeRepo();
    const kill = await stoppedHolder(repo, 'create.refs:after', 'parallel', 'create', 'stopped');
    const token = holderToken(repo);
    const [plain, wrong] = await atOnce(repo, [
      ['parallel', 'create', 'two'],
      ['--break-lock', 'wrong', 'parallel', 'create', 'two'],
    ]);
    for (const refused of [plain, wrong]) {
      expect(refused?.exit).toBe(7);
      expect(refused?.answer.error).toMatchObject({ code: 'busy' });
      const told = JSON.stringify(refused?.answer.error);
      expect(told).toContain(`--break-lock ${token}`);
      expect(told).toContain('parallel create stopped');
    }
    expect(holderToken(repo)).toBe(token);
    const right = await call(repo, '--break-lock', token, 'parallel', 'create', 'two');
    expect(failures([right])).toEqual([]);
    await kill();
    expect(failures([await call(repo, 'parallel', 'cleanup', '--yes')])).toEqual([]);
    expect(disagreements(repo)).toEqual([]);
  },
);
