/** A session, a branch or a folder of that name is there already. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FlightError, isFlightError } from '../../kernel/errors.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import { parseBranchName } from '../../git/oid.ts';
import { readStatus } from '../../git/status.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { isThere, onDisk } from '../../safety/disk.ts';
import { observe, type Observation } from '../../sessions/observe.ts';
import { branchNameFor, worktreePathFor, type Project } from '../../sessions/project.ts';
import { lastActivity } from '../../sessions/last-activity.ts';
import { busy, givenUp } from '../busy.ts';
import type { OperationContext } from '../context.ts';
import { enterLine } from '../enter.ts';
import { newSession } from '../new-session.ts';
import type { CreateReport } from '../shapes/create.ts';
import type { CreateRequest } from './request.ts';

/** How long a session that is still being made is waited for. */
const patienceMs = 60_000;

/**
 * @returns the answer if a healthy session is there, `null` if the name is free (or what is there
 * is the rest of a crash, which the create itself rolls back)
 * @throws FlightError `session-differs`, `session-not-open`, `session-moved`, `not-ours`, `session-busy`, `name-taken`,
 * `branch-without-session`, `sessions-dir-missing`
 */
export async function answerExisting(
  context: OperationContext,
  project: Project,
  facts: Observation,
  request: CreateRequest,
): Promise<Outcome<CreateReport> | null> {
  let now = facts;
  let refused: FlightError | null = null;
  const until = performance.now() + patienceMs;
  for (;;) {
    const session = now.sessions.find((one) => one.key === request.key);
    if (session === undefined) {
      const why = await refusal(project, now, request);
      if (why === null) return null;
      // Whose folder or branch this is may have been written down after the records were read:
      // the record comes first, so a second look finds it.
      if (refused?.message === why.message) throw why;
      refused = why;
      now = await observe(project, context.directory);
      continue;
    }
    if (session.name !== request.name) {
      throw new FlightError('name-taken', {
        name: request.name,
        by: `session ${session.name}`,
        why: 'differs only in case',
      });
    }
    // a create of a dead process is rolled back under the lock, and the name is free again
    if (session.record?.intent?.kind === 'creating' && session.ownerDead === true) return null;
    // whatever was begun by one that the user gave up is finished or taken back under the lock
    if (givenUp(context, session)) return null;
    if (session.record?.intent === undefined) {
      const answer = await answerIfStill(project, session, request, context);
      if (answer.kind === 'answer') return answer.outcome;
      now = answer.now;
      continue;
    }
    if (performance.now() > until || session.record.intent.kind !== 'creating') {
      throw busy(context, session);
    }
    context.progress(`Waiting for session ${session.name}, which is being made.`);
    await sleep(100, undefined, { signal: context.signal });
    now = await observe(project, context.directory);
  }
}

async function refusal(
  project: Project,
  facts: Observation,
  request: CreateRequest,
): Promise<FlightError | null> {
  try {
    checkSessionsDir(project, facts);
    await checkFree(project, facts, request);
    return null;
  } catch (error) {
    if (isFlightError(error)) return error;
    throw error;
  }
}

/** @throws FlightError `sessions-dir-missing` */
export function checkSessionsDir(project: Project, facts: Observation): void {
  if (!facts.sessionsDirMissing) return;
  throw new FlightError('sessions-dir-missing', {
    directory: project.sessionsDir,
    names: facts.sessions.filter((s) => s.place.kind !== 'put-away').map((s) => s.name),
  });
}

/**
 * Neither branch nor folder of that name may be there, nor a branch that git cannot have beside it.
 * @throws FlightError `name-taken`, `branch-without-session`
 */
