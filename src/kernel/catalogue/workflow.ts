/** Errors of the workflow commands: `dev-session start` and `dev-session end`. */
import { ours } from '../suggestion.ts';
import { entry, nothingChanged } from './entry.ts';

export const workflowErrors = {
  'log-place-unsafe': entry<{ folder: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'The folder of the session logs is a link that leads out of the checkout, or no folder.',
    message: (d) => `No log can be written to ${d.folder}: ${d.why}.`,
    safe: nothingChanged,
    hints: () => [ours(['parallel', 'status'], 'shows the sessions and the main checkout')],
  }),
  'no-checkout': entry<{ root: string }>({
    exit: 4,
    retryable: false,
    when: 'A standard session was asked for where the repository has no main checkout.',
    message: (d) => `${d.root} is bare: it has no main checkout that a standard session could use.`,
    safe: nothingChanged,
    hints: () => [
      ours(['dev-session', 'start', '--parallel'], 'asks for the goals of a parallel session'),
    ],
  }),
  'no-such-task': entry<{ task: string; known: readonly string[] }>({
    exit: 3,
    retryable: false,
    when: 'No task of that id stands below docs/implementation.',
    message: (d) =>
      d.known.length === 0
        ? `There is no task ${d.task}: no file below docs/implementation has a **Status** line.`
        : `There is no task ${d.task} below docs/implementation. Among those there are: ${d.known.join(', ')}.`,
    safe: nothingChanged,
    hints: () => [ours(['dev-session', 'start'], 'lists the planned and running tasks')],
  }),
  'ambiguous-task': entry<{ task: string; ids: readonly string[] }>({
    exit: 2,
    retryable: false,
    when: 'Several files have a task of that id.',
    message: (d) => `Several tasks are called ${d.task}. Name one of: ${d.ids.join(', ')}.`,
    safe: nothingChanged,
    hints: () => [ours(['dev-session', 'start'], 'lists the planned and running tasks')],
  }),
  'log-not-written': entry<{ name: string; worktree: string; why: string }>({
    exit: 1,
    retryable: true,
    when: 'The session was created, but its log could not be written.',
    message: (d) => `Session ${d.name} is ready at ${d.worktree}, but has no log yet: ${d.why}`,
    safe: () => 'The session is whole; nothing else was changed.',
    hints: (d) => [
      ours(['-C', d.worktree, 'dev-session', 'start'], 'resumes it, and writes the log'),
      ours(['parallel', 'status', d.name], 'shows it in full'),
    ],
  }),
};
