/** What is said while a queue runs: which session, which step, and how long the last one took. */
import type { OperationContext } from '../context.ts';

export interface Steps {
  /** the last step is over, the next one begins; without one the session is done with */
  readonly next: (done: string | null, step: string | null) => void;
}

/** @param at 1 for the first of `all` */
export function stepsOf(
  context: Pick<OperationContext, 'progress' | 'clock'>,
  name: string,
  at: number,
  all: number,
): Steps {
  let since = context.clock.now().getTime();
  return {
    next: (done, step) => {
      const now = context.clock.now().getTime();
      const took = done === null ? null : `${done} in ${seconds(now - since)}`;
      since = now;
      const said = [took, step].filter((part) => part !== null).join(', ');
      context.progress(`[${at}/${all}] ${name}: ${said}`);
    },
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
