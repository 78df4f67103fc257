/**
 * Claude Code's worktree provider: its `--worktree`, its EnterWorktree tool and its isolated
 * subagents get sessions of ours. It reads the path on the last line of stdout, shows stderr to the
 * user if we fail, and keeps a worktree that we refuse to remove.
 */
import { recordSignal } from '../../agents/record-signal.ts';
import { FlightError } from '../../kernel/errors.ts';
import { absolute, type AbsolutePath } from '../../kernel/path.ts';
import type { OperationContext } from '../../operations/context.ts';
import { create } from '../../operations/create.ts';
import { endProvided } from '../../operations/end-provided.ts';
import { projectOf } from '../../operations/project.ts';
import { errorAnswer, outcomeAnswer, type Answer } from '../cli/answer.ts';
import { contextFor } from '../cli/context.ts';
import { asFlightError } from '../cli/failure.ts';
import { frame, speller, startDirectory, type Frame } from '../cli/frame.ts';
import { noGlobals } from '../cli/globals.ts';
import { readHookInput } from './input.ts';

/** The pipe may stay open: somebody who calls without input is told so after this. */
const patienceMs = 10_000;

/** A session for the name that Claude gives. The answer's last line is its path. */
export async function provideWorktree(outer: Frame): Promise<Answer> {
  const input = await askedFor('worktree-create', 'name');
  const name = input.value.replaceAll('/', '-');
  const how = ['--dirty', 'leave', '--agent', 'claude'];
  const call = ['parallel', 'create', name, ...how];
  return inside(outer, input.cwd, call, async (current, context) => {
    await refuseLineBreaks(context);
    const outcome = await create.run({ name, goals: [], dirty: 'leave', agent: 'claude' }, context);
    const { stdout, stderr, exit } = await outcomeAnswer(current, create.name, outcome);
    if (outcome.kind === 'decision') return { stdout: '', stderr: stderr + stdout, exit };
    const { session, created } = outcome.data;
    const mapped =
      name === input.value || created
        ? ''
        : `Claude's name ${input.value} is ${name} here, and that session is used.\n`;
    await sayWorking(input.given, session.worktree);
    return { stdout: `${session.worktree}\n`, stderr: stderr + mapped, exit };
  });
}

/** The worktree that Claude is done with. What holds work stays. */
export async function takeWorktree(outer: Frame): Promise<Answer> {
  const input = await askedFor('worktree-remove', 'worktree_path');
  const path = absolute(input.value, input.cwd);
  return inside(outer, input.cwd, ['parallel', 'status'], async (current, context) => {
    const { name, id } = await endProvided(context, path);
    const back = speller(current, 'whole').command(['parallel', 'restore', id]).command;
    return { stdout: '', stderr: `Session ${name} is in the trash. Back with: ${back}\n`, exit: 0 };
  });
}

/** Runs `body` as a call of ours in `directory`; what goes wrong is told on stderr. */
async function inside(
  { interruption }: Frame,
  directory: AbsolutePath,
  commandLine: readonly string[],
  body: (current: Frame, context: OperationContext) => Promise<Answer>,
): Promise<Answer> {
  // agents have no keyboard, and read the answer as text
  const globals = { ...noGlobals, noInput: true, directories: [directory] };
  const current = frame(globals, interruption);
  try {
    return await body(current, contextFor(current, commandLine));
  } catch (thrown) {
    const stopped = { signal: interruption.name(), command: commandLine };
    return errorAnswer(current, asFlightError(thrown, stopped));
  }
}

interface Asked {
  readonly value: string;
  readonly cwd: AbsolutePath;
  /** all that was handed in */
  readonly given: object;
}

/** @throws FlightError `usage` if Claude's JSON is missing or lacks `key` */
async function askedFor(event: string, key: string): Promise<Asked> {
  const given = await readHookInput(process.stdin, patienceMs);
  const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, key) : '';
  if (typeof given !== 'object' || given === null || typeof value !== 'string' || value === '') {
    const detail = `hook claude ${event} is for Claude Code, which hands in JSON with ${key} on standard input.`;
    throw new FlightError('usage', { detail, command: ['hook'] });
  }
  const cwd: unknown = Reflect.get(given, 'cwd');
  const from = typeof cwd === 'string' && cwd !== '' ? absolute(cwd) : startDirectory(noGlobals);
  return { value, cwd: from, given };
}

/** @throws FlightError `usage`: a path of two lines cannot be answered */
async function refuseLineBreaks(context: OperationContext): Promise<void> {
  const { sessionsDir } = await projectOf(context);
  if (!/[\r\n]/u.test(sessionsDir)) return;
  const detail = `Claude Code reads a worktree's path from one line, and ${JSON.stringify(sessionsDir)} has a line break.`;
  throw new FlightError('usage', { detail, command: ['config'] });
}

/** An isolated subagent starts no session of its own: until its turn is over Claude works there. */
async function sayWorking(given: object, worktree: string): Promise<void> {
  const input = { ...given, cwd: worktree };
  const heard = { agent: 'claude', event: 'working', at: new Date(), input } as const;
  await recordSignal({ ...heard, directory: null }).catch(() => undefined);
}
