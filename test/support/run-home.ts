// One temporary home for each test run: the tests of a run share it, the developer's is never read.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly runHome: string;
  }
}

const gitConfig = `[user]
\tname = Test User
\temail = test@example.invalid
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[maintenance]
\tauto = false
`;

export function setup(project: TestProject): () => void {
  // The real path, since git prints real paths and macOS keeps its temporary folder behind a link.
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'flight-rules-test-'));
  for (const folder of ['config', 'cache', 'data', 'state', 'runtime']) {
    mkdirSync(join(home, folder), { mode: 0o700 });
  }
  writeFileSync(join(home, 'gitconfig'), gitConfig);
  project.provide('runHome', home);
  return () => {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
}
