// Bundles src/ twice: dist/ is what is published; dist-test/ is the same program with the fault
// points compiled in (__FAULTS__), which only crash tests start. Two outputs rather than a switch
// at run time, so that nothing in a released program can be told to kill itself.
//
// The sources are ES modules and so are esbuild's chunks, since it splits nothing else; what is
// written is CommonJS. Node 20 takes 5 ms longer to start an ES module than a CommonJS one, and a
// millisecond longer for every chunk: a third of what a command of ours takes.
import { build, transform } from 'esbuild';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.11',
  // esbuild prefers `main` for Node, and jsonc-parser's is UMD, which does not bundle.
  mainFields: ['module', 'main'],
  chunkNames: 'chunks/[name]-[hash]',
  // Dead branches (fault points) go, and white space, which V8 reads at every start; names stay, so
  // that a stack trace can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: 'none', // the licences go to one file, see below
  treeShaking: true,
  metafile: true,
  write: false,
  logLevel: 'warning',
};

try {
  const release = await bundle('dist', false);
  await bundle('dist-test', true);
  // Beside the crash build, because whatever is in dist/ is published.
  writeFileSync(join(root, 'dist-test', 'release-meta.json'), JSON.stringify(release));
} catch (error) {
  // esbuild has already printed its own messages with the source lines.
  if (error.errors === undefined) {
    const why =
      error.code === 'EROFS' || error.code === 'EACCES'
        ? 'this checkout is read-only: clone it to a folder you can write to'
        : error.message;
    process.stderr.write(`The build cannot be written: ${why}.\n`);
  }
  process.exit(1);
}

async function bundle(folder, faults) {
  const outdir = join(root, folder);
  const kit = await bundleKit(outdir);
  const result = await build({
    ...common,
    entryPoints: { main: 'src/main.ts' },
    outdir,
    splitting: true, // every import() becomes a chunk that is read only when it is needed
    entryNames: '[name]',
    define: { __VERSION__: JSON.stringify(version), __FAULTS__: String(faults) },
    plugins: [kit.elsewhere],
  });
  const meta = { outputs: { ...result.metafile.outputs, ...kit.result.metafile.outputs } };
  // Emptied only now: a failed build leaves the last good one, and hashed chunks do not pile up.
  rmSync(outdir, { recursive: true, force: true });
  for (const file of [...result.outputFiles, ...kit.result.outputFiles]) {
    mkdirSync(dirname(file.path), { recursive: true });
    const entry = file.path === join(outdir, 'main.js');
    const text = (entry ? '#!/usr/bin/env node\n' : '') + (await commonJs(file.text));
    writeFileSync(file.path, text);
    meta.outputs[relative(root, file.path)].bytes = Buffer.byteLength(text);
    if (entry) chmodSync(file.path, 0o755);
  }
  // Of the program alone: the package around it is of ES modules.
  writeFileSync(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  const notices = licences(meta);
  if (notices !== '') writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), notices);
  return meta;
}

/**
 * The protocol kit, in a bundle of its own. In the common one it would share modules with the rest
 * (the schema library), and every other command would read what only `mcp` needs of them.
 */
async function bundleKit(outdir) {
  const result = await build({
    ...common,
    entryPoints: { 'mcp-kit': 'src/faces/mcp/kit.ts' },
    outdir: join(outdir, 'chunks'),
    entryNames: '[name]-[hash]',
    alias: { '@modelcontextprotocol/server/_shims': './scripts/kit-shims.mjs' },
  });
  const path = `./${basename(result.outputFiles[0].path)}`;
  const elsewhere = {
    name: 'kit-elsewhere',
    setup(hooks) {
      // whoever imports it is a chunk, in the same folder
      hooks.onResolve({ filter: /\/kit\.ts$/ }, () => ({ path, external: true }));
    },
  };
  return { result, elsewhere };
}

/** A chunk as CommonJS: `import` becomes `require`, and `import()` a promise of it. */
async function commonJs(text) {
  const url = text.includes('import.meta.url')
    ? "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;\n"
    : '';
  const { code } = await transform(url + text.replace(/^#!.*\n/, ''), {
    define: { 'import.meta.url': '__moduleUrl' },
    format: 'cjs',
    platform: 'node',
    target: 'node20.11',
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return code;
}

/** The licence texts of what is bundled, which its licences ask to be passed on. */
function licences(metafile) {
  const packages = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
      if (name !== null && bytesInOutput > 0) packages.add(name[0]);
    }
  }
  return [...packages]
    .toSorted()
    .map((folder) => {
      const about = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
      const text = file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim();
      return `${about.name} ${about.version} (${about.license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(72)}\n\n`);
}
