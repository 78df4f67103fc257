import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const about: unknown = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const version =
  typeof about === 'object' && about !== null && 'version' in about ? about.version : undefined;

// Fault points are compiled in for tests that run in process, and stay inert until a test arms one.
// A new object for each project, because vitest takes the entries out of the one it is given.
const define = (): Record<string, string> => ({
  __VERSION__: JSON.stringify(version),
  __FAULTS__: 'true',
});
const hermetic = {
  globalSetup: ['test/support/run-home.ts'],
  setupFiles: ['test/support/setup.ts'],
  // Real git on a loaded machine: slow is not wrong.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Its `main` is UMD, whose names Node cannot import; inlined, its ESM build is used, as in the bundle.
  server: { deps: { inline: ['jsonc-parser'] } },
};

export default defineConfig({
  test: {
    // Processes, not threads: tests change the working directory and the environment.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        define: define(),
        test: {
          ...hermetic,
          name: 'default',
          include: ['test/**/*.test.ts'],
          exclude: ['test/long/**', 'test/agents/**'],
        },
      },
      {
        define: define(),
        test: { ...hermetic, name: 'long', include: ['test/long/**/*.test.ts'] },
      },
      {
        define: define(),
        test: {
          ...hermetic,
          name: 'agents',
          include: ['test/agents/**/*.test.ts'],
          globalSetup: [...hermetic.globalSetup, 'test/agents/support/programs.ts'],
          // programs of hundreds of megabytes, one at a time; each check has its own limit
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
