// A project with the packed program on PATH, made ready by `init`, and an empty home for the agents.
import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { AgentId, Installed } from './programs.ts';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));

/** No check waits longer: agents that want a login or a network tend to hang. */
const limitMs = 90_000;

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Ground {
  readonly project: string;
  /** home of the agents, empty at first */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** the plugin in the installed package */
  readonly plugin: string;
  /** the installed `flight-rules`, with `--json` */
  readonly ours: (...args: readonly string[]) => Promise<Ended>;
}

/** A program's words, or `null` with the reason said when it was looked for. */
export function programOf(id: AgentId): (Installed & { readonly kind: 'there' }) | null {
  const installed = inject('agentPrograms')[id];
  return installed.kind === 'there' ? installed : null;
}

/**
 * Packs and installs this checkout once for each test file, as a user would, and makes a project.
 * @param init arguments of `init`, whose result is committed; none: it is not run
 */
export function makeGround(...init: readonly string[]): Ground {
  const folder = realpathSync(mkdtempSync(join(inject('runHome'), 'agents-')));
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  const prefix = join(folder, 'prefix');
  for (const made of [home, project, prefix]) mkdirSync(made);
  writeFileSync(join(prefix, 'package.json'), '{"private":true}\n');
  const quiet = { stdio: 'pipe' } as const;
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: checkout,
    ...quiet,
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const argv = ['install', '--no-audit', '--no-fund', '--offline', join(folder, tarball)];
  execFileSync('npm', argv, { cwd: prefix, ...quiet });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const program = join(prefix, 'node_modules', 'flight-rules', 'dist', 'main.js');
  // as a global installation links it
  symlinkSync(program, join(bin, 'flight-rules'));
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    GIT_CONFIG_GLOBAL: process.env['GIT_CONFIG_GLOBAL'] ?? '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C.UTF-8',
    TERM: 'dumb',
  };
  const git = (...args: readonly string[]): void => {
    execFileSync('git', args, { cwd: project, env, ...quiet });
  };
  git('init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(project, 'README.md'), '# A project\n');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
  if (init.length > 0) {
    execFileSync(join(bin, 'flight-rules'), ['init', ...init, '--json'], {
      cwd: project,
      env,
      ...quiet,
    });
    // committed, so that new worktrees have it
    git('add', '--all');
    git('commit', '--quiet', '--message', 'agents');
  }
  return {
    project,
    home,
    env,
    plugin: join(prefix, 'node_modules', 'flight-rules', 'plugin'),
    ours: (...args) => run([join(bin, 'flight-rules'), ...args, '--json'], { cwd: project, env }),
  };
}

/** The answer of a program that has to succeed. */
export function succeeded(ended: Ended): Ended {
  if (ended.exit === 0) return ended;
  throw new Error(`exit ${ended.exit}:\n${ended.stdout}${ended.stderr}`);
}

/** The first line of `ended` that is a JSON object and fits. */
export function lineOf(
  ended: Ended,
  fits: (line: Readonly<Record<string, unknown>>) => boolean,
): Readonly<Record<string, unknown>> {
  const line = jsonLines(ended.stdout).find(fits);
  if (line === undefined) throw new Error(`not said:\n${ended.stdout}${ended.stderr}`);
  return line;
}

/** Runs to the end, at most for the limit; killed with its group after it. */
export function run(
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly input?: string;
    /** the answer is whole when this holds: the program is ended then */
    readonly until?: (stdout: string) => boolean;
  },
): Promise<Ended> {
  const [program = '', ...args] = argv;
  return new Promise((settle, fail) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // it has ended by itself
      }
    };
    const timer = setTimeout(end, limitMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (options.until?.(stdout) === true) end();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', fail);
    child.on('close', (exit) => {
      clearTimeout(timer);
      settle({ exit, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(options.input ?? '');
    // those who talk over stdin are ended when they have said what was asked
    if (options.until === undefined) child.stdin.end();
  });
}

/** The lines of a stream that are JSON objects. */
export function jsonLines(text: string): readonly Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [{ ...value }] : [];
    } catch {
      return [];
    }
  });
}
