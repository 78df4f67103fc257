/** The command line: reads argv, answers on stdout and stderr, ends with the exit code. */
import type { Answer } from './answer.ts';
import { bearErrors, write } from './output.ts';
import { listen } from './signals.ts';

export async function main(): Promise<void> {
  bearErrors([process.stdout, process.stderr]);
  const interruption = listen();
  const argv = process.argv.slice(2);
  // What nobody awaited and nobody caught ends here once; nothing else may answer after it.
  let over = false;
  const fail = (thrown: unknown): void => {
    if (over) return;
    over = true;
    void import('./run.ts')
      .then(({ bugAnswer }) => bugAnswer(thrown, argv, interruption))
      .then(finish);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const { respond } = await import('./run.ts');
  const answer = await respond(argv, interruption);
  if (over) return;
  over = true;
  await finish(answer);
}

/** Ends the process when all has been written. An answer that could not be given is exit 1. */
async function finish(answer: Answer): Promise<void> {
  let { exit } = answer;
  if (answer.stdout !== '') {
    const written = await write(process.stdout, answer.stdout);
    if (written.kind === 'failed') {
      await write(process.stderr, `The answer could not be written: ${written.why}.\n`);
      if (exit === 0) exit = 1;
    }
  }
  if (answer.stderr !== '') await write(process.stderr, answer.stderr);
  process.exit(exit);
}
