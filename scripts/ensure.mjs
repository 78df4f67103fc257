// Installs the development dependencies when, and only when, they are not what the lock file says.
// Dependency-free on purpose: it is the first thing that runs in a fresh clone, so it may import
// nothing that is installed. Every failure is one sentence and exit 1, because its reader has just cloned
// the repository and knows nothing of npm's logs.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.installed');

// Compared as numbers, since '20.9' sorts after '20.11' as text.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  stop(`flight-rules needs Node 20.11 or newer, and this is ${process.version}.`);
}

const lock = read(join(root, 'package-lock.json'));
if (lock === undefined) stop('package-lock.json is missing or unreadable: restore it with git.');

// Platform and Node are part of the key: esbuild, oxlint and vitest install native builds, and a
// checkout shared with a container or moved to another machine would otherwise start the wrong ones.
const key = createHash('sha256')
  .update([lock, process.version, process.platform, process.arch].join('\n'))
  .digest('hex');

// A read-only checkout fails here, in a sentence, and not half-way through a build.
try {
  accessSync(root, constants.W_OK);
} catch {
  stop(
    'This checkout is read-only, and installing and building write to it: clone it to a folder you can write to.',
  );
}

if (read(stamp)?.trim() === key) process.exit(0);
if (installedByHand()) {
  writeFileSync(stamp, `${key}\n`);
  process.exit(0);
}
install();

function install() {
  process.stderr.write('Installing development dependencies (npm ci) ...\n');
  const args = [
    'ci',
    '--prefer-offline', // a warm cache must do without network
    '--include=dev', // NODE_ENV=production would leave out the compiler
    '--ignore-scripts', // nothing here needs one; native builds come as packages
    '--no-audit',
    '--no-fund',
    // npm's default waits a minute and a half before it admits that there is no network.
    '--fetch-retries=2',
    '--fetch-retry-mintimeout=500',
    '--fetch-retry-maxtimeout=3000',
  ];
  const done = npm(args, { cwd: root });
  if (done.status !== 0) stop(explain(done));
  try {
    writeFileSync(stamp, `${key}\n`);
  } catch (error) {
    stop(`The dependencies are installed, but node_modules cannot be written: ${error.message}.`);
  }
}

/** True after a plain `npm ci`: npm's own record of what it put there agrees with the lock file. */
function installedByHand() {
  const record = read(join(modules, '.package-lock.json'));
  if (record === undefined) return false;
  try {
    const wanted = Object.entries(JSON.parse(lock).packages).filter(([path]) => path !== '');
    const present = JSON.parse(record).packages;
    const native = `node_modules/@esbuild/${process.platform}-${process.arch}`;
    if (present[native] === undefined || !existsSync(join(root, native))) return false;
    return wanted.every(([path, { integrity, optional }]) =>
      present[path] === undefined ? optional === true : present[path].integrity === integrity,
    );
  } catch {
    return false; // unreadable records mean "install again", which is always safe
  }
}

function explain({ error, stderr, stdout }) {
  const text = `${stderr ?? ''}${stdout ?? ''}`;
  if (error)
    return `npm could not be started (${error.message}): install npm, which comes with Node.`;
  if (/EROFS|EACCES|EPERM/.test(text)) {
    return 'The dependencies cannot be installed, because node_modules or the npm cache cannot be written.';
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/.test(
      text,
    )
  ) {
    return 'The dependencies cannot be installed: the npm registry is not reachable and the npm cache does not hold them; run it again with network.';
  }
  const why = /^npm error (?!code|A complete log)(.+)$/m.exec(text)?.[1] ?? 'npm gave no reason';
  return `The dependencies cannot be installed (${why.replace(/\.$/, '')}): run "npm ci" to see more.`;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
