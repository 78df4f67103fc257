// A repository of its own for tests that need one with a single commit, and what an operation gets.
import { execFile } from 'node:child_process';
import { mkdtemp, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { openGit, type Git } from '../../src/git/git.ts';
import { absolute, type AbsolutePath } from '../../src/kernel/path.ts';
import type { OperationContext } from '../../src/operations/context.ts';

const start = promisify(execFile);

export interface SmallRepository {
  readonly root: AbsolutePath;
  readonly folder: AbsolutePath;
  readonly env: Record<string, string>;
  readonly port: Git;
  readonly git: (...args: readonly string[]) => Promise<string>;
}

export async function smallRepository(name = 'my-project'): Promise<SmallRepository> {
  const folder = await realpath(await mkdtemp(join(inject('runHome'), 'repository-')));
  const root = absolute(join(folder, name));
  const env = {
    ...(process.env as Record<string, string>),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_STATE_HOME: join(folder, 'state'),
  };
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await start('git', ['-C', root, ...args], { env });
    return stdout.trim();
  };
  await start('git', ['init', '-q', root], { env });
  await git('commit', '-q', '--allow-empty', '-m', 'first');
  return { root, folder: absolute(folder), env, git, port: openGit({ env }) };
}

/** A context as a face would make it; `interactive` stands for a person at a terminal. */
export function operationContext(
  repository: SmallRepository,
  more: { readonly interactive?: boolean; readonly env?: Record<string, string> } = {},
): OperationContext {
  const context: OperationContext & Record<string, unknown> = {
    directory: repository.root,
    env: { ...repository.env, ...more.env },
    git: repository.port,
    clock: { now: () => new Date('2026-11-22T15:22:00Z') },
    pid: process.pid,
    commandLine: [],
    standardInput: async () => Buffer.alloc(0),
    breakLock: null,
    interactive: more.interactive ?? false,
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
    located: () => undefined,
    spell: (args: readonly string[]) => ({ command: args.join(' '), argv: args }),
  };
  return context;
}
