// Starts npm the same way from every script. Only Node is imported, because scripts/ensure.mjs
// uses this before anything is installed.
import { spawnSync } from 'node:child_process';

/**
 * Runs npm to its end and captures what it says.
 * @param {string[]} args what follows `npm`
 * @param {{ cwd: string, env?: Record<string, string> }} options
 */
export function npm(args, { cwd, env }) {
  // The npm that runs us, if one does: another one on PATH may be older than the lock file.
  const cli = process.env.npm_execpath ?? '';
  const known = /npm-cli\.[cm]?js$/.test(cli);
  return spawnSync(known ? process.execPath : 'npm', known ? [cli, ...args] : args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm.cmd is a batch file, which Windows starts only through its shell; the arguments are ours.
    shell: !known && process.platform === 'win32',
    env: {
      ...process.env,
      // `npm run -s` hands its silence down, and a silent npm does not say why it failed.
      npm_config_loglevel: 'error',
      // `npm publish --dry-run` hands this down, and then nothing would be installed or packed.
      npm_config_dry_run: 'false',
      ...env,
    },
  });
}
