/**
 * Ctrl-C, `kill`, a closed terminal: the first one asks the operation to stop at a safe point and
 * waits for it; a second one ends this process. What was begun is the next command's to finish.
 */
import { constants } from 'node:os';

export interface Interruption {
  readonly signal: AbortSignal;
  /** the signal that came, `null` if none did */
  readonly name: () => NodeJS.Signals | null;
}

const handled = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Begins to listen; for the rest of the process. */
export function listen(): Interruption {
  const controller = new AbortController();
  let came: NodeJS.Signals | null = null;
  for (const name of handled) {
    process.on(name, () => {
      if (came !== null) process.exit(128 + constants.signals[name]);
      came = name;
      controller.abort();
    });
  }
  return { signal: controller.signal, name: () => came };
}
