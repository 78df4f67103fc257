// Everything that must hold before a change is merged, for a person and for CI alike.
// All steps run even after one has failed, so that one run tells everything there is to mend.
//   --no-tests   leaves out the tests (CI has just run them)
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const noTests = process.argv.includes('--no-tests');

const steps = [
  { name: 'format', run: 'oxfmt --check .' },
  { name: 'lint', run: 'npm run lint' },
  { name: 'types', run: 'tsc --project .' },
  { name: 'dead code', run: 'knip' },
  { name: 'tests', run: 'npm test', skip: noTests },
  // Again after the tests, which start the built program: what is measured below is fresh.
  { name: 'build', run: 'npm run build' },
  { name: 'package', run: 'node scripts/package-check.mjs' },
  { name: 'budgets', run: 'node scripts/budget.mjs' },
  // Generated pages: joins the check with the script that generates them.
  {
    name: 'docs in sync',
    run: 'node scripts/docs.mjs --check',
    skip: !existsSync(join(root, 'scripts', 'docs.mjs')),
  },
];

// The program, its build and its tests run on Node 20.11; the linter and its kin do not.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major === 20 && minor < 19) {
  process.stderr.write(
    `The linter, the formatter and knip need Node 20.19 or newer, and this is ${process.version}.\n`,
  );
  process.exit(1);
}
if (!start('node scripts/ensure.mjs')) process.exit(1);
const failed = [];
for (const { name, run, skip } of steps) {
  if (skip === true) continue;
  process.stdout.write(`\n== ${name}: ${run}\n`);
  if (!start(run)) failed.push(name);
}
process.stdout.write(
  failed.length === 0 ? '\nAll checks passed.\n' : `\nChecks failed: ${failed.join(', ')}.\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function start(command) {
  const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`;
  // Through the shell, since programs in node_modules/.bin are batch files on Windows.
  const { status } = spawnSync(command, {
    cwd: root,
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: path },
  });
  return status === 0;
}
