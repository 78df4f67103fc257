/** Errors about names, records, manifests and what a session is. */
import { ours, theirs } from '../suggestion.ts';
import { entry, holderText, listed, nothingChanged, type Holder } from './entry.ts';

export const sessionErrors = {
  'bad-name': entry<{ name: string; rule: string; suggestion?: string }>({
    exit: 2,
    retryable: false,
    when: 'A session name breaks a rule of names.',
    message: (d) => `${JSON.stringify(d.name)} cannot be the name of a session: ${d.rule}.`,
    safe: nothingChanged,
    hints: (d) =>
      d.suggestion === undefined
        ? [ours(['parallel', 'status', '--all'], 'lists the sessions')]
        : [ours(['parallel', 'create', d.suggestion], 'a name that can be used')],
  }),
  'no-such-session': entry<{ name: string; known: readonly string[] }>({
    exit: 3,
    retryable: false,
    when: 'No session of that name exists.',
    message: (d) =>
      d.known.length === 0
        ? `There is no session ${d.name}, nor any other.`
        : `There is no session ${d.name}. There are: ${d.known.join(', ')}.`,
    safe: nothingChanged,
    hints: () => [
      ours(['parallel', 'status', '--all'], 'lists the sessions'),
      ours(['parallel', 'restore', '--list'], 'lists what was removed and can come back'),
    ],
  }),
  'name-taken': entry<{ name: string; by: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'The name, its branch or its folder is taken by something else.',
    message: (d) => `The name ${d.name} cannot be used: ${d.by} ${d.why}.`,
    safe: nothingChanged,
    hints: () => [ours(['parallel', 'status', '--all'], 'shows the names in use')],
  }),
  'session-differs': entry<{ name: string; what: string; recorded: string; asked: string }>({
    exit: 4,
    retryable: false,
    when: 'The session exists, but with other goals or another base than asked for.',
    message: (d) =>
      `Session ${d.name} exists with another ${d.what}: ${d.recorded}, not ${d.asked}.`,
    safe: () => 'The session is unchanged.',
    hints: (d) => [
      ours(['parallel', 'create', d.name], 'joins it as it is'),
      ours(['parallel', 'status', d.name], 'shows it in full'),
    ],
  }),
  'session-not-open': entry<{ name: string; state: string; restore: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'A session of that name exists, but its worktree is gone or put away.',
    message: (d) => `Session ${d.name} exists already and is ${d.state}.`,
    safe: () => 'The session is unchanged.',
    hints: (d) => [ours(d.restore, 'brings its worktree back')],
  }),
  'branch-without-session': entry<{ name: string; branch: string; worktree?: string }>({
    exit: 4,
    retryable: false,
    when: 'The branch of that name exists, but belongs to no session.',
    message: (d) =>
      `Branch ${d.branch} exists already and belongs to no session` +
      (d.worktree === undefined ? '.' : `; it is checked out at ${d.worktree}.`),
    safe: nothingChanged,
    hints: (d) =>
      d.worktree === undefined
        ? [ours(['parallel', 'create', `${d.name}-2`], 'another name')]
        : [ours(['parallel', 'adopt', d.worktree], 'makes that worktree a session')],
  }),
  'session-busy': entry<{
    name: string;
    operation: string;
    holder?: Holder;
    /** of an owner who cannot be seen from here; with the command that was asked for */
    token?: string;
    command?: readonly string[];
  }>({
    exit: 7,
    retryable: true,
    when: 'Another command is at work on this very session.',
    message: (d) =>
      `Session ${d.name} is busy (${d.operation}` +
      (d.holder === undefined ? ').' : `, by ${holderText(d.holder)}).`),
    safe: nothingChanged,
    hints: (d) => [
      ours(['parallel', 'status'], 'shows when it is done'),
      ...(d.token === undefined || d.command === undefined
        ? []
        : [
            ours(
              [...d.command, '--break-lock', d.token],
              'only if you know that this process is gone: finishes or takes back what it began',
            ),
          ]),
    ],
  }),
  'not-ours': entry<{ name: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'Directory, registration and record do not prove that the worktree is this session.',
    message: (d) => `It is not proven that this is session ${d.name}: ${d.why}.`,
    safe: nothingChanged,
    hints: () => [ours(['parallel', 'status'], 'shows what is known')],
  }),
  'broken-record': entry<{ name: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'What is recorded about a session cannot be read, so nothing is done to it.',
    message: (d) => `The record of session ${d.name} cannot be read: ${d.why}.`,
    safe: () => 'Its branch and its folder are untouched.',
    hints: (d) => [
      ours(['parallel', 'status'], 'shows the other sessions'),
      ours(['parallel', 'cleanup', d.name, '--dry-run'], 'shows how the name becomes free again'),
    ],
  }),
  'no-worktree': entry<{ name: string; state: string }>({
    exit: 4,
    retryable: false,
    when: 'The session has no worktree at the moment.',
    message: (d) => `Session ${d.name} has no worktree: it is ${d.state}.`,
    safe: nothingChanged,
    hints: (d) => [ours(['parallel', 'restore', d.name], 'brings its worktree back')],
  }),
  'carry-impossible': entry<{ why: string; paths: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'The changes in the main checkout cannot be copied into the new session as they are.',
    message: (d) => `The changes cannot be carried: ${d.why}${listed(d.paths)}`,
    safe: nothingChanged,
    hints: () => [],
  }),
  'manifest-newer': entry<{ file: string; version: string }>({
    exit: 4,
    retryable: false,
    when: 'The manifest was written by a newer version; it would lose what it does not know.',
    message: (d) => `${d.file} is of version ${d.version}, which this flight-rules does not know.`,
    safe: nothingChanged,
    hints: () => [theirs(['npm', 'install', 'flight-rules@latest'], 'gets a newer flight-rules')],
  }),
  'manifest-foreign': entry<{ file: string; repository: string }>({
    exit: 4,
    retryable: false,
    when: 'The sessions directory belongs to another repository that still exists.',
    message: (d) => `${d.file} belongs to another repository: ${d.repository}.`,
    safe: nothingChanged,
    hints: (d) => [
      theirs(['rm', d.file], 'only if that repository has no sessions here: it is made again'),
      ours(['config'], 'shows sessionsDir, which can be set for this project'),
    ],
  }),
  'sessions-dir-missing': entry<{ directory: string; names: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'The sessions directory is missing or empty while sessions are recorded in it.',
    message: (d) =>
      `${d.directory} is missing or empty, but these sessions are recorded in it: ${d.names.join(', ')}. It may be a disk that is not mounted.`,
    safe: nothingChanged,
    hints: (d) => [
      ours(
        ['parallel', 'cleanup', ...d.names],
        'if it was deleted: shows what would be cleaned up',
      ),
      ours(['parallel', 'restore', '--list'], 'shows what can be brought back'),
    ],
  }),
  'in-trash': entry<{ directory: string; id: string | null; name: string | null }>({
    exit: 4,
    retryable: false,
    when: 'The command was started inside a worktree that is in the trash.',
    message: (d) =>
      d.name === null
        ? `${d.directory} is the trash, where removed sessions wait.`
        : `${d.directory} is the folder of session ${d.name}, which is in the trash.`,
    safe: nothingChanged,
    hints: (d) =>
      d.id === null
        ? [ours(['parallel', 'restore', '--list'], 'lists what can come back')]
        : [ours(['parallel', 'restore', d.id], 'brings it back')],
  }),
  'not-adoptable': entry<{ path: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'This worktree cannot become a session as it is.',
    message: (d) => `${d.path} cannot become a session: ${d.why}.`,
    safe: nothingChanged,
    hints: () => [ours(['parallel', 'status'], 'lists the worktrees that can')],
  }),
  'session-moved': entry<{ name: string; from: string; to: string }>({
    exit: 4,
    retryable: false,
    when: 'The worktree, or the repository, was moved by hand, and the links between them are old.',
    message: (d) =>
      d.from === d.to
        ? `The links of session ${d.name} lead to where the repository was; its worktree is at ${d.to}.`
        : `The worktree of session ${d.name} was moved from ${d.from} to ${d.to}, and its links are old.`,
    safe: nothingChanged,
    hints: (d) => [ours(['parallel', 'cleanup', d.name, '--yes'], 'mends its links')],
  }),
};
