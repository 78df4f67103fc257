// Starts the command line as a process of its own: the real program with a table of toys, bundled
// as the build does it, or the program in dist/.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The released program. */
export const releasedProgram = join(root, 'dist', 'main.js');

/** Bundles the program with the toy table into a folder of its own. @returns its main.js */
export async function toyProgram(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'flight-rules-toy-'));
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/main.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.11',
    mainFields: ['module', 'main'],
    define: { __VERSION__: '"0.0.0-toy"', __FAULTS__: 'false' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
    plugins: [
      {
        name: 'toys',
        setup(hooks) {
          hooks.onResolve({ filter: /operations\/index\.ts$/ }, () => ({
            path: join(root, 'test/support/toy-operations.ts'),
          }));
        },
      },
    ],
  });
  return join(folder, 'main.mjs');
}

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** called with what stderr has said so far, and the process */
  readonly onStderr?: (text: string, child: ChildProcess) => void;
}

/** Runs a program to its end; stdin is closed, stdout and stderr are pipes. */
export function start(
  program: string,
  args: readonly string[],
  options: Options = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: options.cwd ?? tmpdir(),
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.onStderr?.(stderr, child);
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr }));
  });
}

/** Runs `main`, a script, with node. */
export function cli(main: string, args: readonly string[], options: Options = {}): Promise<Ended> {
  return start(process.execPath, [main, ...args], options);
}

/**
 * Runs `main` at a pseudo terminal.
 * @param steps what to wait for, and the keys to send then
 */
export function atTerminal(
  main: string,
  args: readonly string[],
  steps: readonly (readonly [string, string])[],
  options: Options = {},
): Promise<Ended> {
  const pty = join(root, 'test/support/pty.py');
  const words = [pty, '30', JSON.stringify(steps), process.execPath, main, ...args];
  return start('python3', words, { ...options, env: { TERM: 'xterm', ...options.env } });
}

/** The one line on stdout, parsed. */
export function json(ended: Ended): Record<string, unknown> {
  const lines = ended.stdout.split('\n');
  if (lines.length !== 2 || lines[1] !== '') throw new Error(`not one line: ${ended.stdout}`);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}
