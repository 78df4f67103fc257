// Bundles src/ twice: dist/ is what is published; dist-test/ is the same program with the fault
// points compiled in (__FAULTS__), which only crash tests start. Two outputs rather than a switch
// at run time, so that nothing in a released program can be told to kill itself.
//
// The sources are ES modules and so are esbuild's chunks, since it splits nothing else; what is
// written is CommonJS. Node 20 takes 5 ms longer to start an ES module than a CommonJS one, and a
// millisecond longer for every chunk: a third of what a command of ours takes.
import { build, transform } from 'esbuild';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
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

/** Modules whose chunks are read only when they are used: schemas take long to be built. */
const seldom = [
  'src/sessions/record-schema.ts',
  'src/sessions/trash-entry-schema.ts',
  'src/operations/shapes/status.ts',
  // plain command lines do without
  'node_modules/commander/esm.mjs',
];

/** What makes chunks of their own: the former, and what must not go into a chunk with them. */
const apart = Object.fromEntries(
  [...seldom, 'src/sessions/plain-record.ts'].map((module) => [
    `chunks/${module.replace(/\.m?[jt]s$/, '').replaceAll('/', '-')}`,
    module,
  ]),
);

/** At the head of a chunk that loads something lazily. */
const late = 'const __late=load=>{let is;return()=>is??=load()};';

/** esbuild's helpers at the head of a chunk: of two lengths, the longer has all of the shorter. */
const helpers =
  /var (?:__create=Object\.create;var )?__defProp=Object\.defineProperty;var __getOwnPropDesc=.*?__toCommonJS=mod=>__copyProps\(__defProp\(\{\},"__esModule",\{value:!0\}\),mod\);/;

/** What is imported one by the other on the way to the answer of `status --json`. */
const way = [
  'src/faces/cli/main.ts',
  'src/faces/cli/run.ts',
  'src/faces/cli/parse.ts',
  'src/operations/status.ts',
];

/** The modules that are bundled apart from the rest, by the name of their file. */
const alone = [
  // In the common bundle it would share modules with the rest (the schema library), and every
  // other command would read what only `mcp` needs of them.
  {
    name: 'mcp-kit',
    entry: 'src/faces/mcp/kit.ts',
    alias: { '@modelcontextprotocol/server/_shims': './scripts/kit-shims.mjs' },
  },
  // An agent waits for its hooks at every turn: they read nothing of what commands share.
  { name: 'quick', entry: 'src/faces/hook/quick.ts', splitting: true },
  { name: 'guard', entry: 'src/faces/hook/before-edit.ts', splitting: true },
];

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
  const apartFrom = await Promise.all(alone.map((one) => bundleAlone(outdir, one)));
  const result = await build({
    ...common,
    entryPoints: { main: 'src/main.ts', ...apart },
    outdir,
    splitting: true, // every import() becomes a chunk that is read only when it is needed
    entryNames: '[dir]/[name]',
    define: { __VERSION__: JSON.stringify(version), __FAULTS__: String(faults) },
    plugins: apartFrom.map(({ elsewhere }) => elsewhere),
  });
  const all = [result, ...apartFrom.map((one) => one.result)];
  const meta = { outputs: Object.assign({}, ...all.map(({ metafile }) => metafile.outputs)) };
  // Emptied only now: a failed build leaves the last good one, and hashed chunks do not pile up.
  rmSync(outdir, { recursive: true, force: true });
  const codes = new Map();
  for (const file of all.flatMap(({ outputFiles }) => outputFiles)) {
    codes.set(relative(root, file.path), await commonJs(file.text));
  }
  const core = coreOf(result.metafile);
  mkdirSync(join(outdir, 'chunks'), { recursive: true });
  for (const [path, code] of codes) {
    meta.outputs[path].bytes = Buffer.byteLength(code);
    if (core.has(path)) continue;
    const shebang = path === `${folder}/main.js` ? '#!/usr/bin/env node\n' : '';
    writeFileSync(join(root, path), `${shebang}'use strict';${fromCore(code, core, 'file')}`);
  }
  const coreFile = join(outdir, 'chunks', 'core.js');
  writeFileSync(coreFile, coreText(codes, core));
  mergeCore(meta, core, relative(root, coreFile));
  chmodSync(join(outdir, 'main.js'), 0o755);
  // Of the program alone: the package around it is of ES modules.
  writeFileSync(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  const notices = licences(meta);
  if (notices !== '') writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), notices);
  return meta;
}

/** One of them, and the plugin by which whoever imports it finds it in its file. */
async function bundleAlone(outdir, { name, entry, ...more }) {
  const result = await build({
    ...common,
    ...more,
    entryPoints: { [name]: entry },
    outdir: join(outdir, 'chunks'),
    entryNames: '[name]-[hash]',
    chunkNames: `${name}-[name]-[hash]`,
  });
  const { outputs } = result.metafile;
  const file = basename(Object.keys(outputs).find((path) => outputs[path].entryPoint === entry));
  const elsewhere = {
    name: `${name}-elsewhere`,
    setup(hooks) {
      const filter = new RegExp(`/${basename(entry).replace('.', '\\.')}$`);
      hooks.onResolve({ filter }, ({ importer }) => {
        // the program itself stands beside the folder of chunks, everything else in it
        const folder = importer === join(root, 'src', 'main.ts') ? './chunks/' : './';
        return { path: folder + file, external: true };
      });
    },
  };
  return { result, elsewhere };
}

