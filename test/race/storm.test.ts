import { expect, test } from 'vitest';
import { makeRepo } from '../support/repo.ts';
import { audit, restoreSome, storm } from './storm.ts';
import { call, disagreements, failures } from './support.ts';

test(
  'three seconds of everything at once: nothing lost, nothing dangling',
  { timeout: 180_000 },
  async () => {
    const repo = makeRepo();
    const ledger = await storm(repo, { seconds: 3, workers: 4, seed: 1 });
    expect(failures([await call(repo, 'parallel', 'cleanup', '--yes')])).toEqual([]);
    expect(audit(repo, ledger)).toEqual([]);
    expect(await restoreSome(repo, 2)).toEqual([]);
    expect(disagreements(repo)).toEqual([]);
  },
);
