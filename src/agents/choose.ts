/** Which agents are meant: those that are there, or those that are named. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { lookUpProgram } from '../git/git.ts';
import type { Agent } from './agent.ts';
import { agents } from './all.ts';

/**
 * The agents that are used here: their folder is in the project, or their program on PATH.
 * @param path PATH
 */
export function detect(root: AbsolutePath, path: string): readonly Agent[] {
  return agents.filter(
    ({ traces, programs }) =>
      traces.some((trace) => existsSync(join(root, trace))) ||
      programs.some((program) => lookUpProgram(program, path) !== null),
  );
}

/**
 * @param list names with commas between them, or `detect`, `all`, `none`
 * @throws FlightError `usage` naming what is no agent, with the nearest one
 */
export function chooseAgents(
  list: string,
  where: { readonly root: AbsolutePath; readonly path: string },
): readonly Agent[] {
  const words = list.split(',').map((word) => word.trim());
  switch (list.trim()) {
    case 'detect':
      return detect(where.root, where.path);
    case 'all':
      return agents;
    case 'none':
      return [];
    default:
      return agentsNamed(words);
  }
}

function agentsNamed(words: readonly string[]): readonly Agent[] {
  const wrong = words.find((word) => !agents.some(({ id }) => id === word));
  if (wrong === undefined) return agents.filter(({ id }) => words.includes(id));
  const known = [...agents.map(({ id }) => id), 'detect', 'all', 'none'];
  const near = known.find((id) => distance(id, wrong.toLowerCase()) <= Math.max(2, id.length / 3));
  const guess = near === undefined ? '' : ` Did you mean ${near}?`;
  const detail = `--agents: ${JSON.stringify(wrong)} is no agent that is known.${guess} Known are ${known.join(', ')}.`;
  throw new FlightError('usage', { detail, command: ['init'] });
}

/** How many letters differ: put in, left out or exchanged. */
function distance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let at = 1; at <= a.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= b.length; to += 1) {
      const same = a[at - 1] === b[to - 1] ? 0 : 1;
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
