// Bundles a script so that node can run it in a child process that is then killed: the fault
// points are compiled in, as in dist-test/, but any module of ours can be called.
import { buildSync } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param entry path below the repository's root, e.g. `test/safety/trash-child.ts`
 * @param folder where the bundle goes
 * @returns the path of an `.mjs` file
 */
export function bundleForTest(entry: string, folder: string): string {
  const outfile = join(folder, `${entry.replaceAll(/[^a-z0-9]+/giu, '-')}.mjs`);
  buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.11',
    mainFields: ['module', 'main'],
    define: { __VERSION__: '"0.0.0"', __FAULTS__: 'true' },
    logLevel: 'error',
  });
  return outfile;
}
