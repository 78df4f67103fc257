// Bundles a TypeScript entry so that a plain node can run it: Node 20 cannot read TypeScript, and
// tests about processes need real ones.
import { build } from 'esbuild';
import { mkdtempSync } from 'node:fs';
import { join, parse } from 'node:path';
import { inject } from 'vitest';

/**
 * @param entry absolute path of a `.ts` file
 * @returns absolute path of the bundle, fault points included; it goes with the test run
 */
export async function bundleForTest(entry: string): Promise<string> {
  const outfile = join(mkdtempSync(join(inject('runHome'), 'bundle-')), `${parse(entry).name}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.11',
    mainFields: ['module', 'main'],
    define: { __VERSION__: '"0.0.0-test"', __FAULTS__: 'true' },
    logLevel: 'warning',
  });
  return outfile;
}
