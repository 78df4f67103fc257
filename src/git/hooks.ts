/**
 * The repository's hooks, run by us where git's own way would be wrong: `worktree add
 * --no-checkout` runs none, and `git hook run` resolves a relative `core.hooksPath` in the new
 * tree (where an ignored hooks folder is missing) and exports `GIT_DIR`.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { run, type RunResult } from '../kernel/processes.ts';
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

/** Runs a hook in `cwd`, with `GIT_DIR` and its kin unset, as `git worktree add` does. */
export async function runHook(
  port: Git,
  hook: AbsolutePath,
  args: readonly string[],
  options: { cwd: AbsolutePath; timeoutMs: number },
): Promise<RunResult> {
  return run(hook, args, {
    cwd: options.cwd,
    env: userEnvironment(port.env),
    timeoutMs: options.timeoutMs,
    keepBytes: 65_536,
    ...(port.signal === undefined ? {} : { signal: port.signal }),
  });
}
