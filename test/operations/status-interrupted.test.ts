// A status that is cut off says nothing: what was not found out because of it would read as unknown.
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import { status } from '../../src/operations/status.ts';
import { contextOf } from '../support/operate.ts';
import { makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

test.each([
  ['one session', 1],
  ['many, behind one shell', Math.max(2, availableParallelism()) + 1],
])('%s', async (_, count) => {
  const repo = makeRepo();
  for (let n = 0; n < count; n += 1) repo.addSession(`s${n}`);
  const folder = temporaryFolder();
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const { program } = openGit({ env: process.env });
  // the status of a session hangs
  const hangs = `case "$*" in *branch.session*status*) exec cat '${pipe}';; esac`;
  const fake = writeIn(folder, 'git', `#!/bin/sh\n${hangs}\nexec '${program}' "$@"\n`);
  chmodSync(fake, 0o755);
  const { signal, abort } = cutOff();
  const context = contextOf({ directory: repo.root });
  const git = { ...context.git, program: fake, signal };
  const said = status.call({}, { ...context, git, signal }).catch((error: unknown) => error);
  // there is somebody at the other end: git has been started
  const end = await open(pipe, 'w');
  abort.now();
  expect(await said).toBe(abort.reason);
  await end.close();
});

function cutOff(): {
  readonly signal: AbortSignal;
  readonly abort: { readonly reason: Error; readonly now: () => void };
} {
  const controller = new AbortController();
  const reason = new Error('cut off');
  return {
    signal: controller.signal,
    abort: { reason, now: () => controller.abort(reason) },
  };
}
