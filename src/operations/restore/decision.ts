/** Which one? Asked when restore is called without a name. */
import type { Choice, Decision } from '../../kernel/outcome.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { expiresAt } from '../expiry.ts';
import { candidateName, type Candidate } from './candidates.ts';

const shown = 20;

export function whatDecision(
  project: Project,
  facts: Observation,
  candidates: readonly Candidate[],
): Decision {
  return {
    id: 'restore',
    question:
      candidates.length === 0
        ? 'There is nothing to restore.'
        : 'Which session should be brought back?',
    facts: { entries: facts.registry.trash.length, candidates: candidates.length },
    choices: candidates.slice(0, shown).map((one) => choice(project, one)),
    ifDeclined: 'Nothing was restored.',
  };
}

function choice(project: Project, candidate: Candidate): Choice {
  const name = candidateName(candidate);
  const value = candidate.kind === 'orphan' ? name : candidate.stored.entry.id;
  const undo = 'parallel remove puts it away again';
  if (candidate.kind === 'orphan') {
    return {
      value,
      label: name,
      effect: 'Its folder was deleted: it is made again from its branch.',
      undo,
      available: true,
      args: ['parallel', 'restore', name],
    };
  }
  const { entry } = candidate.stored;
  return {
    value,
    label: entry.id,
    effect: `Left by ${entry.strategy} on ${entry.removedAt.slice(0, 10)}, may be emptied from ${expiresAt(project, entry).slice(0, 10)}.`,
    undo,
    available: true,
    args: ['parallel', 'restore', entry.id],
  };
}
