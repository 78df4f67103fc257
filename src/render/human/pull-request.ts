/** A pull request in a few words, worst first: what a forge did not tell is `unknown`. */
import type { SessionStatus } from '../../operations/shapes/status.ts';
import { visible } from '../../kernel/visible.ts';
import { clock } from '../time.ts';

type PullRequest = NonNullable<SessionStatus['pullRequest']>;

/** `PR #214`; asked for, `PR #214, checks passing, approved, open, state as of 11:20`. */
export function pullRequestText(pullRequest: PullRequest): string {
  const { number, url, state, checks, review, observedAt } = pullRequest;
  const name = number === null ? visible(url) : `PR #${number}`;
  if (observedAt === undefined || state === undefined) return name;
  if (state === null) return `${name}, state unknown`;
  const parts = [
    name,
    // what is over is checked no more
    ...(state === 'merged' || state === 'closed' ? [] : [checksText(checks), reviewText(review)]),
    state,
    `state as of ${clock(observedAt)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function checksText(checks: PullRequest['checks']): string {
  if (checks === null || checks === undefined) return 'checks unknown';
  const { passing, failing, pending } = checks;
  if (failing > 0) return `${failing} of ${passing + failing + pending} checks failing`;
  if (pending > 0) return `${pending} of ${passing + pending} checks pending`;
  return passing > 0 ? 'checks passing' : 'no checks';
}

function reviewText(review: PullRequest['review']): string {
  switch (review) {
    case 'approved':
      return 'approved';
    case 'changes-requested':
      return 'changes requested';
    case 'review-required':
      return 'review required';
    case 'none':
      return '';
    case null:
    case undefined:
      return 'review unknown';
  }
}
