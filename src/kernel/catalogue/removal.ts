/** What remove and cleanup refuse. Every refusal has changed nothing. */
import { ours, theirs, type Suggestion } from '../suggestion.ts';
import { count, entry, holderText, listed, nothingChanged, type Holder } from './entry.ts';

const unchanged = (): string => 'The session is unchanged.';

/** The other way out, for a session that is to leave. */
function abandon(d: { readonly name: string; readonly commit?: readonly string[] }): Suggestion {
  return ours(
    [
      ...(d.commit?.slice(0, 2) ?? ['parallel', 'remove']),
      d.name,
      '--strategy',
      'abandon',
      '--yes',
    ],
    'puts all of it into the trash, from where restore brings it back',
  );
}

export const removalErrors = {
  'worktree-inside': entry<{ name: string; worktrees: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'Another registered worktree lies inside the one to be removed.',
    message: (d) => `Inside session ${d.name} lie other worktrees:${listed(d.worktrees)}`,
    safe: unchanged,
    hints: (d) =>
      d.worktrees.map((path) =>
        theirs(['git', '-C', path, 'status'], 'look there first, then move or remove it'),
      ),
  }),
  locked: entry<{ name: string; worktree: string; reason: string }>({
    exit: 4,
    retryable: false,
    when: 'The worktree is locked by somebody (git worktree lock).',
    message: (d) => `Session ${d.name} is locked${d.reason === '' ? '' : `: ${d.reason}`}.`,
    safe: unchanged,
    hints: (d) => [
      theirs(
        ['git', '-C', d.worktree, 'worktree', 'unlock', d.worktree],
        'if the lock is no longer needed',
      ),
    ],
  }),
  'in-use': entry<{ name: string; by: readonly Holder[]; command: readonly string[] }>({
    exit: 4,
    retryable: true,
    when: 'Somebody else works in the session: a process in its folder, or a live agent.',
    message: (d) => `Somebody works in session ${d.name}:${listed(d.by.map(holderText))}`,
    safe: unchanged,
    hints: (d) => [
      ours([...d.command, '--force-in-use'], 'only if it may lose its folder under its feet'),
    ],
  }),
  'uncommitted-work': entry<{
    name: string;
    worktree: string;
    count: number;
    paths: readonly string[];
    /** the session's log, if it is among them */
    log?: string;
    /** the call that commits all of it and goes on */
    commit?: readonly string[];
    /** the session does not leave: the call that syncs around it, `null` if there is none */
    carry?: readonly string[] | null;
  }>({
    exit: 4,
    retryable: false,
    when: 'The session has uncommitted work: changed, staged, new, conflicted or hidden files.',
    message: (d) =>
      `Session ${d.name} has uncommitted work in ${count(d.count, 'file')}:${listed(d.paths)}`,
    safe: unchanged,
    hints: (d) => [
      ...(d.carry === undefined || d.carry === null
        ? []
        : [ours(d.carry, 'puts it aside, syncs, and puts it back')]),
      ...(d.commit === undefined ? [] : [ours(d.commit, 'commits all of it and goes on')]),
      ...(d.log === undefined || d.carry !== undefined
        ? []
        : [ours(['dev-session', 'end', d.name], 'completes and commits the log, then ends it')]),
      theirs(['git', '-C', d.worktree, 'status'], 'shows it; commit it, then run this again'),
      ...(d.carry === undefined ? [abandon(d)] : []),
    ],
  }),
  'operation-in-progress': entry<{ name: string; worktree: string; operation: string }>({
    exit: 4,
    retryable: false,
    when: 'A rebase, merge, cherry-pick, revert or bisect is under way in the session, or where a commit is asked for.',
    message: (d) =>
      `${d.name === '' ? `At ${d.worktree}` : `In session ${d.name}`} a ${d.operation} is in progress.`,
    safe: unchanged,
    hints: (d) => [theirs(['git', '-C', d.worktree, 'status'], 'shows how to finish or abort it')],
  }),
  'head-elsewhere': entry<{ name: string; worktree: string; branch: string; head: string }>({
    exit: 4,
    retryable: false,
    when: "HEAD of the session's worktree is not on the session's branch.",
    message: (d) => `Session ${d.name} is not on its branch ${d.branch} but on ${d.head}.`,
    safe: unchanged,
    hints: (d) => [
      theirs(['git', '-C', d.worktree, 'switch', d.branch], 'goes back to the branch'),
    ],
  }),
  'nested-work': entry<{ name: string; repositories: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'Other repositories inside the worktree hold work that is nowhere else.',
    message: (d) => `Repositories inside session ${d.name} hold work:${listed(d.repositories)}`,
    safe: unchanged,
    hints: (d) =>
      d.repositories
        .slice(0, 3)
        .map((path) => theirs(['git', '-C', path, 'status'], 'shows it; push or move it')),
  }),
  'submodule-work': entry<{ name: string; paths: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'Submodules of the session hold commits that exist nowhere else.',
    message: (d) =>
      `Submodules of session ${d.name} hold commits that are nowhere else:${listed(d.paths)}`,
    safe: unchanged,
    hints: (d) =>
      d.paths.slice(0, 3).map((path) => theirs(['git', '-C', path, 'push'], 'takes them home')),
  }),
  'unknown-state': entry<{ name: string; what: string; why: string }>({
    exit: 4,
    retryable: true,
    when: 'Something that must be known before acting could not be found out.',
    message: (d) => `Could not find out ${d.what} of session ${d.name}: ${d.why}.`,
    safe: unchanged,
    hints: () => [ours(['parallel', 'status', '--verbose'], 'shows each call and its answer')],
  }),
  'plan-changed': entry<{ name: string; what: string }>({
    exit: 7,
    retryable: true,
    when: 'Something changed between looking and acting, so nothing was done.',
    message: (d) => `${d.what} of ${d.name} changed while this command was running.`,
    safe: nothingChanged,
    hints: () => [ours(['parallel', 'status'], 'shows what is there now')],
  }),
  'partly-done': entry<{ what: string; failed: readonly string[]; [more: string]: unknown }>({
    exit: 1,
    retryable: true,
    when: 'Of several sessions some could not be dealt with; the others are done.',
    message: (d) => `${d.what} failed for: ${d.failed.join(', ')}. The others are done.`,
    safe: () => 'What failed is unchanged.',
    hints: () => [ours(['parallel', 'status'], 'shows what is there now')],
  }),
  'objects-missing': entry<{ branch: string; oids: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'The index or the branch of the session names objects the repository does not have.',
    message: (d) =>
      `The repository lacks ${count(d.oids.length, 'object')} that the session on ${d.branch} names:${listed(d.oids)}`,
    safe: unchanged,
    hints: () => [theirs(['git', 'fsck', '--full'], 'shows what is damaged')],
  }),
  'branch-in-use': entry<{ name: string; branch: string; worktree: string }>({
    exit: 4,
    retryable: false,
    when: 'The branch of the session is checked out in another worktree, so it must not go.',
    message: (d) => `${d.branch}, the branch of ${d.name}, is checked out at ${d.worktree} too.`,
    safe: unchanged,
    hints: (d) => [
      theirs(['git', '-C', d.worktree, 'switch', '--detach'], 'leaves the branch there'),
    ],
  }),
  'work-not-landed': entry<{ name: string; base: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'An agent wants its worktree gone, and the session holds work that is not in its base.',
    message: (d) => `Session ${d.name} stays: ${d.why}.`,
    safe: unchanged,
    hints: (d) => [
      ours(['parallel', 'remove', d.name], 'ends it: pull request, merge, keep or abandon'),
    ],
  }),
  'no-session-there': entry<{ path: string }>({
    exit: 4,
    retryable: false,
    when: 'An agent wants a worktree gone that is no session of this project.',
    message: (d) => `${d.path} is the worktree of no session.`,
    safe: () => 'Nothing was touched.',
    hints: () => [ours(['parallel', 'status'], 'lists sessions and other worktrees')],
  }),
};
