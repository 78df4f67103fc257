// What gh and glab answer about a pull request, in words of ours; what they do not say is unknown.
import { describe, expect, test } from 'vitest';
import { parseGhView } from '../../src/forge/gh-view.ts';
import { parseGlabView, parseMergeRequest } from '../../src/forge/glab-view.ts';
import { ghView as view, glabView as merge } from '../support/fake-forge.ts';

const run = (conclusion: string, more: object = {}): object => ({
  __typename: 'CheckRun',
  name: `check ${conclusion}`,
  workflowName: 'ci',
  status: 'COMPLETED',
  conclusion,
  startedAt: '2026-11-22T15:00:00Z',
  ...more,
});

describe('gh', () => {
  const parse = (more: object) => parseGhView(JSON.stringify({ ...view, ...more }), 7);

  test.each([
    ['OPEN', false, 'open'],
    ['OPEN', true, 'draft'],
    ['MERGED', false, 'merged'],
    ['CLOSED', true, 'closed'],
    ['HALTED', false, null],
  ])('%s, draft %s: %s', (state, isDraft, expected) => {
    expect(parse({ state, isDraft })?.state).toBe(expected);
  });

  test.each([
    ['none', [], { passing: 0, failing: 0, pending: 0 }],
    ['null, as Go writes it', null, { passing: 0, failing: 0, pending: 0 }],
    [
      'of all kinds',
      [
        run('SUCCESS'),
        run('SKIPPED'),
        run('NEUTRAL'),
        run('FAILURE'),
        run('CANCELLED'),
        run('TIMED_OUT'),
        { __typename: 'StatusContext', context: 'ci/a', state: 'ERROR' },
        { __typename: 'StatusContext', context: 'ci/b', state: 'SUCCESS' },
        { __typename: 'StatusContext', context: 'ci/c', state: 'PENDING' },
        run('', { name: 'now', status: 'IN_PROGRESS' }),
      ],
      { passing: 4, failing: 4, pending: 2 },
    ],
    [
      'run again: the last run counts',
      [
        run('FAILURE', { name: 'unit' }),
        run('SUCCESS', { name: 'unit', startedAt: '2026-11-22T16:00:00Z' }),
        run('FAILURE', { name: 'lint', startedAt: '2026-11-22T16:00:00Z' }),
        run('SUCCESS', { name: 'lint' }),
      ],
      { passing: 1, failing: 1, pending: 0 },
    ],
    ['with a word nobody knows', [run('SUCCESS'), run('SOMEWHAT')], null],
    ['that has ended without saying how', [run('SUCCESS', { conclusion: '' })], null],
  ])('checks: %s', (_what, statusCheckRollup, expected) => {
    expect(parse({ statusCheckRollup })?.checks).toEqual(expected);
  });

  test.each([
    ['APPROVED', [], 'approved'],
    ['CHANGES_REQUESTED', [], 'changes-requested'],
    ['REVIEW_REQUIRED', ['APPROVED'], 'review-required'],
    ['', [], 'none'],
    ['', ['COMMENTED', 'DISMISSED'], 'none'],
    ['', ['APPROVED'], 'approved'],
    ['', ['APPROVED', 'CHANGES_REQUESTED'], 'changes-requested'],
    ['MAYBE', [], null],
  ])('review: %s with %j is %s', (reviewDecision, reviews, expected) => {
    const latestReviews = reviews.map((state) => ({ state }));
    expect(parse({ reviewDecision, latestReviews })?.review).toBe(expected);
  });

  test.each([
    ['of another pull request', JSON.stringify({ ...view, number: 8 })],
    ['without its checks', JSON.stringify({ ...view, statusCheckRollup: undefined })],
    ['cut off', JSON.stringify(view).slice(0, -3)],
    ['nothing', ''],
    ['null', 'null'],
  ])('an answer %s is none', (_what, stdout) => {
    expect(parseGhView(stdout, 7)).toBeNull();
  });
});

describe('glab', () => {
  const parse = (more: object, approved: object | null = { approved_by: [] }) =>
    parseGlabView(
      JSON.stringify({ ...merge, ...more }),
      approved === null ? null : JSON.stringify(approved),
      12,
    );

  test.each([
    ['opened', false, 'open'],
    ['opened', true, 'draft'],
    ['locked', false, 'open'],
    ['merged', false, 'merged'],
    ['closed', false, 'closed'],
    ['archived', false, null],
  ])('%s, draft %s: %s', (state, draft, expected) => {
    expect(parse({ state, draft })?.state).toBe(expected);
  });

  test.each([
    ['success', { passing: 1, failing: 0, pending: 0 }],
    ['failed', { passing: 0, failing: 1, pending: 0 }],
    ['canceled', { passing: 0, failing: 1, pending: 0 }],
    ['running', { passing: 0, failing: 0, pending: 1 }],
    ['manual', { passing: 0, failing: 0, pending: 1 }],
    ['skipped', { passing: 0, failing: 0, pending: 0 }],
    ['odd', null],
  ])('its pipeline is its check: %s', (status, expected) => {
    expect(parse({ head_pipeline: { status } })?.checks).toEqual(expected);
    expect(parse({ head_pipeline: null, pipeline: { status } })?.checks).toEqual(expected);
  });

  test.each([
    ['mergeable', { approvals_left: 0, approved_by: [{}] }, 'approved'],
    ['mergeable', { approved_by: [] }, 'none'],
    ['mergeable', { approved_by: null }, 'none'],
    ['ci_must_pass', { approvals_left: 1, approved_by: [{}] }, 'review-required'],
    ['requested_changes', { approved_by: [{}] }, 'changes-requested'],
    ['not_approved', null, 'review-required'],
    ['mergeable', null, null],
    ['mergeable', { message: '404 Not found' }, null],
  ])('review: %s with %j is %s', (status, approved, expected) => {
    expect(parse({ detailed_merge_status: status }, approved)?.review).toBe(expected);
  });

  test('of a merged one the commit in the base: of the merge, of the squash, or the last', () => {
    const all = { merge_commit_sha: 'm', squash_commit_sha: 's', sha: 'l' };
    const merged = { state: 'merged', merged_at: '2026-11-22T15:00:00.000Z' };
    expect(parse({ ...merged, ...all })).toMatchObject({ mergeCommit: 'm' });
    expect(parse({ ...merged, ...all, merge_commit_sha: null })?.mergeCommit).toBe('s');
    expect(parse({ ...merged, sha: 'l' })?.mergeCommit).toBe('l');
    expect(parse(all)?.mergeCommit).toBeNull();
  });

  test.each([
    ['https://gitlab.com/o/r/-/merge_requests/12', 'https://gitlab.com/o/r', 'gitlab.com', 'o/r'],
    [
      'http://git.example:8443/g/s/r/merge_requests/12',
      'http://git.example:8443/g/s/r',
      'git.example:8443',
      'g/s/r',
    ],
  ])('%s is of %s', (url, project, host, path) => {
    expect(parseMergeRequest(url)).toEqual({ number: 12, project, host, path });
  });
});
