/** `parallel path`: where the worktree of a session is, and nothing else. Writes nothing. */
import * as z from 'zod/mini';
import { FlightError } from '../kernel/errors.ts';
import { done, type Outcome } from '../kernel/outcome.ts';
import { observe } from '../sessions/observe.ts';
import { keyNamed } from '../sessions/name.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { PathReport } from './shapes/path.ts';

export const PathInput = z.object({ name: z.string() });

async function run(
  input: z.infer<typeof PathInput>,
  context: OperationContext,
): Promise<Outcome<PathReport>> {
  const key = keyNamed(input.name);
  const project = await projectOf(context);
  const facts = await observe(project, context.directory);
  const session = facts.sessions.find((one) => one.key === key);
  if (session === undefined) {
    const known = facts.sessions.map((one) => one.name);
    throw new FlightError('no-such-session', { name: input.name, known });
  }
  const { place } = session;
  if (place.kind === 'present') return done({ path: place.path });
  if (place.kind === 'moved') return done({ path: place.to });
  const adoptable = facts.adoptable.find((one) => one.name === session.name && one.directoryExists);
  if (adoptable !== undefined) return done({ path: adoptable.worktree });
  const state = place.kind === 'put-away' ? (session.record?.state ?? 'kept') : session.health;
  throw new FlightError('no-worktree', { name: session.name, state });
}

export const path = defineOperation({
  name: 'parallel path',
  summary: "Print the path of a session's worktree",
  description: 'Prints the absolute path of the worktree and nothing else, for `cd "$(…)"`.',
  effect: 'read',
  input: PathInput,
  flags: { name: { about: 'name of the session', positional: 'one', value: 'NAME' } },
  output: PathReport,
  examples: [{ args: 'parallel path auth', about: 'where session auth is' }],
  run,
});
