/**
 * Pure: what a pull request's state means for its session, in a sentence and with the commands
 * that help. It adds no need: what somebody has to do about a pull request is done on its forge.
 */
import type { SessionStatus } from '../shapes/status.ts';

/** Of one that was merged on its forge and has not been found landed here. */
export type Merged =
  /** the base has the forge's merge, but not what this branch holds as it is */
  | { readonly kind: 'here'; readonly base: string }
  /** `command` brings it here, if that can be said */
  | { readonly kind: 'not-here'; readonly command: string | null };

export interface Advice {
  readonly why: string;
  readonly next: readonly (
    | { readonly args: readonly string[]; readonly why: string }
    | { readonly command: string; readonly why: string }
  )[];
}

/** @param session with the pull request as it was seen @returns `null` if all is said by the line */
export function adviceFor(session: SessionStatus, merged: Merged | null): Advice | null {
  switch (session.pullRequest?.state) {
    case 'merged':
      return merged === null ? null : mergedAdvice(session, merged);
    case 'closed':
      return closedAdvice(session);
    case 'open':
    case 'draft':
      return openAdvice(session);
    case null:
    case undefined:
      return null;
  }
}

function mergedAdvice({ name, base, pullRequest }: SessionStatus, merged: Merged): Advice {
  const commit = pullRequest?.mergeCommit?.slice(0, 7);
  const as = commit === undefined ? '' : ` as ${commit}`;
  const plan = ['parallel', 'cleanup', name, '--dry-run'];
  if (merged.kind === 'here') {
    return {
      why: `Its pull request was merged${as}, which ${merged.base} has; but not all of this branch is found there as it is here: it was changed on the way, has more commits, or was taken back since.`,
      next: [
        { args: ['parallel', 'status', name], why: 'shows its commits, to compare' },
        abandon(name, 'ends it if nothing is missing'),
      ],
    };
  }
  return {
    why: `Its pull request was merged${as} into ${base.name} on the forge; here ${base.name} does not have that yet.`,
    next: [
      ...(merged.command === null
        ? []
        : [{ command: merged.command, why: 'brings the merge here' }]),
      { args: plan, why: 'afterwards: shows what goes' },
    ],
  };
}

function closedAdvice({ name, state }: SessionStatus): Advice {
  return {
    why: 'Its pull request was closed without being merged. Its commits are on its branch; cleanup leaves it alone.',
    next: [...bringBack(name, state, 'brings the folder back, to go on'), abandon(name, 'ends it')],
  };
}

function openAdvice({ name, state, pullRequest }: SessionStatus): Advice | null {
  const { checks, review } = pullRequest ?? {};
  const failing = checks?.failing ?? 0;
  const all = (checks?.passing ?? 0) + failing + (checks?.pending ?? 0);
  const parts = [
    ...(failing === 0 ? [] : [failingText(failing, all)]),
    ...(review === 'changes-requested' ? ['A reviewer asks for changes.'] : []),
  ];
  if (parts.length === 0) return null;
  return {
    why: parts.join(' '),
    next: bringBack(name, state, 'brings the folder back, to work on it'),
  };
}

function failingText(failing: number, all: number): string {
  if (all === 1) return 'Its only check fails.';
  return `${failing} of its ${all} checks ${failing === 1 ? 'fails' : 'fail'}.`;
}

/** Its folder is put away only while it is in review. */
function bringBack(name: string, state: SessionStatus['state'], why: string): Advice['next'] {
  return state === 'in-review' ? [{ args: ['parallel', 'restore', name], why }] : [];
}

function abandon(name: string, why: string): Advice['next'][number] {
  const args = ['parallel', 'remove', name, '--strategy', 'abandon'];
  return { args, why: `${why}; restore brings it back` };
}