export async function checkFree(
  project: Project,
  facts: Observation,
  request: Pick<CreateRequest, 'name'>,
): Promise<void> {
  const { name } = request;
  const branch = branchNameFor(project, name);
  const path = worktreePathFor(project, name);
  const taken = (by: string, why: string): FlightError =>
    new FlightError('name-taken', { name, by, why });
  if (parseBranchName(branch) === null)
    throw taken(`branch ${branch}`, 'is no name git would take');
  for (const existing of facts.registry.branches.keys()) {
    if (existing === branch) {
      const worktree = facts.worktrees.find((one) => one.branch === branch)?.path;
      throw new FlightError('branch-without-session', {
        name,
        branch,
        ...(worktree === undefined ? {} : { worktree }),
      });
    }
    const one = existing.toLowerCase();
    const other = branch.toLowerCase();
    if (one === other) throw taken(`branch ${existing}`, 'differs only in case');
    if (one.startsWith(`${other}/`) || other.startsWith(`${one}/`)) {
      throw taken(`branch ${existing}`, `stands in the way of branch ${branch}`);
    }
  }
  const registered = facts.worktrees.find((one) => one.path === path);
  if (registered !== undefined)
    throw taken(`a worktree registered at ${path}`, 'belongs to no session');
  // a link that leads nowhere stands in git's way, too
  const there = await onDisk('look at', path, () => isThere(path));
  if (there) throw taken(`the folder ${path}`, 'exists already');
}

/**
 * The answer, unless the session left while it was looked at.
 * @throws FlightError as `answerSession`
 */
async function answerIfStill(
  project: Project,
  session: SessionFacts,
  request: CreateRequest,
  context: OperationContext,
): Promise<
  | { readonly kind: 'answer'; readonly outcome: Outcome<CreateReport> }
  | { readonly kind: 'changed'; readonly now: Observation }
> {
  try {
    return { kind: 'answer', outcome: await answerSession(project, session, request, context) };
  } catch (error) {
    // git cannot start in a folder that is gone, nor read one that goes
    if (!isFlightError(error, 'git-failed') && !isFlightError(error, 'git-missing')) throw error;
    const now = await observe(project, context.directory);
    const found = now.sessions.find(({ key }) => key === session.key);
    if (found !== undefined && found.recordOid === session.recordOid) throw error;
    return { kind: 'changed', now };
  }
}

async function answerSession(
  project: Project,
  session: SessionFacts,
  request: CreateRequest,
  context: OperationContext,
): Promise<Outcome<CreateReport>> {
  const { record, place } = session;
  if (record === null) {
    throw new FlightError('broken-record', {
      name: session.name,
      why: session.broken ?? 'unknown',
    });
  }
  if (place.kind === 'moved') {
    throw new FlightError('session-moved', { name: session.name, from: place.from, to: place.to });
  }
  if (session.health === 'unknown') {
    const why = 'why' in place ? place.why : `branch ${session.branch} is gone`;
    throw new FlightError('not-ours', { name: session.name, why });
  }
  const open = session.health === 'ok' || session.health === 'locked';
  if (record.state !== 'active' || !open) {
    throw new FlightError('session-not-open', {
      name: session.name,
      state: record.state === 'active' ? session.health : record.state,
      restore: ['parallel', 'restore', session.name],
    });
  }
  const differs = (what: string, recorded: string, asked: string): FlightError =>
    new FlightError('session-differs', { name: session.name, what, recorded, asked });
  if (request.base !== undefined && request.base !== record.base.name) {
    throw differs('base', record.base.name, request.base);
  }
  if (request.goals.length > 0 && !same(request.goals, record.goals)) {
    throw differs('set of goals', JSON.stringify(record.goals), JSON.stringify(request.goals));
  }
  const existing = place.kind === 'present' ? await existingFacts(project, session, place) : null;
  context.warn({
    code: 'session-existed',
    message: `Session ${session.name} was there already, started ${record.startedAt}; it is unchanged.`,
  });
  return done({
    created: false,
    session: newSession(record),
    copied: record.copied,
    enter: enterLine(record.worktree, request.agent ?? record.agent ?? null),
    existing: existing ?? { lastActivityAt: null, ahead: null, changes: null },
  });
}

async function existingFacts(
  project: Project,
  session: SessionFacts,
  place: SessionFacts['place'] & { kind: 'present' },
): Promise<NonNullable<CreateReport['existing']>> {
  const base = session.record?.base.name ?? '';
  const status = await readStatus(project.git, place.path, {
    compareWith: { branch: session.branch, base },
  });
  return {
    lastActivityAt: await lastActivity(project.git, place, session.branchTip, status),
    ahead: status.ahead,
    changes: status.entries.length,
  };
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}
