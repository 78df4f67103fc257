// A worktree in which an agent is at work is not taken away, wherever the agent itself stands.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprint } from '../support/operate.ts';
import { askProgram, must } from '../support/program.ts';
import { makeRepo } from '../support/repo.ts';
import { activityOf, fakeAgent } from './agent.ts';

test('removal and landed cleanup refuse while an agent says that it is there; the agent itself may', async () => {
  const repo = makeRepo();
  const auth = repo.addSession('auth');
  auth.commit('a.txt', 'a\n');
  repo.git('merge', '-q', '--ff-only', auth.branch);
  // it stands elsewhere, and only its word tells
  const agent = await fakeAgent('codex');
  await agent.hook('idle', auth.worktree);
  const before = fingerprint(repo.root);
  for (const strategy of ['merge', 'keep', 'abandon']) {
    const refused = await askProgram(repo.root, [
      'parallel',
      'remove',
      'auth',
      '--strategy',
      strategy,
      '--yes',
    ]);
    expect(refused.exit).toBe(4);
    expect(refused.at('error')).toMatchObject({
      code: 'in-use',
      data: { by: [{ agent: 'codex', pid: agent.pid }] },
    });
    expect(refused.text('error.message')).toContain(`codex, process ${agent.pid}`);
  }
  const cleaned = await askProgram(repo.root, ['parallel', 'cleanup', '--landed', '--yes']);
  expect(cleaned.at('data.items')).toEqual([]);
  expect(JSON.stringify(cleaned.at('data.untouched'))).toContain(`codex, process ${agent.pid}`);
  expect(fingerprint(repo.root)).toEqual(before);

  const args = 'parallel remove auth --strategy keep --yes --json';
  const own = await agent.run(`flight-rules -C '${repo.root}' ${args}; true`);
  expect(JSON.parse(own.stdout)).toMatchObject({ ok: true });
  // and back it comes with a signal that says where he works, as before
  await must(repo.root, ['parallel', 'restore', 'auth']);
  const forced = await askProgram(repo.root, [
    'parallel',
    'remove',
    'auth',
    '--strategy',
    'keep',
    '--force-in-use',
  ]);
  expect(forced.exit).toBe(0);
  expect(JSON.stringify(forced.at('warnings'))).toContain('forced-in-use');
});

test('one that cannot be seen from here is a warning; one that has ended is nothing', async () => {
  const repo = makeRepo();
  const auth = repo.addSession('auth');
  const agent = await fakeAgent('claude');
  await agent.hook('working', auth.worktree);
  const file = join(activityOf(auth.privateDir), `claude-${agent.pid}.json`);
  const signal = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...signal, pidNamespace: 'pid:[1]' }));
  const kept = await askProgram(repo.root, ['parallel', 'remove', 'auth', '--strategy', 'keep']);
  expect(kept.exit).toBe(0);
  expect(JSON.stringify(kept.at('warnings'))).toContain('agent-unseen');

  const zoo = repo.addSession('zoo');
  await agent.hook('working', zoo.worktree);
  await agent.kill();
  const removed = await askProgram(repo.root, ['parallel', 'remove', 'zoo', '--strategy', 'keep']);
  expect(removed.exit).toBe(0);
  expect(JSON.stringify(removed.at('warnings'))).not.toContain('agent-unseen');
});
