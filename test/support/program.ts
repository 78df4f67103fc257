// The command line, asked in a folder, with its JSON answer taken apart. `ask` and `must` run it in
// this process, from argv to the line on stdout; `say` starts the released program.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { respond } from '../../src/faces/cli/run.ts';
import { cli, json, releasedProgram, type Ended } from './cli.ts';

export interface Reply extends Ended {
  /** the one line on stdout */
  readonly body: Record<string, unknown>;
  /** what stands at `data.session.name`, say; `undefined` if nothing does */
  readonly at: (path: string) => unknown;
  /** the same, which must be a text */
  readonly text: (path: string) => string;
}

type Env = Readonly<Record<string, string>>;

/** Runs `flight-rules …args --json` in `cwd`. Whatever the exit code, stdout is one line of JSON. */
export async function ask(cwd: string, args: readonly string[], env: Env = {}): Promise<Reply> {
  const home = process.cwd();
  const before = { ...process.env };
  const { signal } = new AbortController();
  let ended: Ended;
  try {
    process.chdir(cwd);
    Object.assign(process.env, env);
    ended = await respond([...args, '--json'], { signal, name: () => null });
  } finally {
    process.chdir(home);
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
  return reply(ended);
}

/** As `ask`, by the released program as a process of its own. */
export async function askProgram(
  cwd: string,
  args: readonly string[],
  env: Env = {},
): Promise<Reply> {
  return reply(await cli(releasedProgram, [...args, '--json'], { cwd, env }));
}

function reply(ended: Ended): Reply {
  const body = json(ended);
  const at = (path: string): unknown => dig(body, path);
  return {
    ...ended,
    body,
    at,
    text: (path) => {
      const value = at(path);
      if (typeof value !== 'string') throw new Error(`no text at ${path}: ${ended.stdout}`);
      return value;
    },
  };
}

/** As `ask`, and it must end with exit 0; otherwise the answer is in the failure. */
export async function must(cwd: string, args: readonly string[], env: Env = {}): Promise<Reply> {
  const reply = await ask(cwd, args, env);
  expect(reply.exit, `${args.join(' ')}: ${reply.stdout}${reply.stderr}`).toBe(0);
  return reply;
}

/** Runs `flight-rules …args` as a script would see it: no JSON, no terminal. */
export function say(cwd: string, args: readonly string[], env: Env = {}): Promise<Ended> {
  return cli(releasedProgram, args, { cwd, env });
}

/**
 * A session is made, shown and found from `cwd`, and status leaves no doubt about it.
 * @returns its worktree
 */
export async function worksFrom(
  cwd: string,
  name: string,
  options: { readonly create?: readonly string[]; readonly env?: Env } = {},
): Promise<string> {
  const { create = [], env } = options;
  const created = await must(cwd, ['parallel', 'create', name, ...create], env);
  const worktree = created.text('data.session.worktree');
  const status = await must(cwd, ['parallel', 'status', name], env);
  expect(status.at('data.sessions.0')).toMatchObject({
    name,
    state: 'active',
    health: 'ok',
    needs: [],
    worktree,
    base: { ahead: 0, behind: 0 },
    changes: { staged: 0, modified: 0, untracked: 0, conflicted: 0 },
  });
  const path = await say(cwd, ['parallel', 'path', name], env);
  expect(path).toEqual({ exit: 0, stdout: `${worktree}\n`, stderr: '' });
  expect(existsSync(worktree)).toBe(true);
  const head = execFileSync('git', ['symbolic-ref', 'HEAD'], { cwd: worktree, encoding: 'utf8' });
  expect(head).toBe(`refs/heads/${created.text('data.session.branch')}\n`);
  return worktree;
}

function dig(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (from, key) =>
        typeof from === 'object' && from !== null ? Reflect.get(from, key) : undefined,
      value,
    );
}
