/**
 * May this session's checkout be moved? Asked while its index is held, so that no git changes
 * branch, HEAD or index any more; files that change are seen by git when it moves them.
 *
 * Processes: `status`, `ls-files`, and a few per submodule.
 */
import type { Git } from '../../git/git.ts';
import { operationInProgress } from '../../git/operation.ts';
import type { StatusEntry } from '../../git/status.ts';
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import { inspectWorkingTree, type WorkingTree } from '../../safety/working-tree.ts';
import type { SyncInput } from './model.ts';

/** An error's data is shown and kept: a hundred thousand untracked paths are not. */
const mostPaths = 1000;

/**
 * @returns `dirty`: there is uncommitted work, and it may be carried
 * @throws FlightError `operation-in-progress`, `head-elsewhere`, `plan-changed`,
 *   `uncommitted-work`, `carry-impossible`, `unknown-state`
 */
export async function lookAtSession(git: Git, input: SyncInput): Promise<'clean' | 'dirty'> {
  const { name, worktree, branch } = input;
  const operation = await operationInProgress(input.privateDir);
  if (operation.kind === 'unknown') {
    throw unknown(input, 'whether an operation is in progress', operation.why);
  }
  if (operation.kind === 'operation') {
    throw new FlightError('operation-in-progress', {
      name,
      worktree,
      operation: operation.operation,
    });
  }
  const tree = await inspect(git, input);
  const { status } = tree;
  if (status.branch !== branch) {
    const head = status.branch ?? `a detached HEAD at ${status.head ?? 'no commit'}`;
    throw new FlightError('head-elsewhere', { name, worktree, branch, head });
  }
  if (status.head !== input.sessionTip) {
    throw new FlightError('plan-changed', { name, what: 'The branch' });
  }
  const dirty = tree.dirty.filter((path) => !input.keep.includes(path));
  if (input.carry) {
    refuseCarry(tree);
    return tree.dirty.length > 0 ? 'dirty' : 'clean';
  }
  if (dirty.length > 0) {
    const paths = dirty.slice(0, mostPaths);
    throw new FlightError('uncommitted-work', { name, worktree, count: dirty.length, paths });
  }
  return 'clean';
}

async function inspect(git: Git, input: SyncInput): Promise<WorkingTree> {
  try {
    return await inspectWorkingTree(git, input.worktree);
  } catch (error) {
    git.signal?.throwIfAborted();
    const why = isFlightError(error) ? describe(error).message : String(error);
    throw unknown(input, 'whether there is uncommitted work', why);
  }
}

/** What cannot be put aside and back exactly as it is. */
function refuseCarry({ status, dirty }: WorkingTree): void {
  const entries = status.entries.filter((entry) => entry.kind !== 'ignored');
  const shown = new Set(entries.map((entry) => entry.path));
  const hidden = dirty.filter((path) => !shown.has(path));
  const bad = (test: (entry: StatusEntry) => boolean): string[] =>
    entries.filter(test).map((entry) => entry.path);
  refuse(
    'they are in the middle of a merge.',
    bad((entry) => entry.kind === 'unmerged'),
  );
  refuse(
    'submodules have changes of their own.',
    bad((entry) => entry.submodule.startsWith('S')),
  );
  refuse(
    'there are repositories among them.',
    bad((entry) => entry.path.endsWith('/')),
  );
  refuse(
    'names that are not UTF-8.',
    bad((entry) => entry.path.includes('\uFFFD')),
  );
  // a flag (skip-worktree, assume-unchanged) makes git look away, also where it would overwrite
  refuse('git is told not to look at these files.', hidden);
}

function refuse(why: string, paths: readonly string[]): void {
  if (paths.length === 0) return;
  throw new FlightError('carry-impossible', { why, paths: paths.slice(0, mostPaths) });
}

function unknown(input: SyncInput, what: string, why: string): FlightError {
  return new FlightError('unknown-state', { name: input.name, what, why });
}
