/** The queue of landings, if there is one: is somebody at it, and how far has it come? */
import { ownerState } from '../../kernel/owner.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { readQueueAt } from '../../sessions/queue.ts';
import type { OperationContext } from '../context.ts';
import type { StatusReport } from '../shapes/status.ts';

/** One process: `cat-file`. `undefined`: there is none. */
export async function queueStatus(
  context: Pick<OperationContext, 'warn' | 'spell'>,
  project: Project,
  { registry }: Pick<Observation, 'registry'>,
): Promise<StatusReport['queue']> {
  if (registry.queue === null) return undefined;
  const { queue, newer } = await readQueueAt(project.git, project.commonDir, registry.queue);
  if (queue === null) {
    const message = newer
      ? 'A queue of landings is there that a newer flight-rules wrote: how far it is cannot be told.'
      : 'A queue of landings is there that cannot be read; the next parallel land replaces it.';
    context.warn({ code: newer ? 'queue-newer' : 'queue-unreadable', message });
    return undefined;
  }
  const state = await ownerState({ ...queue.owner });
  const inState = (...states: readonly string[]): string[] =>
    queue.entries.filter((one) => states.includes(one.state)).map(({ name }) => name);
  const report = {
    since: queue.since,
    landed: inState('landed', 'published'),
    sentBack: inState('sent-back'),
    remaining: inState('waiting'),
  };
  if (state !== 'dead') return { ...report, state: state === 'alive' ? 'running' : 'unknown' };
  const { command } = context.spell(['parallel', 'land', '--resume']);
  const message = `A queue of landings was cut off. ${command} goes on with it.`;
  context.warn({ code: 'queue-interrupted', message });
  return { ...report, state: 'interrupted', next: [{ command, why: 'goes on with it' }] };
}
