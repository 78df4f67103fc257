// A session that was kept, and whose entry was then emptied from the trash.
import { expect, test } from 'vitest';
import { ask, must } from '../support/program.ts';
import { commitIn, gitIn, makeRepo } from '../support/repo.ts';

test('a kept session whose entry was emptied comes back as its branch', async () => {
  const { root } = makeRepo();
  await must(root, ['parallel', 'create', 'k']);
  const folder = `${root}-sessions/k`;
  const tip = commitIn(folder, 'a.txt', 'a\n');
  await must(root, ['parallel', 'remove', 'k', '--strategy', 'keep']);
  await must(root, ['parallel', 'cleanup', '--expired', 'k~1', '--yes']);
  const asked = await ask(root, ['parallel', 'restore']);
  expect(asked.at('decision.choices.0.value')).toBe('k');
  const back = await must(root, ['parallel', 'restore', 'k']);
  expect(back.at('warnings.0.code')).toBe('worktree-lost');
  expect(gitIn(folder, 'rev-parse', 'HEAD')).toBe(tip);
  const status = await must(root, ['parallel', 'status', 'k']);
  expect(status.at('data.sessions.0')).toMatchObject({ state: 'active', health: 'ok' });
  // and it leaves again as any other
  await must(root, ['parallel', 'remove', 'k', '--strategy', 'abandon', '--yes']);
  await must(root, ['parallel', 'restore', 'k']);
});
