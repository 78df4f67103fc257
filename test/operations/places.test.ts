// What stands where a session, the trash or the manifest should be, and was put there by somebody
// else: a link that leads out, another project's worktree, a folder, a pipe.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, must } from '../support/program.ts';
import { makeRepo } from '../support/repo.ts';

test.runIf(process.platform !== 'win32')(
  'pipes where our small files are hang no command',
  async () => {
    const { root } = makeRepo();
    const made = await must(root, ['parallel', 'create', 'one']);
    await must(root, ['parallel', 'create', 'two']);
    const session = made.text('data.session.worktree');
    rmSync(join(session, '.git'));
    execFileSync('mkfifo', [join(session, '.git')]);
    const token = join(root, '.git/worktrees/two/flight-rules/token');
    rmSync(token);
    execFileSync('mkfifo', [token]);
    const status = await must(root, ['parallel', 'status']);
    expect(status.at('data.sessions.0')).toMatchObject({ name: 'one', health: 'unknown' });
    expect(status.at('data.sessions.1')).toMatchObject({ name: 'two', health: 'unknown' });
    mkdirSync(join(root, '.flight-rules'), { recursive: true });
    execFileSync('mkfifo', [join(root, '.flight-rules/config.json')]);
    const refused = await ask(root, ['parallel', 'status']);
    expect([refused.exit, refused.at('error.code')]).toEqual([2, 'bad-config']);
  },
);
