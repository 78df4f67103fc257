/** What was asked for, checked: flags of the command line and `mode` of a tool call are one thing. */
import * as z from 'zod/mini';
import { FlightError } from '../../kernel/errors.ts';
import { parseSessionName, type SessionName } from '../../sessions/name.ts';
import type { Task } from '../../workflow/tasks-read.ts';

export const StartInput = z.object({
  goals: z._default(z.array(z.string()), []),
  tasks: z._default(z.array(z.string()), []),
  parallel: z.optional(z.union([z.string(), z.boolean()])),
  standard: z._default(z.boolean(), false),
  mode: z.optional(z.enum(['standard', 'parallel'])),
  dirty: z.optional(z.enum(['carry', 'leave'])),
  base: z.optional(z.string()),
  agent: z.optional(z.string()),
});

export type StartInput = z.infer<typeof StartInput>;

export interface StartRequest {
  /** as given */
  readonly goals: readonly string[];
  /** ids as given */
  readonly tasks: readonly string[];
  /** `null`: not said */
  readonly mode: 'standard' | 'parallel' | null;
  /** of a parallel session; `null`: made of the goals */
  readonly name: SessionName | null;
  readonly dirty: 'carry' | 'leave' | null;
  readonly base: string | null;
  readonly agent: string | null;
}

/** @throws FlightError `usage`, `bad-name` */
export function requestOf(input: StartInput): StartRequest {
  const parallel = (input.parallel ?? false) !== false || input.mode === 'parallel';
  const standard = input.standard || input.mode === 'standard';
  if (parallel && standard) throw usage('A session is standard or parallel, not both.');
  if (standard && input.dirty !== undefined) {
    throw usage(
      '--dirty is for a parallel session: a standard one works in the changes as they are.',
    );
  }
  if (standard && input.base !== undefined) {
    throw usage(
      '--base is for a parallel session: a standard one works on the branch that is there.',
    );
  }
  if (input.goals.some((goal) => goal.trim() === '')) throw usage('--goal: a goal has words.');
  return {
    goals: input.goals,
    tasks: input.tasks,
    mode: parallel ? 'parallel' : standard ? 'standard' : null,
    name: typeof input.parallel === 'string' ? parseSessionName(input.parallel) : null,
    dirty: input.dirty ?? null,
    base: input.base ?? null,
    agent: input.agent ?? null,
  };
}

function usage(detail: string): FlightError {
  return new FlightError('usage', { detail, command: ['dev-session', 'start'] });
}

/** The call again, with what is given but for the mode, and what is added. */
export function again(request: StartRequest, added: readonly string[]): string[] {
  const { goals, tasks, base, agent, dirty } = request;
  const standard = added.includes('--standard');
  const kept = (flag: string, value: string | null): string[] =>
    value === null || added.includes(flag) || (standard && flag !== '--agent') ? [] : [flag, value];
  return [
    'dev-session',
    'start',
    ...goals.flatMap((goal) => ['--goal', goal]),
    ...tasks.flatMap((task) => ['--task', task]),
    ...kept('--base', base),
    ...kept('--dirty', dirty),
    ...kept('--agent', agent),
    ...added,
  ];
}

/** The mode as it was given. */
export function modeFlags(request: StartRequest): string[] {
  switch (request.mode) {
    case null:
      return [];
    case 'standard':
      return ['--standard'];
    case 'parallel':
      return request.name === null ? ['--parallel'] : ['--parallel', request.name];
  }
}

/**
 * The tasks of the ids that were given: `3.8.1`, or `<file>#3.8.1` if several files have one.
 * @throws FlightError `no-such-task`, `ambiguous-task`
 */
export function chosenTasks(request: StartRequest, all: readonly Task[]): readonly Task[] {
  return request.tasks.map((asked) => {
    const found = all.filter((one) => one.id === asked || longId(one) === asked);
    const [first, second] = found;
    if (first === undefined) {
      const open = all.filter(({ state }) => state === 'planned' || state === 'in-progress');
      const known = [...new Set((open.length > 0 ? open : all).map(({ id }) => id))].slice(0, 20);
      throw new FlightError('no-such-task', { task: asked, known });
    }
    if (second !== undefined) {
      throw new FlightError('ambiguous-task', { task: asked, ids: found.map(longId) });
    }
    return first;
  });
}

function longId(task: Task): string {
  return `${task.file}#${task.id}`;
}
