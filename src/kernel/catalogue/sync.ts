/** Errors of keeping sessions in step with their base. */
import { ours, theirs, type Suggestion } from '../suggestion.ts';
import { entry, holderText, listed, said, type Holder } from './entry.ts';

const unchanged = (): string => 'The session is unchanged.';

interface Conflicting {
  readonly name: string;
  readonly base: string;
  readonly paths: readonly string[];
  /** its folder, if there is work in it that is not committed: that has to be first */
  readonly dirtyWorktree?: string | undefined;
}

/** One that was asked for together with others, and was left alone. */
interface Skipped {
  readonly name: string;
  /** one sentence */
  readonly why: string;
  /** the call that helps, if there is one */
  readonly help?: readonly string[];
}

function skippedText(skipped: readonly Skipped[]): string {
  if (skipped.length === 0) return '';
  return `Not synced:${listed(skipped.map(({ name, why }) => `${name}: ${why}`))}`;
}

function doneText(names: readonly string[]): string {
  return names.length === 0 ? '' : `In step: ${names.join(', ')}.`;
}

function lines(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n');
}

function helpFor(skipped: readonly Skipped[]): Suggestion[] {
  const found = skipped.flatMap(({ name, help }) =>
    help === undefined ? [] : [ours(help, `helps with ${name}`)],
  );
  return found.slice(0, 3);
}

function resolving({ name, dirtyWorktree }: Conflicting, shape: 'merge' | 'rebase'): Suggestion[] {
  const rebase = shape === 'rebase' ? ['--rebase'] : [];
  const leave = ['parallel', 'sync', name, ...rebase, '--leave-conflicts'];
  if (dirtyWorktree === undefined) {
    return [ours(leave, 'leaves the conflicts in its folder, to be resolved there')];
  }
  return [
    theirs(['git', '-C', dirtyWorktree, 'status'], 'shows what is not committed: commit it first'),
    ours(leave, 'then: leaves the conflicts in its folder, to be resolved there'),
  ];
}

