/**
 * The repository's hooks, run by us where git's own way would be wrong: `worktree add
 * --no-checkout` runs none, and `git hook run` resolves a relative `core.hooksPath` in the new
 * tree (where an ignored hooks folder is missing) and exports `GIT_DIR`.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { run, SpawnError, type RunResult } from '../kernel/processes.ts';
import type { GitConfig } from './config.ts';
import { userEnvironment } from './environment.ts';
import type { Git } from './git.ts';

/** Where hooks live, seen from the main checkout; always absolute. */
export function hooksFolder(
  config: GitConfig,
  root: AbsolutePath,
  commonDir: AbsolutePath,
  env: Readonly<Record<string, string | undefined>>,
): AbsolutePath {
  const configured = config.get('core.hooksPath');
  if (configured === null || configured === '') return below(commonDir, 'hooks');
  return absolute(configured.replace(/^~(?=\/)/u, env['HOME'] ?? '~'), root);
}

/** The hook `name`, or `null` if there is none that git would run. */
export async function findHook(folder: AbsolutePath, name: string): Promise<AbsolutePath | null> {
  const file = below(folder, name);
  try {
    await access(file, constants.X_OK);
    return file;
  } catch {
    return null;
  }
}

export interface HookRun {
  /** `null`: it was ended by a signal, or could not be started */
  readonly exit: number | null;
  readonly timedOut: boolean;
  /** the end of what it said, both streams as they came */
  readonly output: string;
}

/** What is kept of a hook's words. */
const wordsKept = 4_000;

/**
 * Runs a hook in `cwd`, with `GIT_DIR` and its kin unset, as `git worktree add` does; one without
 * a `#!` line by the shell, as git does. When the hook is over so is the wait, also if it leaves a
 * daemon behind that keeps its streams open.
 */
export async function runHook(
  port: Git,
  hook: AbsolutePath,
  args: readonly string[],
  options: { readonly cwd: AbsolutePath; readonly timeoutMs: number },
): Promise<HookRun> {
  const output = await namelessFile();
  const start = (program: string, words: readonly string[]): Promise<RunResult> =>
    run(program, words, {
      cwd: options.cwd,
      env: userEnvironment(port.env),
      timeoutMs: options.timeoutMs,
      ...(output === null ? {} : { outputTo: output.fd }),
      ...(port.signal === undefined ? {} : { signal: port.signal }),
    });
  try {
    const { exit, timedOut } = await start(hook, args).catch((error: unknown) => {
      if (!(error instanceof SpawnError) || error.code !== 'ENOEXEC') throw error;
      return start('/bin/sh', [hook, ...args]);
    });
    return { exit, timedOut, output: output === null ? '' : await lastWords(output) };
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    return { exit: null, timedOut: false, output: `It could not be started (${error.code}).` };
  } finally {
    await output?.close();
  }
}

/** A file without a name, so that nothing is left of it whatever happens; `null`: nowhere to be had. */
async function namelessFile(): Promise<FileHandle | null> {
  const path = join(tmpdir(), `flight-rules-${randomUUID()}`);
  try {
    const file = await open(path, 'wx+', 0o600);
    await rm(path, { force: true });
    return file;
  } catch {
    return null;
  }
}

async function lastWords(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.min(size, wordsKept));
  await file.read(bytes, 0, bytes.length, size - bytes.length);
  return bytes.toString('utf8');
}
