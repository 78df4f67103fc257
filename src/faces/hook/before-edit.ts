/**
 * The quick way of `hook <agent> pre-edit`: an agent waits for it before every edit. Nothing of the
 * command line is loaded. It says something only if there is something to say, and always ends with
 * 0: agents take other statuses for a refusal, or for one of theirs.
 */
import { writeSync } from 'node:fs';
import { beforeEdit } from '../../agents/before-edit.ts';
import { answerText } from '../../agents/edit-answer.ts';
import { guardWord, hookAgent } from '../../agents/hook-words.ts';
import { readHookInput, workingDirectory } from './input.ts';

/** An agent writes at once; one that hands in nothing and keeps the pipe open is not waited for. */
const patienceMs = 1_000;

/**
 * Does it and ends the process, if `args` are such a call; else it does nothing.
 * @param args what follows `hook`
 */
export async function answerIfAsked(args: readonly string[]): Promise<void> {
  const agent = hookAgent(args[0]);
  if (agent === null || args[1] !== guardWord || args.length !== 2) return;
  try {
    const now = new Date(performance.timeOrigin);
    const input = await readHookInput(process.stdin, patienceMs);
    const asked = { agent, input, directory: workingDirectory(), env: process.env, now };
    const text = answerText(agent, await beforeEdit(asked));
    // at once, whole: the process ends here
    if (text !== '') writeSync(1, text);
  } catch {
    // an agent must not stumble over us
  }
  process.exit(0);
}
