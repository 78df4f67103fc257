/**
 * A session that another command is at work on: the intent in its record says so. Its owner is
 * alive (wait for him), dead (recovery finishes what he began), or cannot be seen from here: he is
 * on another host or in another container, and may be gone for ever. Only then the user's word
 * counts: `--break-lock` with exactly his token makes recovery take him for dead. One that is
 * alive here is never taken for dead, whatever the flag says.
 */
import { FlightError } from '../kernel/errors.ts';
import { ownerUnseen, type SessionFacts } from '../sessions/facts.ts';
import type { OperationContext } from './context.ts';

type Asking = Pick<OperationContext, 'breakLock' | 'commandLine'>;

/** Has the user said that the unseen owner of its intent is gone? */
export function givenUp(context: Asking, session: SessionFacts): boolean {
  const intent = session.record?.intent;
  // the flag is looked at last: only an unseen owner can be given up
  return intent !== undefined && ownerUnseen(session) && context.breakLock === intent.owner.token;
}

/** Is there an intent that recovery may finish or take back now? */
export function isRecoverable(context: Asking, session: SessionFacts): boolean {
  return (
    session.record?.intent !== undefined &&
    (session.ownerDead === true || givenUp(context, session))
  );
}

/** Somebody is at work on it, or was, and what he left cannot be taken back now. */
export function busy(context: Asking, session: SessionFacts): FlightError<'session-busy'> {
  const intent = session.record?.intent;
  const operation = intent?.kind ?? 'a change';
  if (intent === undefined)
    return new FlightError('session-busy', { name: session.name, operation });
  const { pid, host, command, since, token } = intent.owner;
  return new FlightError('session-busy', {
    name: session.name,
    operation,
    holder: { pid, host, command, since },
    ...(ownerUnseen(session) ? { token, command: context.commandLine } : {}),
  });
}
