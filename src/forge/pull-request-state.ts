/**
 * What a forge says about a pull request, whichever forge it is. A part it did not say, or said in
 * words that are not known here, is `null`: never taken for "fine". Pure.
 */

export interface Checks {
  readonly passing: number;
  readonly failing: number;
  readonly pending: number;
}

type PullRequestState = 'open' | 'draft' | 'merged' | 'closed';
export type Review = 'approved' | 'changes-requested' | 'review-required' | 'none';

/** What a forge's program came to. */
export type ViewAnswer =
  | { readonly kind: 'ended'; readonly stdout: string }
  | { readonly kind: 'failed'; readonly why: string };

export interface PullRequestFacts {
  readonly title: string;
  readonly state: PullRequestState | null;
  /** of its last commit; all zero: there are none */
  readonly checks: Checks | null;
  readonly review: Review | null;
  /** ISO 8601 */
  readonly mergedAt: string | null;
  /** the commit of the base that the merge made (of a rebase: the last one) */
  readonly mergeCommit: string | null;
  /** why a part is `null`, if that is known */
  readonly partly?: string;
}

export type SeenPullRequest =
  | { readonly kind: 'seen'; readonly facts: PullRequestFacts }
  /** `why`: part of a sentence */
  | { readonly kind: 'unknown'; readonly why: string };

/** How one check stands; `null`: a word that is not known here. */
export type CheckWord = keyof Checks | null;

/** How many of each; one that is not understood makes the count unknown. */
export function countChecks(words: readonly CheckWord[]): Checks | null {
  const of = (word: CheckWord): number => words.filter((one) => one === word).length;
  if (words.includes(null)) return null;
  return { passing: of('passing'), failing: of('failing'), pending: of('pending') };
}

/** What a program printed, as JSON; `undefined` if it is none. */
export function parseJson(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}
