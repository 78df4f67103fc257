// Generates what is told from the code: docs/commands.md, docs/errors.md, the tables in
// docs/mcp.md and docs/agents.md, schemas/*.json and plugin/.
//   --check   writes nothing and fails if a file is not what it should be
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');

const pages = await generated();
const differing = [];
for (const [path, text] of Object.entries(pages)) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  differing.push(path);
  if (check) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
// What is not generated any more would be published for ever.
for (const folder of ['schemas', 'plugin']) {
  if (!existsSync(join(root, folder))) continue;
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    const path = relative(root, join(entry.parentPath ?? entry.path, entry.name));
    if (!entry.isFile() || path.split(sep).join('/') in pages) continue;
    differing.push(path);
    if (!check) rmSync(join(root, path));
  }
}
if (check && differing.length > 0) {
  process.stderr.write(`Not in sync: ${differing.join(', ')}. Run: node scripts/docs.mjs\n`);
  process.exitCode = 1;
} else if (!check) process.stdout.write(`Written: ${differing.join(', ') || 'nothing new'}.\n`);

/** The TypeScript that knows, bundled into a temporary file and imported from there. */
async function generated() {
  const folder = mkdtempSync(join(tmpdir(), 'flight-rules-docs-'));
  try {
    const file = join(folder, 'reference.mjs');
    await build({
      absWorkingDir: root,
      entryPoints: ['src/faces/reference/reference.ts'],
      outfile: file,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.11',
      mainFields: ['module', 'main'],
      define: { __VERSION__: '""', __FAULTS__: 'false' },
      logLevel: 'warning',
    });
    const { reference } = await import(pathToFileURL(file).href);
    return await reference(root);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
