/** Names for a parallel session: is one taken, and which one is free? */
import { describe, isFlightError } from '../../kernel/errors.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { asSessionName, sessionKey, type SessionName } from '../../sessions/name.ts';
import { observe, type Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { localTime } from '../../workflow/log-name.ts';
import { nameFromGoals } from '../../workflow/session-name.ts';
import { isRecoverable } from '../busy.ts';
import type { OperationContext } from '../context.ts';
import { checkFree } from '../create/existing.ts';

/** What has the name. */
export type Taken =
  | { readonly kind: 'session'; readonly session: SessionFacts }
  /** a branch, a folder, a worktree */
  | { readonly kind: 'other'; readonly why: string };

/** `null`: it is free, or what has it is the rest of a crash that a create takes back. */
export async function takenBy(
  context: OperationContext,
  project: Project,
  facts: Observation,
  name: SessionName,
): Promise<Taken | null> {
  const first = await look(context, project, facts, name);
  if (first?.kind !== 'other') return first;
  // whose folder or branch this is may have been written down after the records were read
  return look(context, project, await observe(project, context.directory), name);
}

async function look(
  context: OperationContext,
  project: Project,
  facts: Observation,
  name: SessionName,
): Promise<Taken | null> {
  const session = facts.sessions.find(({ key }) => key === sessionKey(name));
  if (session !== undefined) {
    const rest = session.record?.intent?.kind === 'creating' && isRecoverable(context, session);
    return rest ? null : { kind: 'session', session };
  }
  try {
    await checkFree(project, facts, { name });
    return null;
  } catch (error) {
    if (!isFlightError(error)) throw error;
    return { kind: 'other', why: describe(error).message };
  }
}

/** So many names that differ in a number are tried. */
const most = 99;

/**
 * A free name made of the goals: no session, branch or folder has it, and nothing in the trash
 * that would want it back.
 * @param wanted the name to begin with, instead of one made of the goals
 * @returns why there is none, if there is none
 */
export async function freeName(
  context: OperationContext,
  project: Project,
  facts: Observation,
  from: { readonly goals: readonly string[]; readonly wanted?: string },
): Promise<{ readonly name: SessionName } | { readonly why: string }> {
  const { date, time } = localTime(context.clock.now(), context.env['TZ']);
  const otherwise = `session-${date.replaceAll('-', '')}-${time.replace(':', '')}`;
  const stem = from.wanted ?? nameFromGoals(from.goals, otherwise);
  const trashed = new Set(facts.registry.trash.map(({ entry }) => entry.name.toLowerCase()));
  const known = new Set(facts.sessions.map(({ key }): string => key));
  let why = 'no name is free';
  for (let nth = 1; nth <= most; nth += 1) {
    const end = nth === 1 ? '' : `-${nth}`;
    const name = asSessionName(`${stem.slice(0, 100 - end.length)}${end}`);
    if (name === null || known.has(sessionKey(name)) || trashed.has(sessionKey(name))) continue;
    try {
      await checkFree(project, facts, { name });
      return { name };
    } catch (error) {
      if (!isFlightError(error)) throw error;
      why = describe(error).message;
    }
  }
  return { why };
}
