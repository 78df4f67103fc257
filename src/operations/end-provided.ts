/**
 * An agent that got its worktree from us wants it gone: only what holds nothing goes, to the trash
 * like everything. A session that is new or has landed, and in which nothing is uncommitted and
 * nobody else works, ends; any other stays, and the refusal names the command that ends it.
 */
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { oid } from '../git/oid.ts';
import { real } from '../git/repository.ts';
import { upstreams } from '../git/upstream.ts';
import { landedBy } from '../integration/landed.ts';
import { preflight } from '../safety/preflight.ts';
import { putAway } from '../safety/put-away.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { observe, worktreeOf, type Observation } from '../sessions/observe.ts';
import type { Project } from '../sessions/project.ts';
import { change } from './change.ts';
import type { OperationContext } from './context.ts';
import { projectOf } from './project.ts';
import { refuseBusy } from './remove/request.ts';

export interface Ended {
  readonly name: string;
  /** trash id, with which restore brings it back */
  readonly id: string;
}

/**
 * @param path the worktree, as the agent names it
 * @throws FlightError `no-session-there`, `work-not-landed`, and all refusals of remove
 */
export async function endProvided(context: OperationContext, path: AbsolutePath): Promise<Ended> {
  const project = await projectOf(context);
  // asked before the lock, too: a refusal leaves not one byte behind
  const facts = await observe(project, context.directory);
  const seen = await sessionAt(facts, path);
  await examine(context, project, facts, seen);
  // what was asked for is no command that somebody could type; this one does the same
  const commandLine = ['parallel', 'remove', seen.name];
  return change({ ...context, commandLine }, project, async (frame) => {
    const session = await frame.takeOver(await sessionAt(frame.facts, path));
    const how = await examine(context, frame.project, frame.facts, session);
    const { id } = await putAway(frame.project, frame.held, session, {
      strategy: how === 'new' ? 'abandon' : 'cleanup',
      becomes: 'ended',
      at: context.clock.now(),
    });
    return { name: session.name, id };
  });
}

/** The session whose worktree is exactly there. @throws FlightError `no-session-there` */
async function sessionAt(facts: Observation, path: AbsolutePath): Promise<SessionFacts> {
  const place = await real(path);
  for (const session of facts.sessions) {
    if (session.place.kind !== 'present') continue;
    if ((await real(worktreeOf(session))) === place) return session;
  }
  throw new FlightError('no-session-there', { path });
}

/** May it go? @throws FlightError why not */
async function examine(
  context: OperationContext,
  project: Project,
  facts: Observation,
  session: SessionFacts,
): Promise<'new' | 'landed'> {
  refuseBusy(context, session);
  // as for a merge: whatever is uncommitted would be left behind
  const found = await preflight(project, session, {
    strategy: 'merge',
    forceInUse: false,
    callerPid: context.pid,
    command: ['parallel', 'remove', session.name],
    worktrees: facts.worktrees,
  });
  for (const warning of found.warnings) context.warn(warning);
  const [first] = found.refusals;
  if (first !== undefined) throw first;
  const verdict = await landed(project, facts, session);
  if (verdict.kind === 'new' || verdict.kind === 'landed') return verdict.kind;
  const { name, record } = session;
  const base = record?.base.name ?? '';
  const why =
    verdict.kind === 'open'
      ? `it has commits that ${base} does not have`
      : `whether ${base} has its commits could not be found out (${verdict.why})`;
  throw new FlightError('work-not-landed', { name, base, why });
}

async function landed(
  project: Project,
  facts: Observation,
  { record, branch, branchTip, baseTip }: SessionFacts,
): ReturnType<typeof landedBy> {
  if (record === null || branchTip === null) {
    return { kind: 'unknown', why: 'its branch is gone' };
  }
  const { name, oid: start } = record.base;
  const local = [...facts.registry.branches.keys()].filter((one) => one === name);
  const tracked = await upstreams(project.git, project.commonDir, local);
  return landedBy(project.git, project, {
    branch,
    branchTip,
    bases: [...(baseTip === null ? [] : [{ name, tip: baseTip }]), ...tracked.values()],
    recordedBaseOid: oid(start),
  });
}
