// The released program landing a queue: what it says on the way, and Ctrl-C in the middle.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, json, releasedProgram } from '../support/cli.ts';
import { makeRepo } from '../support/repo.ts';

test('it says which session, which step and how long; Ctrl-C leaves a queue that goes on', async () => {
  const repo = makeRepo();
  repo.addSession('one').commit('one.txt', 'one\n');
  repo.addSession('two').commit('two.txt', 'two\n');
  const verify = 'test ! -e two.txt || test -e ../../../../slow-no-more || sleep 300';
  const args = ['-C', repo.root, 'parallel', 'land', 'one', 'two', '--verify', verify];
  let signalled = false;
  const stopped = await cli(releasedProgram, args, {
    onStderr: (text, child) => {
      if (signalled || !/\[2\/2\] two: built in .*verifying/u.test(text)) return;
      signalled = true;
      child.kill('SIGINT');
    },
  });
  expect(stopped.exit).toBe(130);
  expect(stopped.stderr).toMatch(
    /^Verifying main itself\nVerified main itself in [\d.]+ s\n\[1\/2\] one: building\n/u,
  );
  expect(stopped.stderr).toMatch(/\[1\/2\] one: landed in [\d.]+ s, leaving\n/u);
  expect(stopped.stderr).toContain(' parallel land --resume\n');
  // what was begun for the second is taken back at once
  expect(repo.git('worktree', 'list').split('\n')).toHaveLength(2);
  expect((await repo.facts('two')).record).not.toHaveProperty('intent');
  expect(existsSync(join(repo.commonDir, 'flight-rules', 'scratch'))).toBe(false);
  repo.write('.git/slow-no-more', '');
  const resumed = await cli(releasedProgram, [
    '-C',
    repo.root,
    'parallel',
    'land',
    '--resume',
    '--json',
  ]);
  expect([resumed.exit, json(resumed)]).toMatchObject([
    0,
    { data: { landed: [{ name: 'one' }, { name: 'two' }], remaining: [] } },
  ]);
});
