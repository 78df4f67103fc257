/**
 * The temporary folder a demo runs in: a repository, an empty home and git settings of its own.
 *
 * Invariants: nothing of the user's configuration reaches git here, and nothing outside of the
 * folder is written. Operations get the same context as from a face, with this folder in place of
 * the caller's. Processes: whatever the story runs, through `git`.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Outcome } from '../../kernel/outcome.ts';
import { absolute, below, type AbsolutePath } from '../../kernel/path.ts';
import { quoteAll } from '../../kernel/quote.ts';
import { gitText, openGit } from '../../git/git.ts';
import type { OperationContext } from '../context.ts';
import type { Operation } from '../define.ts';

export interface World {
  /** everything the demo writes is below it */
  readonly folder: AbsolutePath;
  /** the main checkout of the demo's repository */
  readonly root: AbsolutePath;
  readonly context: OperationContext;
  /** git in `cwd`; stdout without its last newline */
  readonly git: (cwd: string, ...args: readonly string[]) => Promise<string>;
}

/** What git is told here instead of what the user tells it everywhere. */
const settings = `[user]
	name = Flight Rules Demo
	email = demo@example.invalid
[commit]
	gpgSign = false
[gc]
	auto = 0
[maintenance]
	auto = false
`;

/** Makes the folder, still without a repository. @param context the caller's */
export async function makeWorld(context: OperationContext): Promise<World> {
  const folder = absolute(await realpath(await mkdtemp(below(absolute(tmpdir()), prefix))));
  try {
    const home = below(folder, 'home');
    const hooks = below(home, 'no-hooks');
    await mkdir(hooks, { recursive: true });
    const config = below(home, 'gitconfig');
    await writeFile(config, `${settings}[core]\n\thooksPath = ${JSON.stringify(hooks)}\n`);
    const env = environment(context.env, home, config);
    const { trace } = context.git;
    const git = openGit({
      env,
      signal: context.signal,
      ...(trace === undefined ? {} : { trace }),
    });
    const root = below(folder, 'my-project');
    return {
      folder,
      root,
      git: (cwd, ...args) => gitText(git, cwd, args),
      context: {
        ...context,
        directory: root,
        env,
        git,
        breakLock: null,
        standardInput: async () => Buffer.alloc(0),
        interactive: false,
        located: () => undefined,
        // as people type it: the folder is gone before anybody could run it
        spell: (args) => spelled(['flight-rules', ...args]),
        progress: () => undefined,
        warn: () => undefined,
      },
    };
  } catch (error) {
    await removeWorld(folder);
    throw error;
  }
}

const prefix = 'flight-rules-demo-';

/** Removes the folder with all that is in it. What a killed git still writes is waited for. */
export async function removeWorld(folder: AbsolutePath): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/**
 * Runs an operation in the demo's repository.
 * @param args as typed; hints that repeat the call are made of them
 * @throws FlightError as the operation does
 */
export function perform<I, O>(
  world: World,
  operation: Operation<I, O>,
  input: unknown,
  args: readonly string[] = operation.name.split(' '),
): Promise<Outcome<O>> {
  return operation.run(operation.input.parse(input), { ...world.context, commandLine: args });
}

/** Writes files below `folder`. */
export async function write(
  folder: AbsolutePath,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(below(folder, name), text);
}

/** The caller's environment without what steers git or says where settings and caches are. */
function environment(
  inherited: OperationContext['env'],
  home: AbsolutePath,
  config: AbsolutePath,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    // where git keeps its own programs is a fact of this machine, not a setting
    const steers = /^(?:GIT|XDG)_/u.test(name) && name !== 'GIT_EXEC_PATH';
    if (value !== undefined && !steers) env[name] = value;
  }
  return {
    ...env,
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: below(home, 'config'),
    XDG_STATE_HOME: below(home, 'state'),
    XDG_CACHE_HOME: below(home, 'cache'),
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

function spelled(argv: readonly string[]): ReturnType<OperationContext['spell']> {
  return { command: quoteAll(argv), argv };
}
