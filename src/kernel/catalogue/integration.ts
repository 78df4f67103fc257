/** Errors of bringing work home: merge, hooks, verification, push, forges. */
import { ours, theirs } from '../suggestion.ts';
import { entry, listed, nothingChanged, said } from './entry.ts';

const bothUnchanged = (): string => 'The session and its base are unchanged.';

export const integrationErrors = {
  conflicts: entry<{
    name: string;
    base: string;
    worktree?: string;
    paths: readonly string[];
    /** `base` is not the session's own, which sync would bring in */
    into?: true;
    /** how it was to end: its log is not committed yet, so `remove` would refuse */
    end?: readonly ['dev-session', 'end'];
  }>({
    exit: 5,
    retryable: false,
    when: 'The work of the session conflicts with its base.',
    message: (d) => `Session ${d.name} conflicts with ${d.base} in:${listed(d.paths)}`,
    safe: () => 'Nothing moved: the session and its base are unchanged.',
    hints: (d) => [
      ...(d.worktree === undefined
        ? []
        : [
            d.into === true
              ? theirs(
                  ['git', '-C', d.worktree, 'merge', d.base],
                  'brings it in; resolve and commit there, then run this again',
                )
              : ours(
                  ['parallel', 'sync', d.name, '--leave-conflicts'],
                  'brings the base in; resolve there, --continue, then run this again',
                ),
          ]),
      ...(
        [
          ['pr', 'opens a pull request instead'],
          ['keep', 'keeps the branch for later'],
        ] as const
      ).map(([strategy, why]) =>
        ours([...(d.end ?? ['parallel', 'remove']), d.name, '--strategy', strategy], why),
      ),
    ],
  }),
  'base-gone': entry<{ name: string; base: string }>({
    exit: 4,
    retryable: false,
    when: 'The base the session would return to is no local branch any more.',
    message: (d) => `The base of session ${d.name}, ${d.base}, is not a local branch.`,
    safe: bothUnchanged,
    hints: (d) => [
      ours(
        ['parallel', 'remove', d.name, '--strategy', 'merge', '--into', 'BRANCH'],
        'names another base',
      ),
    ],
  }),
  'base-busy': entry<{ base: string; worktree: string; why: string }>({
    exit: 4,
    retryable: true,
    when: "The base's checkout is in a state in which it must not be moved.",
    message: (d) => `${d.base} cannot be moved: ${d.why} (${d.worktree}).`,
    safe: bothUnchanged,
    hints: (d) => [theirs(['git', '-C', d.worktree, 'status'], 'shows the state of that checkout')],
  }),
  'files-in-the-way': entry<{ base: string; worktree: string; paths: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: "Files in the base's checkout would be overwritten.",
    message: (d) => `In the checkout of ${d.base} these files are in the way:${listed(d.paths)}`,
    safe: bothUnchanged,
    hints: (d) => [
      theirs(['git', '-C', d.worktree, 'status'], 'shows them; commit or move them, then again'),
    ],
  }),
  'not-fast-forward': entry<{ name: string; base: string }>({
    exit: 4,
    retryable: false,
    when: 'The shape ff was asked for, but the base has commits the session lacks.',
    message: (d) => `${d.base} has commits that session ${d.name} lacks: no fast-forward.`,
    safe: bothUnchanged,
    hints: (d) => [
      ours(
        ['parallel', 'remove', d.name, '--strategy', 'merge', '--shape', 'merge'],
        'makes a merge commit',
      ),
    ],
  }),
  'cannot-rebase': entry<{ name: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'The shape rebase was asked for, but the commits cannot be replayed one by one.',
    message: (d) => `The commits of session ${d.name} cannot be rebased: ${d.why}.`,
    safe: bothUnchanged,
    hints: (d) => [
      ours(
        ['parallel', 'remove', d.name, '--strategy', 'merge', '--shape', 'squash'],
        'makes one commit of them',
      ),
    ],
  }),
  'submodule-unreachable': entry<{ name: string; paths: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'The session names submodule commits that the main checkout could not reach.',
    message: (d) =>
      `These submodules of session ${d.name} are at commits that exist only in the session:${listed(d.paths)}`,
    safe: bothUnchanged,
    hints: () => [],
  }),
  'hook-failed': entry<{ hook: string; exit: number | null; output: string }>({
    exit: 1,
    retryable: false,
    when: "One of the repository's hooks failed or did not end in time.",
    message: (d) =>
      `The ${d.hook} hook failed${d.exit === null ? '' : ` (exit ${d.exit})`}.${d.output.trim() === '' ? '' : `\n${d.output.trim()}`}`,
    safe: bothUnchanged,
    hints: () => [],
  }),
  'verify-failed': entry<{
    command: string;
    exit: number | null;
    output: string;
    timedOut: boolean;
  }>({
    exit: 1,
    retryable: false,
    when: 'The verification command failed on the merged files.',
    message: (d) =>
      d.timedOut
        ? `The verification did not end in time:${listed([d.command])}`
        : `The verification failed (exit ${d.exit}):${listed([d.command])}${d.output.trim() === '' ? '' : `\n${d.output.trim()}`}`,
    safe: bothUnchanged,
    hints: () => [],
  }),
  untrusted: entry<{ kind: string; commands: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'The project configures commands whose exact text nobody has approved yet.',
    message: (d) => `The project's ${d.kind} commands are not approved:${listed(d.commands)}`,
    safe: bothUnchanged,
    hints: () => [
      ours(['trust', 'list'], 'shows them in full'),
      ours(['trust', 'grant'], 'approves them; a person does this, at a terminal'),
    ],
  }),
  'trust-needs-a-person': entry<{ why: string }>({
    exit: 4,
    retryable: false,
    when: 'Approval was asked for without a terminal, or by an agent.',
    message: (d) => `Only a person at a terminal can approve commands: ${d.why}.`,
    safe: nothingChanged,
    hints: () => [ours(['trust', 'list'], 'shows what waits for approval')],
  }),
  'sign-failed': entry<{ why: string }>({
    exit: 1,
    retryable: false,
    when: 'Commits are to be signed here, and signing failed.',
    message: (d) => `The commit could not be signed: ${said(d.why)}`,
    safe: bothUnchanged,
    hints: () => [
      theirs(['git', 'config', '--get-regexp', 'gpg|sign'], 'shows how signing is set up'),
    ],
  }),
  'no-identity': entry<{ why: string }>({
    exit: 4,
    retryable: false,
    when: 'A commit has to be made, and git does not know in whose name.',
    message: (d) => `git does not know in whose name to commit: ${said(d.why)}`,
    safe: bothUnchanged,
    hints: () => [
      theirs(['git', 'config', '--global', 'user.email', 'you@example.com'], 'sets your address'),
      theirs(['git', 'config', '--global', 'user.name', 'Your Name'], 'sets your name'),
    ],
  }),
  'no-remote': entry<{ name: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'A pull request was asked for, but there is no remote to push to.',
    message: (d) => `There is no remote for a pull request: ${d.why}.`,
    safe: bothUnchanged,
    hints: (d) => [
      ours(['parallel', 'remove', d.name, '--strategy', 'keep'], 'keeps the branch for later'),
    ],
  }),
  'no-forge': entry<{ name: string; why: string; program?: 'gh' | 'glab' }>({
    exit: 4,
    retryable: false,
    when: 'Neither gh nor glab can open a pull request: not installed, or not logged in.',
    message: (d) => `No pull request can be opened: ${d.why}.`,
    safe: bothUnchanged,
    hints: (d) => [
      d.program === 'glab'
        ? theirs(['glab', 'auth', 'login'], 'logs in to GitLab')
        : theirs(['gh', 'auth', 'login'], 'logs in to GitHub'),
      ours(
        ['parallel', 'remove', d.name, '--strategy', 'pr', '--pr-url', 'URL'],
        'records a pull request opened by other means',
      ),
    ],
  }),
  'push-failed': entry<{ name: string; remote: string; stderr: string }>({
    exit: 1,
    retryable: true,
    when: 'The branch could not be pushed. Pushes are never forced.',
    message: (d) =>
      `The branch of session ${d.name} could not be pushed to ${d.remote}. ${said(d.stderr)}`,
    safe: () => 'Worktree and session stay as they are.',
    hints: () => [],
  }),
  'forge-failed': entry<{
    name: string;
    program: string;
    exit: number | null;
    output: string;
    pushed: boolean;
  }>({
    exit: 1,
    retryable: true,
    when: 'gh or glab failed, or did not print the address of a pull request.',
    message: (d) => `${d.program} did not open a pull request (exit ${d.exit}). ${d.output.trim()}`,
    safe: (d) =>
      `Worktree and session stay as they are.${d.pushed ? ' The branch has been pushed.' : ''}`,
    hints: (d) => [
      ours(
        ['parallel', 'remove', d.name, '--strategy', 'pr'],
        'tries again; the push is not repeated',
      ),
    ],
  }),
  'branch-gone': entry<{ name: string; branch: string }>({
    exit: 4,
    retryable: false,
    when: 'The branch of the session does not exist any more, so there is nothing to integrate.',
    message: (d) => `Branch ${d.branch} of session ${d.name} does not exist any more.`,
    safe: bothUnchanged,
    hints: (d) => [
      ours(['parallel', 'cleanup', d.name, '--dry-run'], 'shows what is left of the session'),
    ],
  }),
  'landed-not-removed': entry<{ name: string; into: string; oid: string; why: string }>({
    exit: 1,
    retryable: false,
    when: 'The work has entered its base, but the session could not be put away afterwards.',
    message: (d) =>
      `The work of session ${d.name} is in ${d.into} (${d.oid.slice(0, 10)}), but the session is still there: ${d.why}`,
    safe: () => 'The session is whole; only its end is missing.',
    hints: (d) => [ours(['parallel', 'remove', d.name, '--strategy', 'merge'], 'ends it')],
  }),
};