export const syncErrors = {
  'sync-conflicts': entry<{
    conflicted: readonly Conflicting[];
    /** those that were not synced for other reasons */
    skipped: readonly Skipped[];
    /** those that are in step now */
    done: readonly string[];
    /** how it was asked for: what is asked again to leave the conflicts */
    shape: 'merge' | 'rebase';
    [more: string]: unknown;
  }>({
    exit: 5,
    retryable: false,
    when: 'What came into the base conflicts with the work of a session.',
    message: (d) =>
      lines(
        ...d.conflicted.map(
          (one) => `Session ${one.name} conflicts with ${one.base} in:${listed(one.paths)}`,
        ),
        skippedText(d.skipped),
        doneText(d.done),
      ),
    safe: (d) =>
      d.conflicted.length + d.skipped.length === 1
        ? 'That session is exactly as it was.'
        : 'Those that are not in step are exactly as they were.',
    hints: (d) => [
      ...d.conflicted.slice(0, 3).flatMap((one) => resolving(one, d.shape)),
      ...helpFor(d.skipped),
    ],
  }),
  'sync-incomplete': entry<{
    skipped: readonly Skipped[];
    done: readonly string[];
    [more: string]: unknown;
  }>({
    exit: 1,
    retryable: true,
    when: 'Of several sessions some could not be synced; the others are in step.',
    message: (d) => lines(skippedText(d.skipped), doneText(d.done)),
    safe: () => 'What was not synced is unchanged.',
    hints: (d) => [...helpFor(d.skipped), ours(['parallel', 'status'], 'shows what is there now')],
  }),
  'conflicts-left': entry<Conflicting & { worktree: string; [more: string]: unknown }>({
    exit: 5,
    retryable: false,
    when: 'A merge or rebase of the base waits in the session for its conflicts to be resolved.',
    message: (d) =>
      `Conflicts with ${d.base} wait in session ${d.name} to be resolved:${listed(d.paths)}\nEdit these files in ${d.worktree} and git add them.`,
    safe: () => 'Nothing is lost: --abort brings the session back to where it was.',
    hints: (d) => [
      ours(['parallel', 'sync', d.name, '--continue'], 'once all of them are resolved and added'),
      ours(['parallel', 'sync', d.name, '--abort'], 'takes it back'),
    ],
  }),
  'conflicts-unresolved': entry<{
    name: string;
    worktree: string;
    /** unmerged */
    paths: readonly string[];
    /** staged with conflict marks in them */
    marked: readonly string[];
    /** changed and not staged, where git does not go on over them */
    unstaged: readonly string[];
  }>({
    exit: 5,
    retryable: false,
    when: 'A sync is to go on, and not all conflicts are resolved and added.',
    message: (d) =>
      [
        `In session ${d.name} conflicts are not resolved yet.`,
        ...(d.paths.length === 0 ? [] : [`Not added:${listed(d.paths)}`]),
        ...(d.marked.length === 0 ? [] : [`Added with conflict marks in them:${listed(d.marked)}`]),
        ...(d.unstaged.length === 0 ? [] : [`Changed and not added:${listed(d.unstaged)}`]),
      ].join('\n'),
    safe: () => 'Nothing was committed; what is resolved stays resolved.',
    hints: (d) => [
      ours(['parallel', 'sync', d.name, '--continue'], 'once all of them are resolved and added'),
      ours(['parallel', 'sync', d.name, '--abort'], 'takes it back'),
    ],
  }),
  'sync-unfinished': entry<{
    name: string;
    base: string;
    shape: 'merge' | 'rebase';
    begun: 'by-us' | 'by-hand';
    worktree: string;
  }>({
    exit: 4,
    retryable: false,
    when: 'The session is still in the middle of an earlier sync, or merge of its base, that conflicted.',
    message: (d) => `In session ${d.name} a ${d.shape} of ${d.base} waits to be resolved.`,
    safe: unchanged,
    hints: (d) => [
      ours(['parallel', 'sync', d.name, '--continue'], 'once the conflicts are resolved and added'),
      d.begun === 'by-us'
        ? ours(['parallel', 'sync', d.name, '--abort'], 'takes it back')
        : theirs(['git', '-C', d.worktree, 'merge', '--abort'], 'takes it back'),
    ],
  }),
  'base-unsettled': entry<{ name: string; base: string; worktree: string; why: string }>({
    exit: 4,
    retryable: true,
    when: 'The base is being rebased or bisected, so what would come in is about to change.',
    message: (d) => `${d.base}, the base of session ${d.name}, is not settled: ${d.why}.`,
    safe: unchanged,
    hints: (d) => [
      theirs(['git', '-C', d.worktree, 'status'], 'shows how to finish or abort that'),
    ],
  }),
  'sync-in-use': entry<{ name: string; by: readonly Holder[] }>({
    exit: 4,
    retryable: true,
    when: 'Of all sessions one was left alone, because somebody works in it.',
    message: (d) => `Somebody works in session ${d.name}:${listed(d.by.map(holderText))}`,
    safe: unchanged,
    hints: (d) => [ours(['parallel', 'sync', d.name], 'syncs it under their hands')],
  }),
  'pushed-not-rebased': entry<{ name: string; branch: string }>({
    exit: 4,
    retryable: false,
    when: 'Of all sessions one was not rebased, because its branch has been pushed.',
    message: (d) => `${d.branch} has been pushed, so session ${d.name} is not rebased unasked.`,
    safe: unchanged,
    hints: (d) => [
      ours(['parallel', 'sync', d.name], 'merges its base instead'),
      ours(
        ['parallel', 'sync', d.name, '--rebase'],
        'rebases it all the same; the next push must then be forced, by you',
      ),
    ],
  }),
  'nothing-to-resolve': entry<{ name: string; step: 'continue' | 'abort'; why: string }>({
    exit: 4,
    retryable: false,
    when: 'sync --continue or --abort, and no merge or rebase of the base is under way there.',
    message: (d) => `There is nothing to ${d.step} in session ${d.name}: ${d.why}.`,
    safe: () => 'The session is unchanged.',
    hints: (d) => [
      ours(['parallel', 'status', d.name], 'shows how it stands'),
      ours(['parallel', 'sync', d.name], "brings the base's new commits in"),
    ],
  }),
  'continue-failed': entry<{ name: string; worktree: string; why: string }>({
    exit: 1,
    retryable: true,
    when: 'All conflicts are resolved, but git could not make the commit.',
    message: (d) => `The resolution in session ${d.name} could not be committed: ${said(d.why)}`,
    safe: () => 'What is resolved stays as it is, added, in its folder.',
    hints: (d) => [
      theirs(['git', '-C', d.worktree, 'status'], 'shows where git is'),
      ours(['parallel', 'sync', d.name, '--continue'], 'tries again'),
      ours(['parallel', 'sync', d.name, '--abort'], 'takes it back'),
    ],
  }),
};
