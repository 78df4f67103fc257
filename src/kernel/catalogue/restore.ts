/** What restore refuses. */
import { ours } from '../suggestion.ts';
import { entry, listed, nothingChanged } from './entry.ts';

export const restoreErrors = {
  'not-in-trash': entry<{ what: string; known: readonly string[] }>({
    exit: 3,
    retryable: false,
    when: 'Nothing of that name or id can be brought back.',
    message: (d) =>
      `There is nothing to restore for ${d.what}.${d.known.length === 0 ? '' : ` There is: ${d.known.join(', ')}.`}`,
    safe: nothingChanged,
    hints: () => [ours(['parallel', 'restore', '--list'], 'lists what can come back')],
  }),
  'restore-taken': entry<{ id: string; what: string; suggestion: string }>({
    exit: 4,
    retryable: false,
    when: 'The name, branch or folder to restore to is in use.',
    message: (d) => `${d.id} cannot come back under its name: ${d.what} is in use.`,
    safe: () => 'It stays in the trash, whole.',
    hints: (d) => [
      ours(
        ['parallel', 'restore', d.id, '--as', d.suggestion],
        'brings it back under another name',
      ),
    ],
  }),
  'restore-clash': entry<{ id: string; paths: readonly string[] }>({
    exit: 4,
    retryable: false,
    when: 'The branch moved on, and uncommitted files of the session clash with its present tip.',
    message: (d) =>
      `The branch of ${d.id} moved on, and uncommitted files clash with it:${listed(d.paths)}`,
    safe: () => 'It stays in the trash, whole.',
    hints: (d) => [ours(['parallel', 'restore', d.id, '--as', 'NAME'], 'brings it back beside it')],
  }),
  'restore-incomplete': entry<{ id: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'What is in the trash is not what was put there, so it is not moved.',
    message: (d) => `${d.id} cannot be restored: ${d.why}.`,
    safe: () => 'It stays in the trash as it is.',
    hints: () => [ours(['parallel', 'restore', '--list'], 'lists what can come back')],
  }),
};
