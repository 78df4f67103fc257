// A session that leaves while create looks at it is no session that is there.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { create } from '../../src/operations/create.ts';
import { operate } from '../support/operate.ts';
import { makeRepo, writeIn } from '../support/repo.ts';

const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();

test('it is made anew', async () => {
  const repo = makeRepo();
  const { worktree } = repo.addSession('auth');
  const folder = dirname(repo.root);
  const left = join(folder, 'left');
  // the first status in its worktree comes too late
  writeIn(
    folder,
    'bin/git',
    `#!/bin/sh
case "$PWD $* " in
'${worktree}'*" status "*)
  if mkdir '${left}' 2>/dev/null; then
    '${real}' -C '${repo.root}' worktree remove --force '${worktree}'
    '${real}' -C '${repo.root}' branch -qD session/auth
    '${real}' -C '${repo.root}' update-ref -d refs/flight-rules/sessions/auth
  fi ;;
esac
exec '${real}' "$@"
`,
  );
  chmodSync(join(folder, 'bin/git'), 0o755);
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  const answered = await operate(create, { name: 'auth' }, { directory: repo.root, env });
  expect(existsSync(left)).toBe(true);
  expect([answered.exit, answered.message]).toEqual([0, '']);
  expect(answered.data).toMatchObject({ created: true });
  expect(answered.warnings.map(({ code }) => code)).not.toContain('session-existed');
  expect(existsSync(join(worktree, '.git'))).toBe(true);
});
