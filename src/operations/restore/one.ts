/** Brings one session back, under the lock. */
import { FlightError } from '../../kernel/errors.ts';
import type { BroughtBack } from '../../safety/bring-back.ts';
import { bringBack, bringBackOrphan } from '../../safety/bring-back.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { SessionName } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import { change, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import type { RestoredSession } from '../shapes/restore.ts';
import { candidateName, find, restorable, type Candidate } from './candidates.ts';

/**
 * @param text a name or an id
 * @throws FlightError `not-in-trash`, `restore-taken`, `restore-clash`, `restore-incomplete`
 */
export async function restoreOne(
  context: OperationContext,
  project: Project,
  text: string,
  as: SessionName | null,
): Promise<RestoredSession> {
  return change(context, project, async (frame) => {
    const candidate = find(frame.facts, text);
    if (candidate === null) {
      const known = restorable(frame.facts).map(candidateName);
      const living = frame.facts.sessions.some(
        (one) => one.name === text && one.place.kind === 'present',
      );
      if (living) {
        const what = `session ${text}, which is there`;
        throw new FlightError('not-in-trash', { what, known });
      }
      throw new FlightError('not-in-trash', { what: text, known });
    }
    const back = await bring(frame, candidate, as);
    for (const warning of back.warnings) context.warn(warning);
    const lost = back.warnings.map(({ message }) => message);
    const { record, worktree } = back;
    return {
      name: record.name,
      branch: record.branch,
      worktree,
      from: origin(candidate),
      ...(lost.length === 0 ? {} : { lost }),
    };
  });
}

async function bring(
  frame: Change,
  candidate: Candidate,
  as: SessionName | null,
): Promise<BroughtBack> {
  const { project, held } = frame;
  if (candidate.kind === 'entry') {
    const observed = frame.facts;
    return bringBack(project, held, candidate.stored, {
      observed,
      ...(as === null ? {} : { as }),
    });
  }
  if (as !== null) {
    throw new FlightError('usage', {
      detail: `${candidate.session.name} is still a session: its folder comes back under its own name.`,
      command: ['parallel', 'restore'],
    });
  }
  const session: SessionFacts = await frame.takeOver(candidate.session);
  return bringBackOrphan(project, held, session);
}

function origin(candidate: Candidate): RestoredSession['from'] {
  if (candidate.kind === 'orphan') return { id: null, removedAt: null, strategy: 'orphaned' };
  const { id, removedAt, strategy } = candidate.stored.entry;
  return { id, removedAt, strategy };
}
