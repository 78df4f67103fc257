/** Errors of the ground: usage, the repository, git itself, the disk, the lock. */
import { ours, theirs } from '../suggestion.ts';
import { entry, holderText, listed, nothingChanged, said, type Holder } from './entry.ts';

export const generalErrors = {
  usage: entry<{ detail: string; command?: readonly string[] }>({
    exit: 2,
    retryable: false,
    when: 'The command line, or an argument of a tool call, is not understood.',
    message: (d) => d.detail,
    safe: nothingChanged,
    hints: (d) => [ours([...(d.command ?? []), '--help'], 'shows what the command takes')],
  }),
  'bad-config': entry<{ file: string; path: string; problem: string }>({
    exit: 2,
    retryable: false,
    when: 'A configuration file holds a value of the wrong type, or cannot be parsed.',
    message: (d) => `${d.file}: ${d.path === '' ? '' : `${d.path}: `}${d.problem}`,
    safe: nothingChanged,
    hints: () => [ours(['config'], 'shows each value and where it comes from')],
  }),
  'not-a-repository': entry<{ directory: string; why?: string }>({
    exit: 3,
    retryable: false,
    when: 'The command was started outside of a git repository.',
    message: (d) =>
      `${d.directory} is not in a git repository${d.why === undefined ? '' : ` (${d.why})`}.`,
    safe: nothingChanged,
    hints: () => [],
  }),
  'no-commits': entry<{ root: string }>({
    exit: 4,
    retryable: false,
    when: 'The repository has no commit yet, so there is nothing a session could start from.',
    message: (d) => `The repository at ${d.root} has no commit yet, so a session has no base.`,
    safe: nothingChanged,
    hints: (d) => [
      theirs(
        ['git', '-C', d.root, 'commit', '--allow-empty', '-m', 'Initial commit'],
        'makes the first commit',
      ),
    ],
  }),
  'git-missing': entry<{ why: string }>({
    exit: 1,
    retryable: false,
    when: 'No git program was found on PATH, or it could not be started.',
    message: (d) => `git could not be started: ${d.why}.`,
    safe: nothingChanged,
    hints: () => [],
  }),
  'git-too-old': entry<{ found: string; needed: string; program: string }>({
    exit: 1,
    retryable: false,
    when: 'The git program on PATH is older than flight-rules needs.',
    message: (d) => `${d.program} is git ${d.found}; flight-rules needs git ${d.needed} or newer.`,
    safe: nothingChanged,
    hints: () => [],
  }),
  'git-failed': entry<{
    argv: readonly string[];
    cwd: string;
    exit: number | null;
    signal: string | null;
    stderr: string;
  }>({
    exit: 1,
    retryable: true,
    when: 'git failed in a way that has no name of its own.',
    message: (d) => {
      const how = d.signal === null ? `exit ${d.exit}` : `signal ${d.signal}`;
      const words = d.stderr.trim() === '' ? 'It said nothing.' : said(d.stderr);
      return `git ${d.argv.join(' ')} failed (${how}) in ${d.cwd}. ${words}`;
    },
    safe: () =>
      'What was begun is finished or rolled back by the next command that changes something.',
    hints: () => [ours(['parallel', 'status'], 'shows what is there now')],
  }),
  'git-timeout': entry<{ argv: readonly string[]; cwd: string; milliseconds: number }>({
    exit: 1,
    retryable: true,
    when: 'git, or a program started by it, did not end within its time limit and was stopped.',
    message: (d) =>
      `git ${d.argv.join(' ')} in ${d.cwd} did not end within ${Math.round(d.milliseconds / 1000)} s and was stopped.`,
    safe: () =>
      'What was begun is finished or rolled back by the next command that changes something.',
    hints: () => [ours(['parallel', 'status'], 'shows what is there now')],
  }),
  'disk-failed': entry<{ what: string; path: string; reason: string }>({
    exit: 1,
    retryable: true,
    when: 'The file system refused something: no space left, an input or output error, a limit.',
    message: (d) => `Could not ${d.what} ${d.path}: ${d.reason}.`,
    safe: () =>
      'What was begun is finished or rolled back by the next command that changes something.',
    hints: () => [ours(['parallel', 'status'], 'shows what is there now')],
  }),
  'not-writable': entry<{ folders: readonly string[]; command: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'The command would change something, but may not write where it must.',
    message: (d) => `This command may not write here:${listed(d.folders)}`,
    safe: nothingChanged,
    hints: (d) => [ours(d.command, 'run it where these folders may be written')],
  }),
  busy: entry<{ holder: Holder; token: string; command: readonly string[] }>({
    exit: 7,
    retryable: true,
    when: 'Another command of flight-rules is changing this repository.',
    message: (d) => `Another flight-rules command is at work here: ${holderText(d.holder)}.`,
    safe: nothingChanged,
    hints: (d) => [
      ours(
        [...d.command, '--break-lock', d.token],
        'only if you know that this process is gone: takes its lock over',
      ),
    ],
  }),
  bug: entry<{ what: string; stack?: string }>({
    exit: 70,
    retryable: false,
    when: 'Something happened that should be impossible: a bug of flight-rules.',
    message: (d) => `This is a bug of flight-rules: ${said(d.what)}`,
    safe: () =>
      'Nothing is removed without a way back; the next command finishes or rolls back what was begun.',
    hints: () => [
      ours(['parallel', 'status'], 'shows what is there now'),
      ours(['--version'], 'put this version, the command and the message above into a report'),
    ],
  }),
  interrupted: entry<{ signal: string; command: readonly string[] }>({
    exit: 128,
    retryable: true,
    when: 'A signal (Ctrl-C, a closed terminal) ended the command before it was done.',
    message: (d) => `Ended by ${d.signal} before it was done.`,
    safe: () =>
      'What was begun is finished or rolled back by the next command that changes something.',
    hints: (d) => [ours(d.command, 'the same again')],
  }),
  'demo-failed': entry<{ step: string; expected: string; saw: string; folder: string | null }>({
    exit: 1,
    retryable: false,
    when: 'In the demo something was not as it says.',
    message: (d) => `The demo went wrong at "${d.step}": expected ${d.expected}, saw ${d.saw}.`,
    safe: (d) =>
      d.folder === null
        ? 'It ran in a temporary folder of its own, which is removed; nothing of yours was touched.'
        : `It ran in a temporary folder of its own, which is left as it is: ${d.folder}.`,
    hints: () => [ours(['demo', '--keep'], 'leaves the folder for looking around')],
  }),
};
