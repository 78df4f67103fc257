/** Errors of what is installed for agents. */
import { dirname } from 'node:path';
import { ours, theirs } from '../suggestion.ts';
import { entry, listed, nothingChanged } from './entry.ts';

/** A part that could not be dealt with, as far as the sentences need it. */
interface Problem {
  readonly path: string;
  readonly why: string;
}

export const agentErrors = {
  'install-record-unreadable': entry<{ file: string; why: string }>({
    exit: 4,
    retryable: false,
    when: 'The record of what is installed for agents cannot be read, or names a file outside of the checkout.',
    message: (d) => `${d.file} says what is installed for agents, and cannot be used: ${d.why}.`,
    safe: nothingChanged,
    hints: (d) => [
      theirs(
        ['git', '-C', dirname(dirname(d.file)), 'log', '--oneline', '--', d.file],
        'shows its earlier versions, if committed',
      ),
      ours(
        ['init', '--help'],
        'once the record is deleted, init makes it anew; files that are as we write them are ours again',
      ),
    ],
  }),
  'install-incomplete': entry<{
    problems: readonly Problem[];
    command: readonly string[];
    root?: string;
    agents?: readonly string[];
    files?: readonly unknown[];
  }>({
    exit: 1,
    retryable: true,
    when: 'Some files could not be dealt with: not in the format of their name, a link, changed meanwhile. All others were.',
    message: (d) =>
      `${d.problems.length === 1 ? 'One file was' : `${d.problems.length} files were`} left alone:${listed(d.problems.map(({ path, why }) => `${path}: ${why}`))}`,
    safe: () => 'They are as they were; everything else is done.',
    hints: (d) => [
      ours(['agents', 'doctor'], 'shows what is installed and what is not'),
      ours(d.command, 'the same again, once they are mended'),
    ],
  }),
};
