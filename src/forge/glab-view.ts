/**
 * One merge request as GitLab's own program shows it: its pipeline stands for the checks, and who
 * approved is asked apart. Pure but for the runs of the program.
 *
 * Processes: `glab mr view <number> --repo=… --output=json`, beside it `glab api …/approvals`;
 * network. Neither needs a repository.
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

interface MergeRequestAddress {
  readonly number: number;
  /** of the project, with its host */
  readonly project: string;
  /** with its port, if it has one */
  readonly host: string;
  /** groups and project */
  readonly path: string;
}

/** Pure: `https://host/group/project/-/merge_requests/7`; `null` for anything else. */
export function parseMergeRequest(url: string): MergeRequestAddress | null {
  const match =
    /^(?<project>https?:\/\/(?<host>[^\s/@]+)\/(?<path>[^\s?#]+?))(?:\/-)?\/merge_requests\/(?<number>\d{1,15})$/u.exec(
      url,
    );
  if (match?.groups === undefined) return null;
  const { project = '', host = '', path = '', number } = match.groups;
  return { project, host, path, number: Number(number) };
}

/** Every argument line of ours; a test compares them with the program's own help. */
export const glabViewArguments = {
  view: ({ number, project }: MergeRequestAddress) => [
    'mr',
    'view',
    String(number),
    `--repo=${project}`,
    '--output=json',
  ],
  approvals: ({ host, path, number }: MergeRequestAddress) => [
    'api',
    `projects/${encodeURIComponent(path)}/merge_requests/${number}/approvals`,
    `--hostname=${host}`,
  ],
} as const;

const Pipeline = z.nullish(z.object({ status: z.string() }));

const View = z.object({
  iid: z.number(),
  title: z.string(),
  state: z.string(),
  draft: z.nullish(z.boolean()),
  work_in_progress: z.nullish(z.boolean()),
  head_pipeline: Pipeline,
  pipeline: Pipeline,
  detailed_merge_status: z.nullish(z.string()),
  merged_at: z.nullish(z.string()),
  merge_commit_sha: z.nullish(z.string()),
  squash_commit_sha: z.nullish(z.string()),
  sha: z.nullish(z.string()),
});

const Approvals = z.object({
  approvals_left: z.nullish(z.number()),
  approved_by: z.nullable(z.array(z.unknown())),
});

/** @returns `null` if it is no answer about merge request `number` */
export function parseGlabView(
  stdout: string,
  approvals: string | null,
  number: number,
): PullRequestFacts | null {
  const parsed = View.safeParse(parseJson(stdout));
  if (!parsed.success || parsed.data.iid !== number) return null;
  const view = parsed.data;
  const state = stateOf(view.state, view.draft ?? view.work_in_progress ?? false);
  // without a merge commit of its own (fast-forward), the last commit is the one in the base
  const made = [view.merge_commit_sha, view.squash_commit_sha, view.sha];
  return {
    title: view.title,
    state,
    checks: checksOf((view.head_pipeline ?? view.pipeline)?.status),
    review: reviewOf(view.detailed_merge_status ?? '', approvals),
    mergedAt: view.merged_at ?? null,
    mergeCommit: state === 'merged' ? (made.find((sha) => (sha ?? '') !== '') ?? null) : null,
  };
}

/** Asks one merge request. @param ask runs the program */
export async function viewGlab(
  ask: (args: readonly string[]) => Promise<ViewAnswer>,
  address: MergeRequestAddress,
): Promise<PullRequestFacts | string> {
  const [view, approvals] = await Promise.all([
    ask(glabViewArguments.view(address)),
    ask(glabViewArguments.approvals(address)),
  ]);
  if (view.kind === 'failed') return view.why;
  const approved = approvals.kind === 'failed' ? null : approvals.stdout;
  const facts = parseGlabView(view.stdout, approved, address.number);
  if (facts === null) return 'the answer of glab could not be read';
  if (facts.review !== null) return facts;
  const why = approvals.kind === 'failed' ? approvals.why : 'its answer could not be read';
  return { ...facts, partly: `who approved it is unknown: ${why}` };
}

function stateOf(state: string, draft: boolean): PullRequestFacts['state'] {
  switch (state) {
    case 'opened':
    // it is being merged right now
    case 'locked':
      return draft ? 'draft' : 'open';
    case 'merged':
    case 'closed':
      return state;
    default:
      return null;
  }
}

/** One pipeline counts as one check. */
function checksOf(status: string | undefined): Checks | null {
  // none at all, or skipped by the commit's message
  if (status === undefined || status === 'skipped') return countChecks([]);
  return countChecks([pipelineWord(status)]);
}

function pipelineWord(status: string): CheckWord {
  switch (status) {
    case 'success':
      return 'passing';
    case 'failed':
    case 'canceled':
    case 'canceling':
      return 'failing';
    case 'created':
    case 'waiting_for_resource':
    case 'waiting_for_callback':
    case 'preparing':
    case 'pending':
    case 'running':
    case 'manual':
    case 'scheduled':
      return 'pending';
    default:
      return null;
  }
}

function reviewOf(mergeStatus: string, approvals: string | null): Review | null {
  if (mergeStatus === 'requested_changes') return 'changes-requested';
  if (mergeStatus === 'not_approved') return 'review-required';
  const parsed = Approvals.safeParse(approvals === null ? undefined : parseJson(approvals));
  if (!parsed.success) return null;
  const { approvals_left: left, approved_by: by } = parsed.data;
  if ((left ?? 0) > 0) return 'review-required';
  return (by ?? []).length > 0 ? 'approved' : 'none';
}
