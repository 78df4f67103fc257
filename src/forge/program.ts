/**
 * Runs `gh` and `glab`: from an absolute path outside the repository, without a keyboard, within
 * a time limit. What goes in is an array of arguments of the form `--flag=value`, so that no
 * title or branch is ever taken for a flag; what comes out is cleaned of credentials.
 */
import { basename, delimiter, dirname } from 'node:path';
import { realpathSync } from 'node:fs';
import { userEnvironment } from '../git/environment.ts';
import { lookUpProgram } from '../git/git.ts';
import { FlightError } from '../kernel/errors.ts';
import { isWithin, type AbsolutePath } from '../kernel/path.ts';
import { run, SpawnError, type RunResult } from '../kernel/processes.ts';
import { withoutCredentials } from './url.ts';

export type ForgeProgram = 'gh' | 'glab';

/** How the programs are run in this project. */
export interface ForgeSetting {
  /** of the session, for messages */
  readonly name: string;
  /** the main checkout or the common dir: gh and glab find their repository from there */
  readonly directory: AbsolutePath;
  /** folders that come from the repository; no program is taken from there */
  readonly avoid: readonly AbsolutePath[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** where the branch is pushed to; its credentials are kept out of messages */
  readonly url: string;
  readonly signal?: AbortSignal;
  /** per call; 60 s unless told otherwise */
  readonly timeoutMs?: number;
  /** how long output is read on once the program has ended, if it left something running */
  readonly lingerMs?: number;
}

const defaultTimeoutMs = 60_000;

/** Kept of the output of a call: lists of pull requests are small. */
const keepBytes = 4 * 2 ** 20;

/**
 * The absolute path of a program on PATH, or `null`. Skips what the repository brings along:
 * `npx` puts its `node_modules/.bin` in front of everything.
 */
export function findForgeProgram(
  program: ForgeProgram,
  setting: Pick<ForgeSetting, 'env' | 'avoid'>,
): string | null {
  const folders = (setting.env['PATH'] ?? '').split(delimiter).filter((folder) => {
    if (basename(folder) === '.bin' && basename(dirname(folder)) === 'node_modules') return false;
    const place = realOf(folder);
    return !setting.avoid.some((root) => isWithin(folder, root) || isWithin(place, root));
  });
  return lookUpProgram(program, folders.join(delimiter));
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

export type ForgeAnswer =
  | {
      readonly kind: 'ended';
      readonly exit: number | null;
      readonly stdout: string;
      readonly said: string;
    }
  | { readonly kind: 'failed'; readonly said: string };

/** Runs a program to its end. Never throws for what the program does. */
export async function runForge(
  path: string,
  args: readonly string[],
  setting: ForgeSetting,
  stdin?: string,
): Promise<ForgeAnswer> {
  const timeoutMs = setting.timeoutMs ?? defaultTimeoutMs;
  let result: RunResult;
  try {
    result = await run(path, args, {
      cwd: setting.directory,
      env: { ...userEnvironment(setting.env), ...quiet },
      timeoutMs,
      keepBytes,
      ...(stdin === undefined ? {} : { stdin }),
      ...(setting.lingerMs === undefined ? {} : { lingerMs: setting.lingerMs }),
      ...(setting.signal === undefined ? {} : { signal: setting.signal }),
    });
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    return { kind: 'failed', said: `It could not be started: ${error.code}.` };
  }
  if (result.timedOut) {
    const said = `It did not end within ${Math.ceil(timeoutMs / 100) / 10} s and was stopped.`;
    return { kind: 'failed', said };
  }
  if (result.aborted) return { kind: 'failed', said: 'It was interrupted.' };
  const stdout = result.stdout.toString('utf8');
  const heard = [result.stderr.toString('utf8').trim(), stdout.trim()].find((one) => one !== '');
  const said = withoutCredentials(heard ?? '', setting.url).slice(0, 4_000);
  return { kind: 'ended', exit: result.exit, stdout, said };
}

/** An agent has no keyboard, and nobody reads a spinner or an offer to update. */
const quiet: Readonly<Record<string, string>> = {
  GH_PROMPT_DISABLED: '1',
  GH_NO_UPDATE_NOTIFIER: '1',
  NO_PROMPT: '1',
  GLAB_NO_PROMPT: '1',
  GLAB_CHECK_UPDATE: 'false',
  NO_COLOR: '1',
  CLICOLOR_FORCE: '0',
  // an editor or a browser would wait for somebody who is not there
  GH_EDITOR: 'false',
  GLAB_EDITOR: 'false',
  GH_BROWSER: 'false',
  BROWSER: 'false',
};

/** @returns stdout of a call that ended well @throws FlightError `forge-failed` */
export async function answerOf(
  program: ForgeProgram,
  path: string,
  args: readonly string[],
  setting: ForgeSetting,
  more: { readonly pushed: boolean; readonly stdin?: string },
): Promise<string> {
  const answer = await runForge(path, args, setting, more.stdin);
  if (answer.kind === 'ended' && answer.exit === 0) return answer.stdout;
  const exit = answer.kind === 'ended' ? answer.exit : null;
  throw forgeFailed(program, setting, { exit, output: answer.said, pushed: more.pushed });
}

export function forgeFailed(
  program: ForgeProgram,
  setting: Pick<ForgeSetting, 'name'>,
  how: { readonly exit: number | null; readonly output: string; readonly pushed: boolean },
): FlightError<'forge-failed'> {
  return new FlightError('forge-failed', { name: setting.name, program, ...how });
}
