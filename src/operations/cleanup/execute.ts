/** Does one item of the plan, under the lock, and looks afterwards whether it is done. */
import { FlightError } from '../../kernel/errors.ts';
import { mendMoved } from '../../safety/mend.ts';
import { preflight } from '../../safety/preflight.ts';
import { putAway } from '../../safety/put-away.ts';
import { setAside } from '../../safety/set-aside.ts';
import type { Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { expiresAt } from '../expiry.ts';
import type { PlanItem } from './plan.ts';

export interface Done {
  readonly trash?: { readonly id: string; readonly expiresAt: string };
}

/** @throws FlightError whatever stopped it; the session is as it was then */
export async function execute(
  context: OperationContext,
  frame: Change,
  item: PlanItem,
): Promise<Done> {
  switch (item.reason) {
    case 'interrupted':
      return finished(frame, item);
    case 'moved':
      await mendMoved(frame.project, frame.held, item.session);
      return mended(frame, item);
    case 'orphaned':
      if (item.entryOnly) {
        frame.drop(item.session.name);
        return {};
      }
      if (item.setAside) {
        await setAside(frame.project, frame.held, item.session);
        await frame.lookAgain();
        return {};
      }
      return put(context, frame, item, 'cleanup');
    case 'landed':
      return put(context, frame, item, 'merge');
  }
}

async function put(
  context: OperationContext,
  frame: Change,
  item: PlanItem,
  refuseAs: 'cleanup' | 'merge',
): Promise<Done> {
  const session = await frame.takeOver(item.session);
  const asked = await preflight(frame.project, session, {
    strategy: refuseAs,
    forceInUse: false,
    callerPid: context.pid,
    command: context.commandLine,
    worktrees: frame.facts.worktrees,
  });
  for (const warning of asked.warnings) context.warn(warning);
  const [first] = asked.refusals;
  if (first !== undefined) throw first;
  const { id, entry, registry } = await putAway(frame.project, frame.held, session, {
    strategy: 'cleanup',
    becomes: 'ended',
    at: context.clock.now(),
    observed: frame.facts,
    index: asked.facts.tree.kind === 'known' ? asked.facts.tree.value.index : null,
  });
  frame.saw(registry);
  return { trash: { id, expiresAt: expiresAt(frame.project, entry) } };
}

/** Recovery ran when the lock was taken; here it is only seen whether it did its work. */
async function finished(frame: Change, item: PlanItem): Promise<Done> {
  const now = (await frame.lookAgain()).sessions.find((one) => one.key === item.session.key);
  if (now?.record?.intent === undefined) return {};
  throw new FlightError('unknown-state', {
    name: item.session.name,
    what: 'how to finish what was cut off',
    why: 'see the warning above',
  });
}

async function mended(frame: Change, item: PlanItem): Promise<Done> {
  const now = (await frame.lookAgain()).sessions.find((one) => one.key === item.session.key);
  if (now?.place.kind === 'present') return {};
  throw new FlightError('unknown-state', {
    name: item.session.name,
    what: 'the place',
    why: 'its links were rewritten, but it is still not whole',
  });
}
