/** The turn of one session: it enters its base and leaves, or gets its pull request. */
import { trusted } from '../../kernel/brand.ts';
import { FlightError, isFlightError } from '../../kernel/errors.ts';
import { firstParents } from '../../git/history.ts';
import { oid, type BranchName, type Oid } from '../../git/oid.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { observe, type Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { QueueEntry } from '../../sessions/queue.ts';
import type { CommandSession } from '../../trust/commands.ts';
import type { OperationContext } from '../context.ts';
import { endSession } from '../remove/end-session.ts';
import type { RemoveRequest } from '../remove/request.ts';
import type { Home } from './blame.ts';
import { endedByMerge, hasChanged } from './came-back.ts';
import { isHome } from './home.ts';
import { trialMerge, type Judge } from './judge.ts';
import type { Steps } from './steps.ts';
import type { Contents } from './store.ts';

/** What a queue works with. */
export interface Run {
  readonly context: OperationContext;
  readonly project: Project;
  readonly contents: () => Contents;
  /** `null`: nothing verifies */
  readonly judge: Judge | null;
  /** with `--pr`: by base, those published, each verified upon the one before */
  readonly chains: Map<string, Home[]>;
  /** the caller's folder went with the session he stands in */
  readonly moveTo: (folder: string) => void;
}

export type Became = Partial<QueueEntry> & Pick<QueueEntry, 'state'>;

/**
 * Lands it. @throws what sends it back (`cameBack`), or ends the queue
 */
export async function landTurn(run: Run, entry: QueueEntry, steps: Steps): Promise<Became> {
  const { context, project, judge } = run;
  const { facts, session } = await lookAt(run, entry);
  if (session === null) {
    const base = facts.registry.branches.get(trusted<BranchName>(entry.base)) ?? null;
    // another command may have merged it into another branch, or its base was moved back since
    if (!endedByMerge(facts.registry, entry)) return gone(entry);
    if (!(await isHome(project, entry, base))) {
      const what = `${entry.name} was merged and put away, but ${entry.base} does not have its work.`;
      return { state: 'sent-back', sentBack: hasChanged(what) };
    }
    return { state: 'landed', oid: await landedAs(run, facts, entry) };
  }
  if (session.branchTip !== entry.tip) return moved(entry);
  const told = toldOf(project, session, entry);
  let doing = 'built';
  const verify: Judge['merged'] | null = judge?.merged ?? null;
  const queue = {
    verify:
      verify === null
        ? null
        : async (
            ...[directory, what]: [Parameters<typeof verify>[0], Parameters<typeof verify>[1]]
          ) => {
            steps.next(doing, 'verifying');
            doing = 'verified';
            await verify(directory, what, told);
            steps.next(doing, 'landing');
            doing = 'landed';
          },
    landed: () => {
      steps.next(doing, 'leaving');
      doing = 'left';
    },
  };
  try {
    const ended = await endSession(context, project, session, requestOf(session), 'merge', queue);
    if (ended === 'changed') return moved(entry);
    if (ended.cwdAfter !== undefined) run.moveTo(ended.cwdAfter);
    const now = ended.integrated?.oid;
    return { state: 'landed', oid: now ?? (await landedAs(run, facts, entry)) };
  } catch (error) {
    // its work is in the base: that is what was asked for, and what failed is said
    if (!isFlightError(error, 'landed-not-removed')) throw error;
    return { state: 'landed', oid: error.data.oid, stillThere: error.data.why };
  }
}

/** Verified on top of those accepted before, then published. The base stays where it is. */
export async function publishTurn(
  run: Run,
  entry: QueueEntry,
  steps: Steps,
  chain: readonly Home[],
): Promise<Became> {
  const { context, project, judge } = run;
  const { session } = await lookAt(run, entry);
  if (session === null) return gone(entry);
  if (session.branchTip !== entry.tip) return moved(entry);
  const url = session.record?.pullRequest?.url;
  const on = chain.at(-1)?.after ?? firstTip(run.contents(), entry);
  const told = toldOf(project, session, entry);
  const built = await trialMerge({ project }, on, mergingOf(told, entry));
  if (built.kind === 'conflicts') {
    const paths = built.conflicts.map(({ path }) => path);
    throw new FlightError('conflicts', { name: entry.name, base: entry.base, paths });
  }
  const commit = built.kind === 'ready' ? built.oid : on;
  // it was, and only the queue did not hear of it any more
  if (session.record?.state === 'in-review' && url !== undefined) {
    return { state: 'published', oid: commit, url };
  }
  if (judge !== null && built.kind === 'ready') {
    steps.next('built', 'verifying');
    await judge.commit(commit, on, told);
    steps.next('verified', 'publishing');
  }
  const ended = await endSession(context, project, session, requestOf(session), 'pr');
  if (ended === 'changed') return moved(entry);
  if (ended.cwdAfter !== undefined) run.moveTo(ended.cwdAfter);
  return { state: 'published', oid: commit, url: ended.pullRequest?.url ?? '' };
}

export function mergingOf(
  told: CommandSession,
  entry: QueueEntry,
): Parameters<typeof trialMerge>[2] {
  const branch = trusted<BranchName>(told.branch);
  return { ...told, branch, tip: oid(entry.tip), into: trusted<BranchName>(entry.base) };
}

export function firstTip({ bases }: Contents, entry: QueueEntry): Oid {
  const tip = bases.find(({ name }) => name === entry.base)?.tip;
  if (tip === undefined) throw new FlightError('base-gone', { name: entry.name, base: entry.base });
  return oid(tip);
}

/** What verification is told of the session it runs for. */
export function toldOf(
  project: Project,
  session: Pick<SessionFacts, 'name' | 'branch' | 'place'>,
  entry: QueueEntry,
): CommandSession {
  const { name, branch, place } = session;
  const worktree = place.kind === 'present' ? place.path : project.root;
  return { name, branch, worktree, base: entry.base, projectRoot: project.root };
}

/** `null`: the very session that was queued is there no more. */
async function lookAt(
  { context, project }: Run,
  entry: QueueEntry,
): Promise<{ readonly facts: Observation; readonly session: SessionFacts | null }> {
  const facts = await observe(project, context.directory);
  const found = facts.sessions.find((one) => one.key === entry.key);
  return { facts, session: found?.record?.token === entry.token ? found : null };
}

/** The commit by which it entered its base: itself, or a merge of it; else where the base is. */
async function landedAs(run: Run, facts: Observation, entry: QueueEntry): Promise<Oid> {
  const { git, commonDir } = run.project;
  const now = facts.registry.branches.get(trusted<BranchName>(entry.base));
  if (now === undefined) return oid(entry.tip);
  const line = await firstParents(git, commonDir, firstTip(run.contents(), entry), now);
  const found = line.find(({ commit, others }) => [commit, ...others].includes(oid(entry.tip)));
  return found?.commit ?? now;
}

function requestOf({ key, name }: SessionFacts): RemoveRequest {
  return { key, name, yes: true, draft: false, forceInUse: false };
}

function gone(entry: QueueEntry): Became {
  const what = `${entry.name} was put away by another command.`;
  return { state: 'sent-back', sentBack: hasChanged(what) };
}

function moved(entry: QueueEntry): Became {
  const what = `${entry.name} has other commits than when it was queued.`;
  return { state: 'sent-back', sentBack: hasChanged(what) };
}
