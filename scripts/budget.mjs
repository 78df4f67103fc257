// What the published program may weigh. Bytes and counts, never milliseconds: they say the same on
// a loaded machine. Raising a number here is a decision, and belongs into the commit that needs it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const commandLine = ['src/main.ts', 'src/faces/cli/main.ts', 'src/faces/cli/parse.ts'];
const status = [...commandLine, 'src/faces/cli/run.ts', 'src/operations/status.ts'];

/**
 * What Node reads on the way: these modules, each imported by the one before, and what they import
 * statically. The command is the one agents and prompts run most.
 */
const ways = {
  '--version': ['src/main.ts'],
  'status --json': status,
  // Without the protocol kit, which it loads then; nothing else may reach the kit at all.
  mcp: [...commandLine, 'src/faces/cli/run.ts', 'src/faces/mcp/serve.ts'],
  'hook pre-edit': ['src/main.ts', 'src/faces/hook/before-edit.ts'],
  'status for people': [...status, 'src/faces/cli/human.ts', 'src/render/human/status.ts'],
};

const budgets = {
  // Nothing is loaded to say it; these are what makes modules of CommonJS, and tells hooks apart.
  '--version bytes': 1_250,
  // One file (see build.mjs), and what says where it is. The argument parser, the schemas, prompts,
  // the other operations and their renderers must not be among them.
  'status --json bytes': 265_000,
  'status --json chunks': 2,
  // And what counts and cuts columns.
  'status for people bytes': 300_000,
  'status for people chunks': 10,
  // An agent waits for it before every edit: no git, no schema, no message of ours.
  'hook pre-edit bytes': 25_000,
  'hook pre-edit chunks': 2,
  // All commands with all they need: there are no dependencies to install. Of these bytes the
  // protocol kit of `mcp` is about three tenths.
  'total bytes': 2_100_000,
  'packed bytes': 580_000,
};

/** The only files that are published. */
const published = [
  /^package\.json$/,
  /^README\.md$/,
  /^LICENSE$/,
  /^dist\/main\.js$/,
  /^dist\/package\.json$/,
  /^dist\/chunks\/[\w.-]+\.js$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
  /^schemas\/[\w./-]+\.json$/,
  /^templates\/[\w./-]+$/,
  /^plugin\/[\w./-]+$/,
];

const problems = [];
const meta = JSON.parse(readFileSync(join(root, 'dist-test', 'release-meta.json'), 'utf8'));
const packed = pack();

for (const [way, modules] of Object.entries(ways)) {
  const chunks = modules.reduce((seen, module) => eager(outputOf(module), seen), []);
  const reaches = chunks.some((name) => meta.outputs[name].imports.some(isKit));
  if (reaches !== (way === 'mcp')) problems.push(`${way} ${reaches ? 'loads' : 'lacks'} the kit`);
  report(`${way} bytes`, sum(chunks.map((name) => meta.outputs[name].bytes)));
  report(`${way} chunks`, chunks.length);
}
report('total bytes', sum(Object.values(meta.outputs).map(({ bytes }) => bytes)));
if (packed !== undefined) {
  report('packed bytes', packed.size);
  for (const { path } of packed.files) {
    if (!published.some((pattern) => pattern.test(path))) problems.push(`${path} is published`);
  }
  const bin = packed.files.find(({ path }) => path === 'dist/main.js');
  if (bin === undefined) problems.push('dist/main.js is not published');
  // Windows has no such bit, and npm sets it on installing.
  else if (process.platform !== 'win32' && (bin.mode & 0o111) === 0) {
    problems.push('dist/main.js is not executable');
  }
}

for (const problem of problems) process.stderr.write(`budget: ${problem}.\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The protocol kit, in a bundle of its own (see build.mjs). */
function isKit({ path }) {
  return /\/mcp-kit-\w+\.js$/.test(path);
}

/** The output that begins with `module`: one that is run, or imported by `import()`. */
function outputOf(module) {
  const found = Object.entries(meta.outputs).find(
    ([, { entryPoint, entryPoints = [entryPoint] }]) => entryPoints.includes(module),
  );
  if (found === undefined) throw new Error(`${module} is not loaded by itself any more`);
  return found[0];
}

/** An output and all that it imports, but for what is seldom used and waits until it is. */
function eager(entry, seen = []) {
  if (seen.includes(entry)) return seen;
  seen.push(entry);
  for (const { path, kind, external } of meta.outputs[entry].imports) {
    if (kind === 'import-statement' && external !== true) eager(path, seen);
  }
  return seen;
}

function pack() {
  // Without scripts: the build is what is measured, and prepack would replace it.
  const done = npm(['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    env: { npm_config_dry_run: 'true' },
  });
  if (done.status !== 0) {
    problems.push(`npm pack failed: ${done.stderr.trim()}`);
    return undefined;
  }
  return Object.values(JSON.parse(done.stdout))[0];
}

function report(name, value) {
  const limit = budgets[name];
  if (limit === undefined) return; // only the bytes of this way are limited
  process.stdout.write(`${name.padEnd(24)} ${String(value).padStart(9)} of ${limit}\n`);
  if (value > limit) problems.push(`${name}: ${value} is more than ${limit}`);
}

function sum(numbers) {
  return numbers.reduce((total, next) => total + next, 0);
}
