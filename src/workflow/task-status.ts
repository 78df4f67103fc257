/**
 * Setting the status of a task in its file. Pure. The words and symbols are those the file uses
 * already; without an example the line's own manner: with a symbol or without, in lower case or not.
 */
import type { ParsedTask } from './tasks-read.ts';

export const settableStates = ['planned', 'in-progress', 'complete'] as const;

export type SettableState = (typeof settableStates)[number];

const words: Readonly<Record<SettableState, string>> = {
  planned: 'Planned',
  'in-progress': 'In Progress',
  complete: 'Complete',
};

const symbols: Readonly<Record<SettableState, string>> = {
  planned: '🔵',
  'in-progress': '🟡',
  complete: '✅',
};

/**
 * @param text the file, with `task` where its parser found it
 * @param all tasks of the file
 */
export function withStatus(
  text: string,
  task: ParsedTask,
  all: readonly ParsedTask[],
  state: SettableState,
): string {
  if (task.state === state) return text;
  const example = all.find((one) => one.state === state)?.status;
  const status = example ?? inManner(task.status, state);
  const gap = task.start === task.end && !/[ \t]$/u.test(text.slice(0, task.start)) ? ' ' : '';
  return text.slice(0, task.start) + gap + status + text.slice(task.end);
}

function inManner(old: string, state: SettableState): string {
  const letters = old.replace(/^[^\p{L}\p{N}]+/u, '');
  const plain = words[state];
  const said = letters !== '' && letters === letters.toLowerCase() ? plain.toLowerCase() : plain;
  const symbol = old.slice(0, old.length - letters.length).trim();
  if (symbol === '' && old !== '') return said;
  if (letters === '' && old !== '') return symbols[state];
  return `${symbols[state]} ${said}`;
}

/** Is the status one that `--task` can set? */
export function isSettable(state: string): state is SettableState {
  return settableStates.some((one) => one === state);
}
