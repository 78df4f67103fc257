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
    name: 'parallel cleanup',
    summary: 'Find sessions whose worktree is gone and clean them up',
    effect: 'destructive',
    load: async () => (await import('./cleanup.ts')).cleanup,
  },
  {
    name: 'parallel remove',
    summary: 'End a session: pull request, merge, keep or abandon',
    effect: 'destructive',
    load: async () => (await import('./remove.ts')).remove,
  },
  {
    name: 'parallel land',
    summary: 'Land sessions one after the other, each verified on the merged result',
    effect: 'destructive',
    load: async () => (await import('./land.ts')).land,
  },
  {
    name: 'parallel restore',
    summary: 'Bring back what was removed, cleaned up, kept, abandoned or orphaned',
    effect: 'change',
    load: async () => (await import('./restore.ts')).restore,
  },
  {
    name: 'parallel adopt',
    summary: 'Make a worktree that is there a session',
    effect: 'change',
    load: async () => (await import('./adopt.ts')).adopt,
  },
  {
    name: 'parallel conflicts',
    summary: 'Show which sessions clash, and the order to land them in',
    effect: 'read',
    load: async () => (await import('./conflicts.ts')).conflicts,
  },
  {
    name: 'parallel path',
    summary: "Print the path of a session's worktree",
    effect: 'read',
    load: async () => (await import('./path.ts')).path,
  },
  {
    name: 'parallel sync',
    summary: "Bring the base's new commits into sessions",
    effect: 'change',
    load: async () => (await import('./sync.ts')).sync,
  },
  {
    name: 'dev-session start',
    summary: 'Start or resume a session, with goals and a log',
    effect: 'change',
    load: async () => (await import('./dev-session-start.ts')).devSessionStart,
  },
  {
    name: 'dev-session end',
    summary: 'End a session: write its log, bring its work home',
    effect: 'destructive',
    load: async () => (await import('./dev-session-end.ts')).devSessionEnd,
  },
  {
    name: 'init',
    summary: 'Install the commands, skills and MCP entry for the agents of this project',
    effect: 'change',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'upgrade',
    summary: 'Bring what is installed for agents up to this version',
    effect: 'change',
    load: async () => (await import('./upgrade.ts')).upgrade,
  },
  {
    name: 'uninstall',
    summary: 'Take out what init wrote for agents',
    effect: 'destructive',
    load: async () => (await import('./uninstall.ts')).uninstall,
  },
  {
    name: 'agents doctor',
    summary: 'Show for each agent what is installed, stale, edited, shadowed or untrusted',
    effect: 'read',
    load: async () => (await import('./agents-doctor.ts')).agentsDoctor,
  },
  {
    name: 'trust list',
    summary: 'Show the commands of this repository and which of them may run',
    effect: 'read',
    load: async () => (await import('./trust.ts')).trustList,
  },
  {
    name: 'trust grant',
    summary: 'Approve commands of this repository after reading their exact text',
    effect: 'change',
    load: async () => (await import('./trust.ts')).trustGrant,
  },
  {
    name: 'trust revoke',
    summary: 'Take back approvals for this repository',
    effect: 'change',
    load: async () => (await import('./trust.ts')).trustRevoke,
  },
  {
    name: 'config',
    summary: 'Show each setting with its value and where it comes from',
    effect: 'read',
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'demo',
    summary: 'Tell the whole story on a throw-away repository, in seconds',
    effect: 'change',
    load: async () => (await import('./demo.ts')).demo,
  },
];
