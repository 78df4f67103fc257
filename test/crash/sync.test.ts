// Killed anywhere while uncommitted work is carried over what came in: the next command takes it
// back to the byte, or finishes it. The other shapes, and killing the recovery: test/long.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recoverSync } from '../../src/integration/sync/recover.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { leftovers, pair, sync } from '../integration/sync/fixture.ts';
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

// elsewhere no file can have such a name
test.runIf(process.platform === 'linux')(
  'a name that cannot be spelled blocks nothing',
  async () => {
    const it = pair();
    const { repo, session } = it;
    const odd = Buffer.concat([Buffer.from(join(repo.root, 'caf')), Buffer.from([0xe9])]);
    const commit = (bytes: string): void => {
      writeFileSync(odd, bytes);
      repo.git('add', '.');
      repo.git('commit', '-qm', 'odd');
    };
    commit('one\n');
    session.git('merge', '-q', 'main');
    commit('two\n');
    expect(await drive(it, 'ff', { FLIGHT_RULES_FAULT: 'sync.files:after' })).toBe('SIGKILL');
    const key = sessionKey(parseSessionName('auth'));
    const found = await recoverSync(repo.port, await repo.project(), key);
    expect(found).toMatchObject({ kind: 'left', why: expect.stringContaining('UTF-8') as string });
    expect(leftovers(it)).toEqual([]);
    expect(session.git('status', '--porcelain')).toBe(' M "caf\\351"');
    session.git('checkout', '-q', '.');
    expect((await sync(it)).kind).toBe('synced');
  },
);
