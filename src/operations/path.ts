/** `parallel path`: where a session's worktree is, and nothing else. */
import { stat } from 'node:fs/promises';
import * as z from 'zod/mini';
import { FlightError } from '../kernel/errors.ts';
import { done } from '../kernel/outcome.ts';
import { asSessionName, sessionKey } from '../sessions/name.ts';
import { readRegistry, type Registry } from '../sessions/registry.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { PathReport } from './shapes/path.ts';

export const parallelPath = defineOperation({
  name: 'parallel path',
  summary: 'Print the path of a session',
  description:
    'Prints the absolute path of the worktree and nothing else, so that a shell can go there.',
  effect: 'read',
  input: z.object({ name: z.string() }),
  flags: { name: { about: 'the session', positional: 'one' } },
  output: PathReport,
  examples: [{ args: 'parallel path auth-refactor', about: 'where auth-refactor is' }],
  run: async ({ name }, context) => {
    const project = await projectOf(context);
    const registry = await readRegistry(project.git, project.commonDir);
    const parsed = asSessionName(name);
    const stored = parsed === null ? undefined : registry.sessions.get(sessionKey(parsed));
    if (stored === undefined) {
      throw new FlightError('no-such-session', { name, known: names(registry) });
    }
    if (stored.read.kind === 'broken') {
      throw new FlightError('broken-record', { name, why: stored.read.why });
    }
    const { record } = stored.read;
    if (record.state !== 'active') {
      throw new FlightError('no-worktree', { name: record.name, state: record.state });
    }
    if (!(await isFolder(record.worktree))) {
      throw new FlightError('no-worktree', { name: record.name, state: 'orphaned' });
    }
    return done({ path: record.worktree });
  },
});

function names(registry: Registry): readonly string[] {
  return [...registry.sessions.values()].map(({ key, read }) =>
    read.kind === 'record' ? read.record.name : key,
  );
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
