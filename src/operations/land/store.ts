/**
 * The queue of this call: begun, gone on with, changed and ended by compare-and-swap, always under
 * the lock. Whoever finds one that is not his asks whether its owner still lives.
 */
import { FlightError } from '../../kernel/errors.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { currentOwner, operationToken, ownerState, type Owner } from '../../kernel/owner.ts';
import type { Git } from '../../git/git.ts';
import type { Oid } from '../../git/oid.ts';
import { transact, type RefChange } from '../../git/refs.ts';
import { removeScratch } from '../../integration/scratch.ts';
import type { Held } from '../../safety/held.ts';
import { holderOf } from '../../safety/lock-blob.ts';
import type { Project } from '../../sessions/project.ts';
import {
  queueChange,
  queueRef,
  readQueue,
  type Queue,
  type QueueEntry,
  type StoredQueue,
} from '../../sessions/queue.ts';
import { change, underLock, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { queueScratch } from './scratch-place.ts';

export type Contents = Omit<Queue, 'schema' | 'home' | 'owner'>;

/** The queue that this call owns. */
export interface OpenQueue {
  readonly owner: Owner;
  readonly contents: () => Contents;
  /** notes what became of an entry, together with `more` */
  readonly settle: (
    key: string,
    what: Partial<QueueEntry>,
    more?: (held: Held) => Promise<readonly RefChange[]>,
  ) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** How a queue that is there stands to this call. */
export type Standing =
  | { readonly kind: 'none' }
  /** its owner is gone; `queue: null`: it cannot be read */
  | { readonly kind: 'left'; readonly stored: StoredQueue };

/**
 * @throws FlightError `queue-busy` if its owner lives, or cannot be seen and was not given up;
 *   `queue-newer`
 */
export async function standingOf(
  context: OperationContext,
  git: Git,
  project: Project,
): Promise<Standing> {
  const stored = await readQueue(git, project.commonDir);
  if (stored === null) return { kind: 'none' };
  const { queue, newer } = stored;
  if (newer)
    throw new FlightError('queue-newer', { commonDir: project.commonDir, oid: stored.oid });
  if (queue === null) return { kind: 'left', stored };
  const { owner } = queue;
  const state = await ownerState(owner);
  if (state === 'dead') return { kind: 'left', stored };
  if (state === 'unknown' && context.breakLock === owner.token) return { kind: 'left', stored };
  throw new FlightError('queue-busy', {
    holder: holderOf(owner),
    ...(state === 'unknown' ? { token: owner.token, command: context.commandLine } : {}),
  });
}

/**
 * A new queue takes the place of an old one only on the user's word: `--break-lock` with its token.
 * @throws FlightError `queue-interrupted`
 */
export function refuseLeft(context: OperationContext, standing: Standing): void {
  if (standing.kind === 'none') return;
  const { queue } = standing.stored;
  const remaining = queue === null ? [] : waiting(queue.entries);
  if (queue !== null && context.breakLock !== queue.owner.token) {
    const { token } = queue.owner;
    throw new FlightError('queue-interrupted', { remaining, token, command: context.commandLine });
  }
  const named = remaining.length === 0 ? '' : `: ${remaining.join(', ')} stay as they are`;
  context.warn({
    code: 'queue-forgotten',
    message:
      queue === null
        ? 'A queue that nobody can read was there, and is replaced.'
        : `The queue that was cut off is forgotten${named}.`,
  });
}

export function waiting(entries: readonly QueueEntry[]): string[] {
  return entries.filter(({ state }) => state === 'waiting').map(({ name }) => name);
}

/**
 * Writes the queue that `plan` makes of fresh facts, in place of one that was left behind.
 * @param plan `null`: there is nothing to do; then nothing is written
 */
export async function openQueue(
  context: OperationContext,
  project: Project,
  plan: (frame: Change, standing: Standing) => Promise<Contents | null>,
): Promise<OpenQueue | null> {
  const token = operationToken(project.commonDir);
  const command = context.commandLine.join(' ');
  const owner = await currentOwner({ token, command, clock: context.clock });
  const body = async (frame: Change): Promise<{ oid: Oid | null; contents: Contents } | null> => {
    const standing = await standingOf(context, frame.git, frame.project);
    const contents = await plan(frame, standing);
    if (contents === null) return null;
    const left = standing.kind === 'left' ? standing.stored : null;
    if (left?.queue) await removeScratch(project, queueScratch(project, left.queue.owner).folder);
    faultPoint('queue.begin:before');
    const oid = await write(frame.held, project, left?.oid ?? null, { ...contents, owner });
    faultPoint('queue.begin:after');
    return { oid, contents };
  };
  // no session changes by being queued: the manifest shows what it did
  const begun = await change(context, project, body, { nothingDone: () => true });
  return begun === null ? null : opened(context, project, owner, begun);
}

function opened(
  context: OperationContext,
  project: Project,
  owner: Owner,
  begun: { readonly oid: Oid | null; readonly contents: Contents },
): OpenQueue {
  let { oid, contents } = begun;
  return {
    owner,
    contents: () => contents,
    settle: async (key, what, more) => {
      const entries = contents.entries.map((one) => (one.key === key ? { ...one, ...what } : one));
      // it is so, whether or not it can be noted
      contents = { ...contents, entries };
      await underLock(context, project, async (held) => {
        const others = (await more?.(held)) ?? [];
        faultPoint('queue.settle:before');
        oid = await write(held, project, oid, { ...contents, owner }, others);
        faultPoint('queue.settle:after');
      });
    },
    end: async () => {
      await underLock(context, project, async (held) => {
        faultPoint('queue.end:before');
        await write(held, project, oid, null);
        faultPoint('queue.end:after');
      });
    },
  };
}

async function write(
  held: Held,
  project: Project,
  from: Oid | null,
  queue: (Contents & { readonly owner: Owner }) | null,
  others: readonly RefChange[] = [],
): Promise<Oid | null> {
  const stored = queue === null ? null : { ...queue, owner: { ...queue.owner } };
  const own = await queueChange(held.git, project.commonDir, from, stored);
  const done = await transact(held.git, project.commonDir, [own, ...others], 'flight-rules: land');
  if (done.kind === 'done') return own.to;
  // a record that somebody has just changed stays as it is; the queue alone is the truth
  if (done.ref !== queueRef && others.length > 0) return write(held, project, from, queue);
  throw new FlightError('plan-changed', { name: 'the queue', what: 'The owner' });
}
