// Ending programs: what they leave behind is not waited for.
import { expect, test } from 'vitest';
import { run } from '../../src/kernel/processes.ts';
import { pidIn } from '../support/processes.ts';
import { temporaryFolder } from '../support/repo.ts';

test('a child of its own group that keeps the output open after its parent has ended', async () => {
  const folder = temporaryFolder();
  const source = `
    const { spawn } = require('node:child_process');
    const child = spawn('sleep', ['300'], { stdio: 'inherit', detached: true });
    require('node:fs').writeFileSync('child', child.pid + '\\n');
    child.unref();
    console.log('said');`;
  const env = { PATH: process.env['PATH'] ?? '' };
  const options = { cwd: folder, env, timeoutMs: 2_000 };
  const ended = await run(process.execPath, ['-e', source], options);
  process.kill(await pidIn(`${folder}/child`));
  expect(ended).toMatchObject({ exit: 0, timedOut: true });
  expect(ended.stdout.toString()).toBe('said\n');
});
