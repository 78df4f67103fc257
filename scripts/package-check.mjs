// The tarball as its users meet it: packed, installed into an empty folder, linted and started.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const problems = [];

if (Object.keys(about.dependencies ?? {}).length > 0) {
  problems.push('package.json has runtime dependencies, and everything must be bundled');
}

const folder = mkdtempSync(join(tmpdir(), 'flight-rules-pack-'));
try {
  await tryTarball();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const problem of problems) process.stderr.write(`package: ${problem}.\n`);
if (problems.length === 0) process.stdout.write('The tarball installs offline and starts.\n');
process.exitCode = problems.length === 0 ? 0 : 1;

async function tryTarball() {
  const packed = npm(['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (packed.status !== 0 || tarball === undefined) {
    problems.push(`npm pack failed: ${packed.stderr.trim()}`);
    return;
  }
  const home = join(folder, 'empty');
  mkdirSync(home);
  const installed = npm(
    // --prefix, or npm would look for a package in the folders above.
    ['install', '--prefix', home, '--no-audit', '--no-fund', '--offline', join(folder, tarball)],
    // An empty cache proves that nothing but the tarball is needed.
    { cwd: home, env: { npm_config_cache: join(folder, 'cache') } },
  );
  if (installed.status !== 0) {
    problems.push(`the tarball does not install: ${installed.stderr.trim()}`);
    return;
  }
  // What was installed, and not this checkout, where publint would judge node_modules as well.
  const pkgDir = join(home, 'node_modules', about.name);
  const { messages } = await publint({ pkgDir, pack: false, level: 'warning' });
  for (const message of messages) problems.push(formatMessage(message, about, { color: false }));

  const bin = join(home, 'node_modules', '.bin', 'flight-rules');
  const { status, stdout, stderr } = spawnSync(bin, ['--version'], {
    cwd: home,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0 || stdout.trim() !== about.version) {
    problems.push(`--version of the installed program says: ${stdout}${stderr}`.trim());
  }
}
