/** What is found out about each session, side by side: a status per worktree, little more. */
import { trusted } from '../../kernel/brand.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { quoteAll } from '../../kernel/quote.ts';
import { pooled } from '../../kernel/pooled.ts';
import { aheadBehind, commitsOnlyHere, commitTimes } from '../../git/distance.ts';
import { oid, type BranchName, type Oid } from '../../git/oid.ts';
import { sharedSimulation } from '../../git/simulation.ts';
import { countChanges, type Status } from '../../git/status.ts';
import { upstreams } from '../../git/upstream.ts';
import { landedBy, type Simulate } from '../../integration/landed.ts';
import type { ActivitySource } from '../../safety/activity.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Observation } from '../../sessions/observe.ts';
import { lastActivity } from '../../sessions/last-activity.ts';
import type { Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';
import type { Activity, SessionStatus } from '../shapes/status.ts';
import { clashesOf, type ClashWish, type SessionClashes } from './clashes.ts';
import type { ResolvingStatus } from './resolving.ts';
import { sentBackOf, wayOn } from './sent-back.ts';
import { commandsFor, needsOf, sortByNeed, whyOf } from './needs.ts';
import { statusesAtOnce, statusReader } from './statuses.ts';

/** What was looked up for one session, before it is put into words. */
export interface Looked {
  readonly facts: SessionFacts;
  readonly status: Status | null;
  readonly ahead: number | null;
  readonly behind: number | null;
  /** absent: not looked up; `null`: could not be found out */
  readonly landed?: boolean | null;
  readonly onlyHere?: number | null;
  /** all that tell who works there, best first */
  readonly activities: readonly Activity[];
  readonly lastActivityAt: string | null;
  /** absent: it cannot clash with anything */
  readonly clash?: SessionClashes;
  /** `null`: no conflicts wait to be resolved there */
  readonly resolving: ResolvingStatus | null;
}

/** What is wanted beyond the sessions themselves. */
interface Wish extends ClashWish {
  /** sessions that are not shown; they may clash with one that is */
  readonly beside?: readonly SessionFacts[];
}

export interface LookedAt {
  /** those that need somebody first, then by last activity */
  readonly sessions: readonly SessionStatus[];
  /** paths that each has changed against its base, uncommitted ones too; `null`: unknown */
  readonly touched: ReadonlyMap<SessionKey, readonly string[] | null>;
}

/** Looks at all of `sessions`. */
export async function lookAtSessions(
  context: OperationContext,
  project: Project,
  { sessions, registry }: Pick<Observation, 'sessions' | 'registry'>,
  source: Promise<ActivitySource>,
  { beside = [], ...wish }: Wish = {},
): Promise<LookedAt> {
  const simulation = sharedSimulation(project.git, project);
  const tracked = upstreams(project.git, project.commonDir, branchesWorthAsking(sessions));
  const status = statusReader(project, [...sessions, ...beside], context.warn);
  const look = async (session: SessionFacts): Promise<State> => {
    const base = trusted<BranchName>(session.record?.base.name ?? '');
    const upstream = tracked.then((all) => all.get(base));
    const published = tracked.then((all) => all.get(session.branch)?.tip);
    return stateOf(project, session, {
      status,
      upstream,
      published,
      simulate: simulation.simulate,
    });
  };
  const lookAtAll = async (): Promise<State[]> => {
    try {
      return await pooled(sessions, statusesAtOnce, look);
    } finally {
      await simulation.close();
    }
  };
  const [times, active, states] = await Promise.all([
    commitTimes(
      project.git,
      project.commonDir,
      sessions
        .filter(({ branchTip }) => branchTip !== null && !registry.tipTimes.has(branchTip))
        .map((one) => one.branch),
    ),
    source,
    lookAtAll(),
    tracked,
  ]);
  const others = pooled(beside, statusesAtOnce, async (facts) => ({
    facts,
    status: await status(facts),
  }));
  const clashing = others.then((more) => clashesOf(context, project, [...states, ...more], wish));
  const looked = Promise.all(
    states.map(async (one) => {
      const { branch, branchTip } = one.facts;
      const read = branchTip === null ? undefined : registry.tipTimes.get(branchTip);
      const resolving = waitsToBeResolved(one)
        ? await (
            await import('./resolving.ts')
          ).resolvingStatus(context, project, one.facts, one.status)
        : null;
      return {
        ...(await withActivity(project, one, active, read ?? times.get(branch))),
        resolving,
      };
    }),
  );
  const [all, { clashes, touched }] = await Promise.all([looked, clashing]);
  const described = all.map((one) => {
    const clash = clashes.get(one.facts.key);
    return sessionStatus(context, clash === undefined ? one : { ...one, clash });
  });
  return { sessions: sortByNeed(described), touched };
}

/**
 * The bases of sessions that have commits (a new one cannot have landed), and the branches of those
 * that have a pull request: others may have gone on with them.
 */
function branchesWorthAsking(sessions: readonly SessionFacts[]): BranchName[] {
  const withCommits = sessions.filter(
    ({ record, branchTip, baseTip }) =>
      record !== null && branchTip !== null && baseTip !== null && branchTip !== record.base.oid,
  );
  const names = withCommits.flatMap(({ record, branch }) => [
    ...(record === null ? [] : [record.base.name]),
    ...(record?.pullRequest === undefined ? [] : [branch]),
  ]);
  return [...new Set(names)].map((name) => trusted<BranchName>(name));
}

/** May there be something? Most sessions are not looked at at all. */
function waitsToBeResolved({ facts, status }: State): boolean {
  const unmerged = status?.entries.some(({ kind }) => kind === 'unmerged') === true;
  return unmerged || facts.record?.syncing !== undefined;
}

interface Around {
  readonly status: (session: SessionFacts) => Promise<Status | null>;
  /** of the base: work that was merged on the forge is there first */
  readonly upstream: Promise<{ readonly name: string; readonly tip: Oid } | undefined>;
  /** of its own branch */
  readonly published: Promise<Oid | undefined>;
  readonly simulate: Simulate;
}

type State = Omit<Looked, 'activities' | 'lastActivityAt' | 'clash' | 'resolving'>;

async function stateOf(
  project: Project,
  facts: SessionFacts,
  { status: read, upstream: tracked, published, simulate }: Around,
): Promise<State> {
  const { git, commonDir } = project;
  const { record, branchTip, baseTip } = facts;
  const status = await read(facts);
  const counts = await distance(project, facts, status);
  const upstream = await tracked;
  const newCommits = branchTip !== null && record !== null && branchTip !== record.base.oid;
  const ahead = upstream !== undefined && upstream.tip !== baseTip;
  const maybeLanded =
    newCommits && counts !== null && (counts.ahead === 0 || counts.behind > 0 || ahead);
  const verdict =
    maybeLanded && baseTip !== null && record !== null && branchTip !== null
      ? await landedBy(
          git,
          project,
          {
            branch: facts.branch,
            branchTip,
            bases: [{ name: record.base.name, tip: baseTip }, ...(ahead ? [upstream] : [])],
            recordedBaseOid: oid(record.base.oid),
            publishedTip: await published,
          },
          simulate,
        )
      : null;
  const landed =
    verdict === null
      ? branchTip === null || counts === null
        ? null
        : false
      : verdict.kind === 'unknown'
        ? null
        : verdict.kind === 'landed';
  const askOnly = facts.health === 'orphaned' || record?.state === 'kept';
  const onlyHere =
    askOnly && branchTip !== null
      ? await commitsOnlyHere(git, commonDir, [branchTip], facts.branch).catch(() => null)
      : undefined;
  return {
    facts,
    status,
    ahead: counts?.ahead ?? null,
    behind: counts?.behind ?? null,
    landed,
    ...(onlyHere === undefined ? (askOnly ? { onlyHere: 0 } : {}) : { onlyHere }),
  };
}

async function withActivity(
  project: Project,
  state: State,
  active: ActivitySource,
  tipTime: Date | undefined,
): Promise<Omit<Looked, 'resolving'>> {
  const { facts, status } = state;
  const lastActivityAt =
    facts.place.kind === 'present'
      ? await lastActivity(project.git, facts.place, null, status, tipTime)
      : tipTime === undefined
        ? null
        : isoSeconds(tipTime);
  const activities = facts.place.kind === 'present' ? await active.at(facts.place) : [];
  return { ...state, activities, lastActivityAt };
}

/** Ahead and behind of the local base: from status if it compared with it, else asked apart. */
async function distance(
  project: Project,
  facts: SessionFacts,
  status: Status | null,
): Promise<{ ahead: number; behind: number } | null> {
  const { branchTip, baseTip, record } = facts;
  if (branchTip === null || baseTip === null || record === null) return null;
  if (branchTip === baseTip) return { ahead: 0, behind: 0 };
  const compared = status?.upstream === record.base.name && status.branch === facts.branch;
  if (compared && status.ahead !== null && status.behind !== null) {
    return { ahead: status.ahead, behind: status.behind };
  }
  return aheadBehind(project.git, project.commonDir, branchTip, baseTip).catch(() => null);
}

function sessionStatus(context: OperationContext, looked: Looked): SessionStatus {
  const { facts, status } = looked;
  const { record, place } = facts;
  const needs = needsOf(looked);
  const why = whyOf(looked);
  const sentBack = sentBackOf(looked);
  const commands = [
    ...(needs.length === 0 ? [] : commandsFor(looked, needs)),
    ...(needs.length > 0 || sentBack === null || sentBack === undefined
      ? []
      : [wayOn(looked, sentBack)]),
  ];
  return {
    name: facts.name,
    state: record?.state ?? 'active',
    health: facts.health,
    needs,
    branch: facts.branch,
    worktree: place.kind === 'put-away' ? null : worktreePath(facts),
    base: { name: record?.base.name ?? '', ahead: looked.ahead, behind: looked.behind },
    changes: status === null ? null : countChanges(status),
    ...(looked.onlyHere === undefined ? {} : { onlyHere: looked.onlyHere }),
    goals: record?.goals ?? [],
    startedAt: record?.startedAt ?? '',
    lastActivityAt: looked.lastActivityAt,
    ...(record?.agent === undefined ? {} : { agent: record.agent }),
    activity: looked.activities[0] ?? null,
    // ten sessions without any have to stay short
    ...(looked.clash === undefined || looked.clash.names?.length === 0
      ? {}
      : { clashes: looked.clash.names }),
    ...(looked.landed === undefined ? {} : { landed: looked.landed }),
    ...(record?.pullRequest === undefined ? {} : { pullRequest: record.pullRequest }),
    ...(sentBack === null ? {} : { sentBack }),
    ...(why === null ? {} : { why }),
    ...(commands.length === 0
      ? {}
      : {
          next: commands.map((one) => ({
            command: 'args' in one ? context.spell(one.args).command : quoteAll(one.argv),
            why: one.why,
          })),
        }),
  };
}

function worktreePath(facts: SessionFacts): string | null {
  const { place, record } = facts;
  if (place.kind === 'present') return place.path;
  if (place.kind === 'moved') return place.to;
  return record?.worktree ?? null;
}