/**
 * A chunk as CommonJS: `import` becomes `require` at the first use of what it gives, so that a
 * command reads only what it comes to use, and `import()` a promise of it.
 */
async function commonJs(text) {
  const { code } = await transform(text.replace(/^#!.*\n/, ''), {
    format: 'cjs',
    platform: 'node',
    target: 'node20.11',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__ownUrl' },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const ownUrl = "const __ownUrl=require('node:url').pathToFileURL(__filename).href;";
  return (code.includes('__ownUrl') ? ownUrl : '') + lazily(code);
}

/** `var import_a=require("a")` -> `var $1_=__late(()=>require("a"))`, and each use calls it. */
function lazily(code) {
  const names = new Map();
  const lazy = code
    // esbuild's marks: of what is needed for its side effects only, and we have none,
    .replaceAll(/(?<=[;}])require\("\.\/[^"]+"\);/g, '')
    // and for ES modules that would import this
    .replace(/0&&\(module\.exports=\{[^}]*\}\);\s*$/, '')
    .replaceAll(
      /\b(import_\w+)=(require\("[^"]+"\)|__toESM\(require\("[^"]+"\)(?:,1)?\))(?=[,;])/g,
      (_, name, load) => {
        names.set(name, `$${names.size}_`);
        return `${name}=__late(()=>${load})`;
      },
    );
  if (names.size === 0) return lazy;
  const used = lazy.replaceAll(/\b(import_\w+)\b(=__late)?/g, (whole, name, made) => {
    const short = names.get(name);
    if (short === undefined) return whole;
    // in brackets for the sake of `new`
    return made === undefined ? `(${short}())` : `${short}${made}`;
  });
  return late + used;
}

/**
 * The chunks that every status needs, most of which every command needs: they become one file, as
 * each file takes a third of a millisecond to be found and opened.
 */
function coreOf({ outputs }) {
  const core = new Set();
  const add = (path) => {
    if (core.has(path) || isSeldom(outputs[path])) return;
    core.add(path);
    for (const { path: next, kind, external } of outputs[path].imports) {
      if (kind === 'import-statement' && external !== true) add(next);
    }
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (way.includes(entryPoint)) add(path);
  }
  return core;
}

function isSeldom({ inputs }) {
  return Object.keys(inputs).some(
    (module) => seldom.includes(module) || module.startsWith('node_modules/'),
  );
}

/** What is written about the outputs, as they are now: the core is one, and `late` what can wait. */
function mergeCore({ outputs }, core, file) {
  const is = { inputs: {}, imports: [], entryPoints: [], bytes: statSync(join(root, file)).size };
  for (const [path, output] of Object.entries(outputs)) {
    for (const one of output.imports) {
      if (outputs[one.path] !== undefined && isSeldom(outputs[one.path])) one.kind = 'late';
    }
    if (!core.has(path)) continue;
    Object.assign(is.inputs, output.inputs);
    is.imports.push(...output.imports.filter(({ path: to }) => !core.has(to)));
    if (output.entryPoint !== undefined) is.entryPoints.push(output.entryPoint);
  }
  for (const path of core) delete outputs[path];
  outputs[file] = is;
  for (const { imports } of Object.values(outputs)) {
    for (const one of imports) if (core.has(one.path)) one.path = file;
  }
}

/** `require` of what is in the core file: from inside of it, or from another file. */
function fromCore(code, core, where) {
  const names = new Set([...core].map((path) => basename(path)));
  return code.replaceAll(/\brequire\("\.\/(chunks\/)?([^"/]+)"\)/g, (whole, folder, name) => {
    if (!names.has(name)) return whole;
    return where === 'core'
      ? `__core("${name}")`
      : `require("./${folder ?? ''}core.js")("${name}")`;
  });
}

/**
 * The core file: a function by the name of a chunk, which runs it when it is first asked for. What
 * esbuild puts before each chunk to make it CommonJS stands there once for all of them.
 */
function coreText(codes, core) {
  let most = '';
  const parts = [...core].map((path) => {
    const code = fromCore(codes.get(path), core, 'core').replace(helpers, (head) => {
      if (head.length > most.length) most = head;
      return '';
    });
    // in brackets, so that V8 reads it once and not twice
    return `"${basename(path)}":(function(module){${code.replace(late, '')}})`;
  });
  return `'use strict';${late}${most}const __made=new Map,__core=name=>{let is=__made.get(name);if(is===void 0){is={exports:{}};__made.set(name,is);__parts[name](is)}return is.exports};module.exports=__core;const __parts={${parts.join(',\n')}};`;
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
