/** Errors of `dev-session end`: what it writes, commits, and hands on to the strategy. */
import { ours, theirs } from '../suggestion.ts';
import { entry, listed, nothingChanged, said } from './entry.ts';

export const endingErrors = {
  'odd-file': entry<{
    file: string;
    what: string;
    /** what git would have to bring into the checkout */
    sparse?: { readonly checkout: string; readonly folder: string };
  }>({
    exit: 4,
    retryable: false,
    when: 'A file that is to be written is a link, a folder or something else than a plain file.',
    message: (d) => `${d.file} is ${d.what}, and is not written to.`,
    safe: nothingChanged,
    hints: (d) =>
      d.sparse === undefined
        ? [theirs(['ls', '-ld', d.file], 'shows what it is; move it away')]
        : [
            theirs(
              ['git', '-C', d.sparse.checkout, 'sparse-checkout', 'add', d.sparse.folder],
              'brings it into the checkout',
            ),
          ],
  }),
  'commit-failed': entry<{ why: string }>({
    exit: 1,
    retryable: true,
    when: 'git could not make the commit in the worktree.',
    message: (d) => `The commit could not be made: ${said(d.why)}`,
    safe: () => 'What was written is still in the worktree; no commit was made.',
    hints: () => [ours(['parallel', 'status'], 'shows what is uncommitted where')],
  }),
  'written-not-integrated': entry<{
    name: string;
    log: string;
    /** the commit of the log; `null` if it was not made any more */
    committed: string | null;
    /** the code of what failed */
    because: string;
    why: string;
    paths?: readonly string[];
    /** the call that goes on */
    again: readonly string[];
  }>({
    exit: 1,
    retryable: true,
    when: 'The log of the session is complete, but the strategy failed afterwards.',
    message: (d) =>
      `The log of session ${d.name} is ${d.committed === null ? 'written' : `committed (${d.committed.slice(0, 10)})`}, but its work did not come home: ${said(d.why)}${d.paths === undefined ? '' : listed(d.paths)}`,
    safe: () => 'The session is still there with all its work.',
    hints: (d) => [
      ours(d.again, 'goes on; nothing is written twice'),
      ours(['dev-session', 'end', d.name], 'asks again how the work should come home'),
    ],
  }),
};
