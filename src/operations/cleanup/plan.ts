/**
 * What cleanup would do, and what it leaves alone, from fresh facts. The same plan is made before
 * the lock (to be shown) and under it (to be done); consent is to the plan that was shown.
 */
import { FlightError, describe } from '../../kernel/errors.ts';
import { oid, type Oid } from '../../git/oid.ts';
import { commitsOnlyHere } from '../../git/distance.ts';
import { upstreams } from '../../git/upstream.ts';
import { landedBy } from '../../integration/landed.ts';
import { preflight } from '../../safety/preflight.ts';
import type { Leaving } from '../../safety/refusals.ts';
import { ownerUnseen, type SessionFacts } from '../../sessions/facts.ts';
import { keyNamed } from '../../sessions/name.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { SessionRecord } from '../../sessions/record.ts';
import { givenUp } from '../busy.ts';
import type { OperationContext } from '../context.ts';
import type { CleanupInput } from '../cleanup.ts';
import type { CleanupItem, CleanupReport } from '../shapes/cleanup.ts';

export interface PlanItem {
  readonly session: SessionFacts;
  readonly reason: Exclude<CleanupItem['reason'], 'expired'>;
  readonly actions: readonly string[];
  readonly onlyHere: number | null;
  readonly landedBy?: string;
  /** only an entry of the manifest, with nothing behind it */
  readonly entryOnly: boolean;
  /** only its record goes, which cannot be read and says nothing about branch and folder */
  readonly setAside: boolean;
}

export interface CleanupPlan {
  readonly items: readonly PlanItem[];
  readonly untouched: CleanupReport['untouched'];
  /** the session the caller stands in */
  readonly here: string | null;
}

/** @throws FlightError `no-such-session` for a name nobody knows */
export async function planCleanup(
  context: OperationContext,
  project: Project,
  facts: Observation,
  input: CleanupInput,
): Promise<CleanupPlan> {
  const named = new Set(input.names.map((name) => namedKey(facts, name)));
  const items: PlanItem[] = [];
  const untouched: { what: string; why: string }[] = [];
  const asked = { context, project, facts, input };
  for (const session of facts.sessions) {
    if (named.size > 0 && !named.has(session.key)) continue;
    const verdict = await judge(asked, session, named.has(session.key));
    if (verdict === null) continue;
    if ('why' in verdict) untouched.push({ what: session.name, why: verdict.why });
    else items.push(verdict);
  }
  if (named.size === 0) {
    for (const stray of facts.strays) {
      const owner = stray.owner === null ? 'it has no record' : `it belongs to ${stray.owner}`;
      untouched.push({ what: stray.path, why: owner });
    }
    for (const entry of facts.unproven) {
      untouched.push({ what: `manifest entry ${JSON.stringify(entry.id)}`, why: entry.why });
    }
  }
  return { items, untouched, here: facts.here.kind === 'session' ? facts.here.name : null };
}

function namedKey(facts: Observation, text: string): string {
  // the ref of a record from elsewhere may be called what no session can be
  const broken = facts.sessions.find((one) => one.broken !== null && one.key === text);
  const exact = facts.sessions.some((one) => one.name === text && one.broken === null);
  if (broken !== undefined && !exact) return broken.key;
  const key = keyNamed(text);
  if (facts.sessions.some((one) => one.key === key)) return key;
  const known = facts.sessions.map((one) => one.name);
  throw new FlightError('no-such-session', { name: text, known });
}

interface Asked {
  readonly context: OperationContext;
  readonly project: Project;
  readonly facts: Observation;
  readonly input: CleanupInput;
}

type Verdict = PlanItem | { readonly why: string } | null;

async function judge(asked: Asked, session: SessionFacts, byName: boolean): Promise<Verdict> {
  const { project } = asked;
  if (session.broken !== null) return broken(session, session.broken, byName);
  if (givenUp(asked.context, session)) {
    return item(session, 'interrupted', [interruptedAction(session)], null);
  }
  switch (session.health) {
    case 'interrupted':
      return item(session, 'interrupted', [interruptedAction(session)], null);
    case 'moved':
      return session.place.kind === 'moved'
        ? item(session, 'moved', [`its links are rewritten to ${session.place.to}`], null)
        : { why: 'where it is, is unknown' };
    case 'orphaned':
      return orphaned(asked, session);
    case 'unknown':
      return { why: unknownWhy(session) };
    case 'ok':
    case 'locked':
      if (session.record?.intent !== undefined) return { why: 'a command is at work on it' };
      if (!asked.input.landed && !byName) return null;
      return landed(asked, project, session, byName);
  }
}

/** Never part of a plan for all: it may be the record of a newer version. */
function broken(session: SessionFacts, why: string, byName: boolean): Verdict {
  if (!byName) return { why: `its record cannot be read: ${why}; named, it can be set aside` };
  const action = `its record, which cannot be read (${why}), is set aside; branch and folder stay`;
  return { ...item(session, 'orphaned', [action], 0), setAside: true };
}

