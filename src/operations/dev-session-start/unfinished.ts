/** Sessions that lie about: orphaned, cut off, landed, or with nobody at work in them. */
import type { Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';
import { enterLine } from '../enter.ts';
import type { StartContext, unfinishedReasons } from '../shapes/dev-session-start.ts';
import type { SessionStatus } from '../shapes/status.ts';

type Unfinished = StartContext['unfinished'][number];
type Reason = (typeof unfinishedReasons)[number];
type Way = Unfinished['ways'][number];

/**
 * Why it is not finished, `null` if somebody is at work in it or it waits for a review.
 * @param watched is it known who works where?
 */
export function reasonOf(status: SessionStatus, watched: boolean): Reason | null {
  const [need] = status.needs;
  switch (need) {
    case 'orphaned':
    case 'moved':
    case 'interrupted':
    case 'unknown':
    case 'landed':
      return need;
    case undefined:
    case 'conflicted':
    case 'setup-failed':
    case 'waiting':
    case 'clash':
      break;
  }
  if (status.state === 'kept') return 'kept';
  const nobody = status.activity === null ? watched : status.activity.is === 'gone';
  return status.state === 'active' && nobody ? 'idle' : null;
}

/** What can be done about it: each command runs as it stands. */
export function unfinished(
  context: OperationContext,
  project: Project,
  status: SessionStatus,
  reason: Reason,
): Unfinished {
  const { name, goals, onlyHere } = status;
  return {
    name,
    reason,
    goals,
    ...(onlyHere === undefined ? {} : { onlyHere }),
    ways: [
      resume(context, project, status, reason),
      cleanUp(context, name, reason),
      { value: 'ignore', effect: 'It stays as it is.', available: true },
    ],
  };
}

function resume(
  context: OperationContext,
  project: Project,
  status: SessionStatus,
  reason: Reason,
): Way {
  const ours = (args: readonly string[], effect: string): Way => ({
    value: 'resume',
    effect,
    available: true,
    command: context.spell(args).command,
  });
  switch (reason) {
    case 'orphaned':
      // an orphan without a command to bring it back has no branch
      return status.next?.some(({ command }) => command.includes(' restore ')) === true
        ? ours(['parallel', 'restore', status.name], 'Brings its folder back from its branch.')
        : unavailable('its folder and its branch are gone');
    case 'kept':
      return ours(['parallel', 'restore', status.name], 'Brings its folder back.');
    case 'moved':
    case 'interrupted':
      return ours(
        ['parallel', 'cleanup', status.name, '--dry-run'],
        'Shows how it is made whole again.',
      );
    case 'unknown':
      return ours(['parallel', 'status', status.name], 'Shows what is known of it.');
    case 'landed':
    case 'idle': {
      if (status.worktree === null) return unavailable('it has no folder');
      const agent = status.agent ?? project.settings.agent.value;
      return {
        value: 'resume',
        effect: 'Goes there, in a new terminal.',
        available: true,
        command: enterLine(status.worktree, agent),
      };
    }
  }
}

function unavailable(why: string): Way {
  return { value: 'resume', effect: 'It is gone.', available: false, unavailableWhy: why };
}

function cleanUp(context: OperationContext, name: string, reason: Reason): Way {
  switch (reason) {
    case 'orphaned':
    case 'landed':
    case 'moved':
    case 'interrupted':
      return {
        value: 'cleanup',
        effect: 'Shows what would go, and what is kept.',
        available: true,
        command: context.spell(['parallel', 'cleanup', name, '--dry-run']).command,
      };
    case 'unknown':
      return {
        value: 'cleanup',
        effect: 'Nothing is done to what is unknown.',
        available: false,
        unavailableWhy: 'what is unknown is not acted on',
      };
    case 'idle':
    case 'kept':
      return {
        value: 'cleanup',
        effect: 'Asks how it ends: pull request, merge, keep or abandon.',
        available: true,
        command: context.spell(['parallel', 'remove', name]).command,
      };
  }
}
