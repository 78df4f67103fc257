/**
 * The quick way of `hook <agent> <event>`: an agent waits for it at every turn. Nothing of the
 * command line is loaded. It observes only: silent, exit 0, whatever happens.
 */
import { hookAgent, hookEvent } from '../../agents/hook-words.ts';
import { recordSignal } from '../../agents/record-signal.ts';
import { readHookInput, workingDirectory } from './input.ts';

/** An agent writes at once; one that hands in nothing and keeps the pipe open is not waited for. */
const patienceMs = 1_000;

/**
 * Does it and ends the process, if `args` are such a call; else it does nothing.
 * @param args what follows `hook`
 */
export async function answerIfAsked(args: readonly string[]): Promise<void> {
  const agent = hookAgent(args[0]);
  const event = hookEvent(args[1]);
  if (agent === null || event === null || args.length !== 2) return;
  try {
    const at = new Date(performance.timeOrigin);
    const input = await readHookInput(process.stdin, patienceMs);
    await recordSignal({ agent, event, at, input, directory: workingDirectory() });
  } catch {
    // an agent must not stumble over us, and nobody reads what we would say
  }
  process.exit(0);
}
