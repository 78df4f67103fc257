// What the published program may weigh. Bytes and counts, never milliseconds: they say the same on
// a loaded machine. Raising a number here is a decision, and belongs into the commit that needs it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const budgets = {
  // Start-up is what Node reads before main.ts runs: dist/main.js and the chunks it imports
  // statically. The argument parser, prompts, schemas and MCP must not be among them.
  'start-up bytes': 24_000,
  'start-up chunks': 4,
  'start-up source modules': 12,
  'total bytes': 1_000_000,
  'packed bytes': 400_000,
};

/** The only files that are published. */
const published = [
  /^package\.json$/,
  /^README\.md$/,
  /^LICENSE$/,
  /^dist\/main\.js$/,
  /^dist\/chunks\/[\w.-]+\.js$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
  /^schemas\/[\w./-]+\.json$/,
  /^templates\/[\w./-]+$/,
];

const problems = [];
const meta = JSON.parse(readFileSync(join(root, 'dist-test', 'release-meta.json'), 'utf8'));
const startUp = eager('dist/main.js');
const packed = pack();

report('start-up bytes', sum(startUp.map((name) => meta.outputs[name].bytes)));
report('start-up chunks', startUp.length);
report(
  'start-up source modules',
  new Set(startUp.flatMap((name) => Object.keys(meta.outputs[name].inputs))).size,
);
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

/** An output and all that it imports statically, which Node loads before it runs. */
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
  process.stdout.write(`${name.padEnd(24)} ${String(value).padStart(9)} of ${limit}\n`);
  if (value > limit) problems.push(`${name}: ${value} is more than ${limit}`);
}

function sum(numbers) {
  return numbers.reduce((total, next) => total + next, 0);
}
