/**
 * The table of all operations. Names and summaries are here so that help and did-you-mean load
 * nothing; each operation is a chunk of its own. Only what exists is listed: hints, help and
 * pages never name a command that this version lacks.
 */
import type { AnyOperation } from './define.ts';

export interface OperationEntry {
  /** as typed: `parallel create` */
  readonly name: string;
  readonly summary: string;
  readonly effect: AnyOperation['effect'];
  readonly load: () => Promise<AnyOperation>;
}

/** In the order of help and of the command reference. A test holds it to what `load` gives. */
export const operations: readonly OperationEntry[] = [
  {
    name: 'parallel create',
    summary: 'Start a session: a worktree and a branch of its own',
    effect: 'change',
    load: async () => (await import('./create.ts')).create,
  },
  {
    name: 'parallel status',
    summary: 'Show every session: what it is for, how it stands, what it needs',
    effect: 'read',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'parallel path',
    summary: "Print the path of a session's worktree",
    effect: 'read',
    load: async () => (await import('./path.ts')).path,
  },
];