async function orphaned(asked: Asked, session: SessionFacts): Promise<Verdict> {
  const { project } = asked;
  if (session.recordOid === null && session.branchTip === null && session.place.kind === 'gone') {
    const candidate = asked.facts.adoptable.find((one) => one.name === session.name);
    if (candidate?.registered === null) {
      return {
        ...item(session, 'orphaned', ['its entry leaves the manifest'], 0),
        entryOnly: true,
      };
    }
  }
  const refusal = await refusalFor(asked, session, 'cleanup');
  if (refusal !== null) return { why: refusal };
  // a HEAD that was left detached may hold what the branch does not
  const left = session.place.kind === 'gone' ? session.place.adminId : null;
  const head = asked.facts.worktrees.find(
    ({ adminId }) => adminId !== null && adminId === left,
  )?.head;
  const tips = [session.branchTip, head ?? null].filter((tip) => tip !== null);
  const onlyHere = await commitsOnlyHere(
    project.git,
    project.commonDir,
    tips,
    session.branch,
  ).catch(() => null);
  const hasPrivate = session.place.kind === 'gone' && session.place.privateDir !== null;
  return item(
    session,
    'orphaned',
    [
      ...(session.branchTip === null
        ? []
        : [`branch ${session.branch} goes; its commits stay in the trash`]),
      'its record goes',
      ...(hasPrivate ? ['its stale registration goes to the trash'] : []),
    ],
    onlyHere,
  );
}

async function landed(
  asked: Asked,
  project: Project,
  session: SessionFacts,
  byName: boolean,
): Promise<Verdict> {
  const { record, branchTip, baseTip } = session;
  const healthy = byName ? { why: 'it is healthy and has not landed' } : null;
  if (record === null || branchTip === null) return healthy;
  const base = record.base.name;
  const branches = [...asked.facts.registry.branches.keys()].filter((name) => name === base);
  const tracked = await upstreams(project.git, project.commonDir, [...branches, session.branch]);
  const bases: { name: string; tip: Oid }[] = [
    ...(baseTip === null ? [] : [{ name: base, tip: baseTip }]),
    ...branches.flatMap((branch) => tracked.get(branch) ?? []),
  ];
  if (bases.length === 0) return byName ? { why: `its base ${base} is gone` } : null;
  const verdict = await landedBy(project.git, project, {
    branch: session.branch,
    branchTip,
    bases,
    recordedBaseOid: oid(record.base.oid),
    publishedTip: tracked.get(session.branch)?.tip,
  });
  if (verdict.kind === 'unknown')
    return { why: `whether it has landed is unknown: ${verdict.why}` };
  if (verdict.kind !== 'landed') return healthy;
  const refusal = await refusalFor(asked, session, 'merge');
  if (refusal !== null) return { why: refusal };
  const away = session.place.kind === 'put-away' ? [] : ['its folder goes to the trash'];
  return {
    ...item(
      session,
      'landed',
      [...away, `branch ${session.branch} and record go, nothing that ${verdict.base} lacks`],
      0,
    ),
    landedBy: `${pullRequestOf(record)}${verdict.by}`,
  };
}

/** What people know it by. */
function pullRequestOf({ pullRequest }: SessionRecord): string {
  const number = pullRequest?.number ?? null;
  return number === null ? '' : `pull request #${number}: `;
}

async function refusalFor(
  { context, project, facts }: Asked,
  session: SessionFacts,
  strategy: Leaving,
): Promise<string | null> {
  const found = await preflight(project, session, {
    strategy,
    forceInUse: false,
    callerPid: context.pid,
    command: context.commandLine,
    worktrees: facts.worktrees,
  });
  const [first] = found.refusals;
  return first === undefined ? null : describe(first).message.replace(/\s*\n\s*/gu, ' ');
}

function item(
  session: SessionFacts,
  reason: PlanItem['reason'],
  actions: readonly string[],
  onlyHere: number | null,
): PlanItem {
  return { session, reason, actions, onlyHere, entryOnly: false, setAside: false };
}

function interruptedAction(session: SessionFacts): string {
  switch (session.record?.intent?.kind) {
    case 'creating':
      return 'a create that was cut off is rolled back; files that were written go to the trash';
    case 'removing':
      return 'a removal that was cut off is finished, or taken back if nothing had moved';
    case 'restoring':
      return 'a restore that was cut off is finished';
    case 'landing':
      return 'a merge that was cut off is taken back, or noted if the base had moved';
    case 'syncing':
      return 'a sync that was cut off is taken back, or finished if all was in place';
    case 'publishing':
      return 'a pull request that was cut off is forgotten; what was pushed stays';
    case 'ending':
      return 'an end that was cut off is noted; what was written and committed stays';
    case 'resolving':
      return 'a sync that was cut off is taken back, or left with its conflicts to be resolved';
    case undefined:
      return 'what was cut off is finished';
  }
}

function unknownWhy(session: SessionFacts): string {
  const intent = session.record?.intent;
  if (intent !== undefined && ownerUnseen(session)) {
    const { pid, host, token } = intent.owner;
    return `whether ${intent.kind} goes on cannot be seen from here: pid ${pid} on ${host}; if it is gone: --break-lock ${token}`;
  }
  const { place } = session;
  return place.kind === 'unknown' || place.kind === 'not-ours' ? place.why : 'its branch is gone';
}

/** True if both plans would do the same to the same. */
export function samePlan(one: CleanupPlan, other: CleanupPlan): boolean {
  const key = ({ session, reason, actions, setAside }: PlanItem): string =>
    JSON.stringify([
      session.key,
      reason,
      setAside ? session.recordOid : session.branchTip,
      actions,
    ]);
  const keys = new Set(one.items.map(key));
  return (
    one.items.length === other.items.length && other.items.every((item) => keys.has(key(item)))
  );
}
