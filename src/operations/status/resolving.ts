/** What status says of a session in which conflicts wait to be resolved. */
import { listedInline } from '../../kernel/catalogue/entry.ts';
import { ours, theirs, type Suggestion } from '../../kernel/suggestion.ts';
import type { Status } from '../../git/status.ts';
import { resolvingIn, type Resolving } from '../../integration/sync/resolving.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';

export interface ResolvingStatus {
  readonly why: string;
  readonly help: readonly Suggestion[];
}

/** `null`: nothing is to be resolved. */
export async function resolvingStatus(
  context: OperationContext,
  project: Project,
  facts: SessionFacts,
  status: Status | null,
): Promise<ResolvingStatus | null> {
  const { name, place, record } = facts;
  if (place.kind !== 'present' || status === null) return null;
  const unmerged = status.entries.filter(({ kind }) => kind === 'unmerged').map(({ path }) => path);
  if (unmerged.length === 0 && record?.syncing === undefined) return null;
  const found = await resolvingIn(project.git, project, facts, context.clock.now());
  const help = helpFor(found, name, place.path);
  switch (found.kind) {
    case 'base': {
      const { shape, base } = found.syncing;
      const left =
        unmerged.length === 0
          ? 'concluded: nothing conflicts any more'
          : `resolved: ${listedInline(unmerged)}`;
      return { why: `A ${shape} of ${base} waits to be ${left}.`, help };
    }
    case 'other':
      if (unmerged.length === 0) return null;
      return { why: `A ${found.operation} conflicts in ${listedInline(unmerged)}.`, help };
    case 'none':
    case 'unknown':
      if (unmerged.length === 0) return null;
      return { why: `Conflicts wait to be resolved: ${listedInline(unmerged)}.`, help };
  }
}

function helpFor(found: Resolving, name: string, worktree: string): Suggestion[] {
  if (found.kind === 'base') {
    const { shape } = found.syncing;
    return [
      ours(['parallel', 'sync', name, '--continue'], 'once resolved and added'),
      found.begun === 'by-us'
        ? ours(['parallel', 'sync', name, '--abort'], 'takes it back')
        : theirs(['git', '-C', worktree, shape, '--abort'], 'takes it back'),
    ];
  }
  const git = (args: readonly string[], why: string): Suggestion =>
    theirs(['git', '-C', worktree, ...args], why);
  const operations = ['merge', 'rebase', 'cherry-pick', 'revert'];
  if (found.kind !== 'other' || !operations.includes(found.operation)) {
    return [git(['status'], 'shows how to go on')];
  }
  return [
    git([found.operation, '--continue'], 'once resolved and added'),
    git([found.operation, '--abort'], 'takes it back'),
  ];
}
