// A small project with sessions, made by the built program, that can be put back as it was: the
// same paths each time, since links and records hold absolute ones.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { gitIn, writeIn } from '../../support/repo.ts';

/** The program with its fault points. */
const program = fileURLToPath(new URL('../../../dist-test/main.js', import.meta.url));

export interface Ended {
  /** exit code, or the signal that ended it */
  readonly end: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface World {
  /** everything is below it */
  readonly folder: string;
  /** main checkout */
  readonly root: string;
  readonly commonDir: string;
  readonly sessionsDir: string;
  readonly worktree: (name: string) => string;
  /** git in `folder` (relative to the world; default: the main checkout) */
  readonly git: (args: readonly string[], folder?: string) => string;
  readonly write: (path: string, content: string) => void;
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ended>;
  readonly start: (args: readonly string[], options?: RunOptions) => Running;
  /** remembers how everything is under `label` */
  readonly keep: (label: string) => void;
  readonly putBack: (label: string) => void;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** folders before the others on PATH */
  readonly path?: readonly string[];
  /** in a process group of its own, so that a signal can go to the group */
  readonly group?: 'own';
}

interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

export function makeWorld(): World {
  const home = mkdtempSync(join(inject('runHome'), 'crash-'));
  const folder = join(home, 'w');
  const root = join(folder, 'project');
  mkdirSync(root, { recursive: true });
  const sessionsDir = `${root}-sessions`;
  const start = (args: readonly string[], options: RunOptions = {}): Running =>
    startProgram(folder, ['--no-input', ...args], options);
  return {
    folder,
    root,
    commonDir: join(root, '.git'),
    sessionsDir,
    worktree: (name) => join(sessionsDir, name),
    git: (args, at = 'project') => gitIn(join(folder, at), ...args),
    write: (path, content) => {
      writeIn(folder, path, content);
    },
    start,
    run: (args, options) => start(args, options).ended,
    keep: (label) => {
      copy(folder, join(home, label));
    },
    putBack: (label) => {
      copy(join(home, label), folder);
    },
  };
}

function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true, maxRetries: 5 });
  execFileSync('cp', ['-a', from, to]);
}

function startProgram(folder: string, args: readonly string[], options: RunOptions): Running {
  const path = [...(options.path ?? []), process.env['PATH'] ?? ''].join(':');
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd ?? join(folder, 'project'),
    env: { ...process.env, XDG_STATE_HOME: join(folder, 'state'), PATH: path, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.group === 'own',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    // not `close`: a git that outlives the program holds its pipes
    child.on('exit', (code, signal) => {
      setTimeout(() => resolve({ end: signal ?? code ?? -1, stdout, stderr }), 5);
    });
  });
  return { pid: child.pid ?? 0, ended };
}

const lines = (change: Readonly<Record<number, string>>): string =>
  Array.from({ length: 12 }, (_, at) => `${change[at + 1] ?? `line ${at + 1}`}\n`).join('');

/**
 * The main checkout with edits of the user's, the session `auth` with two commits and ignored
 * files, and a bystander `by` with uncommitted work of every kind. Kept as `base`.
 */
export async function furnish(world: World): Promise<void> {
  const { git, write } = world;
  git(['init', '-q', '-b', 'main', '--template=']);
  write('project/.gitignore', '.env\nignored/\n');
  write('project/a.txt', lines({}));
  write('project/b.txt', 'b\n');
  write('project/gone.txt', 'gone\n');
  write('project/type', 'a file\n');
  git(['add', '.']);
  git(['commit', '-qm', 'first']);
  write('project/.env', 'SECRET=1\n');
  await succeed(world, ['parallel', 'create', 'by']);
  await succeed(world, ['parallel', 'create', 'auth', '--goal', 'Sign tokens']);
  dirty(world, 'project-sessions/by');
  const at = 'project-sessions/auth';
  write(`${at}/a.txt`, lines({ 3: 'three' }));
  write(`${at}/deep/er/x.txt`, 'x\n');
  git(['add', '.'], at);
  git(['commit', '-qm', 'change'], at);
  git(['rm', '-q', 'gone.txt', 'type'], at);
  write(`${at}/type/now`, 'a folder\n');
  write(`${at}/carried.txt`, 'carried\n');
  git(['add', '.'], at);
  git(['commit', '-qm', 'more'], at);
  git(['commit', '-q', '--amend', '-m', 'more, amended'], at);
  write(`${at}/ignored/cache`, 'hours of work\n');
  write('project/b.txt', 'mine\n');
  write('project/notes.txt', 'untracked\n');
  write('project/ignored/build', 'built\n');
  world.keep('base');
}

/** Uncommitted work of every kind in the worktree at `at`. */
export function dirty({ git, write }: World, at: string): void {
  write(`${at}/staged.txt`, 'staged\n');
  write(`${at}/b.txt`, 'staged bytes\n');
  git(['add', 'staged.txt', 'b.txt'], at);
  write(`${at}/b.txt`, 'edited again\n');
  write(`${at}/a.txt`, lines({ 9: 'nine' }));
  write(`${at}/fresh/untracked.txt`, 'untracked\n');
  write(`${at}/ignored/deep/cache`, 'ignored\n');
}

/** Runs a command that must succeed. */
export async function succeed(world: World, args: readonly string[]): Promise<Ended> {
  const ended = await world.run(['--json', ...args]);
  if (ended.end !== 0) throw new Error(`${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
  return ended;
}
