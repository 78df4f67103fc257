/**
 * One pull request as GitHub's own program shows it. Pure but for the run of the program.
 *
 * Process: `gh pr view <address> --json=…`; network. It needs no repository for that.
 */
import * as z from 'zod/mini';
import {
  countChecks,
  parseJson,
  type Checks,
  type CheckWord,
  type PullRequestFacts,
  type Review,
  type ViewAnswer,
} from './pull-request-state.ts';

/** A test holds these to the list that the program itself prints. */
export const ghViewFields = [
  'number',
  'title',
  'state',
  'isDraft',
  'statusCheckRollup',
  'reviewDecision',
  'latestReviews',
  'mergedAt',
  'mergeCommit',
] as const;

/** @param url checked to be an address of a pull request: no flag looks like one */
export const ghViewArguments = (url: string): readonly string[] => [
  'pr',
  'view',
  url,
  `--json=${ghViewFields.join(',')}`,
];

/** A run of a workflow has `status` and `conclusion`, a status of a commit `state`. */
const Check = z.object({
  name: z.nullish(z.string()),
  workflowName: z.nullish(z.string()),
  context: z.nullish(z.string()),
  status: z.nullish(z.string()),
  conclusion: z.nullish(z.string()),
  state: z.nullish(z.string()),
  startedAt: z.nullish(z.string()),
});

type Check = z.infer<typeof Check>;

const View = z.object({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  isDraft: z.boolean(),
  // Go writes an empty list as null
  statusCheckRollup: z.nullable(z.array(Check)),
  reviewDecision: z.nullish(z.string()),
  latestReviews: z.nullish(z.array(z.object({ state: z.string() }))),
  mergedAt: z.nullish(z.string()),
  mergeCommit: z.nullish(z.object({ oid: z.string() })),
});

/** @returns `null` if it is no answer about pull request `number` */
export function parseGhView(stdout: string, number: number): PullRequestFacts | null {
  const parsed = View.safeParse(parseJson(stdout));
  if (!parsed.success || parsed.data.number !== number) return null;
  const view = parsed.data;
  return {
    title: view.title,
    state: stateOf(view.state, view.isDraft),
    checks: checksOf(view.statusCheckRollup ?? []),
    review: reviewOf(view.reviewDecision ?? '', view.latestReviews ?? []),
    mergedAt: view.mergedAt ?? null,
    mergeCommit: view.mergeCommit?.oid ?? null,
  };
}

/** Asks one pull request. @param ask runs the program */
export async function viewGh(
  ask: (args: readonly string[]) => Promise<ViewAnswer>,
  { url, number }: { readonly url: string; readonly number: number },
): Promise<PullRequestFacts | string> {
  const answer = await ask(ghViewArguments(url));
  if (answer.kind === 'failed') return answer.why;
  return parseGhView(answer.stdout, number) ?? 'the answer of gh could not be read';
}

function stateOf(state: string, draft: boolean): PullRequestFacts['state'] {
  switch (state) {
    case 'OPEN':
      return draft ? 'draft' : 'open';
    case 'MERGED':
      return 'merged';
    case 'CLOSED':
      return 'closed';
    default:
      return null;
  }
}

/** A check that ran again is listed once more: the last run counts. */
function checksOf(all: readonly Check[]): Checks | null {
  const last = new Map<string, Check>();
  for (const check of all) {
    const key = JSON.stringify([check.workflowName, check.name, check.context]);
    const before = last.get(key);
    const named = (check.name ?? check.context ?? '') !== '';
    if (!named) last.set(`${key} ${last.size}`, check);
    else if ((before?.startedAt ?? '') <= (check.startedAt ?? '')) last.set(key, check);
  }
  return countChecks([...last.values()].map(checkWord));
}

function checkWord({ status, conclusion, state }: Check): CheckWord {
  const said = state ?? (status === 'COMPLETED' ? conclusion : status);
  switch (said ?? '') {
    case 'SUCCESS':
    case 'NEUTRAL':
    case 'SKIPPED':
      return 'passing';
    case 'FAILURE':
    case 'ERROR':
    case 'CANCELLED':
    case 'TIMED_OUT':
    case 'ACTION_REQUIRED':
    case 'STARTUP_FAILURE':
      return 'failing';
    case 'EXPECTED':
    case 'REQUESTED':
    case 'WAITING':
    case 'QUEUED':
    case 'PENDING':
    case 'IN_PROGRESS':
    case 'STALE':
      return 'pending';
    default:
      return null;
  }
}

/** Where nobody has to review, the forge decides nothing; what reviewers said last remains. */
function reviewOf(decision: string, reviews: readonly { readonly state: string }[]): Review | null {
  switch (decision) {
    case 'APPROVED':
      return 'approved';
    case 'CHANGES_REQUESTED':
      return 'changes-requested';
    case 'REVIEW_REQUIRED':
      return 'review-required';
    case '':
      if (reviews.some(({ state }) => state === 'CHANGES_REQUESTED')) return 'changes-requested';
      return reviews.some(({ state }) => state === 'APPROVED') ? 'approved' : 'none';
    default:
      return null;
  }
}
