/** How to go to a session: a line for a new terminal. */
import { quote } from '../kernel/quote.ts';

/** @param agent program that is started there, `null` if the session is for nobody in particular */
export function enterLine(worktree: string, agent: string | null): string {
  const go = `cd ${quote(worktree)}`;
  return agent === null ? go : `${go} && ${quote(agent)}`;
}
