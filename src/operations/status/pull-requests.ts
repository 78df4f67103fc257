/**
 * `status --pr`: how the pull requests of sessions stand, asked of their forges side by side. Only
 * here status goes to the network. What could not be found out is `null`, and one warning for each
 * reason names the sessions it is about; it never fails for that.
 *
 * Processes: gh or glab (see `look.ts`); for merged ones that have not landed here `merge-base`.
 */
import { isoSeconds } from '../../kernel/clock.ts';
import { trusted } from '../../kernel/brand.ts';
import { quoteAll } from '../../kernel/quote.ts';
import { readConfig } from '../../git/config.ts';
import { isAncestor } from '../../git/history.ts';
import { isOid, oid, type BranchName, type Oid } from '../../git/oid.ts';
import { upstreams } from '../../git/upstream.ts';
import type { SeenPullRequest } from '../../forge/pull-request-state.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';
import type { SessionStatus } from '../shapes/status.ts';
import { adviceFor, type Advice, type Merged } from './pull-request-advice.ts';

/** @param looking the sessions as status shows them without it, in its order */
export async function withPullRequests(
  context: OperationContext,
  project: Project,
  facts: Observation,
  looking: Promise<readonly SessionStatus[]>,
): Promise<SessionStatus[]> {
  // what is recorded is known already: the network is asked while git is
  const urls = facts.sessions.flatMap(({ name, record }) =>
    record?.pullRequest === undefined ? [] : [{ name, url: record.pullRequest.url }],
  );
  const [sessions, seen] = await Promise.all([looking, ask(context, project, facts, urls)]);
  const observedAt = isoSeconds(context.clock.now());
  return Promise.all(
    sessions.map(async (session) => {
      const one = seen.get(session.name);
      const known = facts.sessions.find(({ name }) => name === session.name);
      if (one === undefined || known === undefined || session.pullRequest === undefined) {
        return session;
      }
      const pullRequest = { ...session.pullRequest, ...shapeOf(one), observedAt };
      const shown = { ...session, pullRequest };
      if (one.kind === 'unknown') return shown;
      // what it needs is said already; one that was merged clashes with nobody any more
      const merely = one.facts.state === 'merged' && session.needs.every((is) => is === 'clash');
      if (session.needs.length > 0 && !merely) return shown;
      const merged = await whereMerged(context, project, known, session, one);
      const advice = adviceFor({ ...session, pullRequest }, merged);
      return advice === null ? shown : { ...shown, ...spelled(context, advice) };
    }),
  );
}

async function ask(
  context: OperationContext,
  project: Project,
  facts: Observation,
  urls: readonly { readonly name: string; readonly url: string }[],
): Promise<ReadonlyMap<string, SeenPullRequest>> {
  if (urls.length === 0) return new Map();
  const { lookAtPullRequests } = await import('../../forge/look.ts');
  const seen = await lookAtPullRequests(
    urls.map(({ url }) => url),
    {
      directory: project.root,
      // a program that comes with the repository is not the user's
      avoid: [project.root, project.sessionsDir, ...facts.worktrees.map(({ path }) => path)],
      env: context.env,
      signal: context.signal,
    },
  );
  const all = new Map(
    urls.flatMap(({ name }, at) => {
      const one = seen[at];
      return one === undefined ? [] : [[name, one] as const];
    }),
  );
  warnOfUnknown(context, all);
  return all;
}

/** One warning for each reason: with twenty sessions gh is missing only once. */
function warnOfUnknown(context: OperationContext, all: ReadonlyMap<string, SeenPullRequest>): void {
  const names = new Map<string, string[]>();
  for (const [name, one] of all) {
    const why = one.kind === 'unknown' ? one.why : one.facts.partly;
    if (why !== undefined) names.set(why, [...(names.get(why) ?? []), name]);
  }
  for (const [why, of] of names) {
    const message = `How the pull request of ${of.join(', ')} stands could not be found out: ${why}.`;
    context.warn({ code: 'pull-request-unknown', message });
  }
}

function shapeOf(one: SeenPullRequest): Partial<NonNullable<SessionStatus['pullRequest']>> {
  if (one.kind === 'unknown') return { state: null, checks: null, review: null };
  const { title, state, checks, review, mergedAt, mergeCommit } = one.facts;
  return {
    title,
    state,
    checks,
    review,
    ...(mergedAt === null ? {} : { mergedAt }),
    ...(mergeCommit === null ? {} : { mergeCommit }),
  };
}

/** Of one that was merged on its forge and has not landed here: does the base have that merge? */
async function whereMerged(
  context: OperationContext,
  project: Project,
  facts: SessionFacts,
  session: SessionStatus,
  one: SeenPullRequest,
): Promise<Merged | null> {
  const base = facts.record?.base.name;
  if (one.kind === 'unknown' || one.facts.state !== 'merged' || base === undefined) return null;
  if (session.landed === true) return null;
  const { git, commonDir } = project;
  try {
    const branches = facts.baseTip === null ? [] : [trusted<BranchName>(base)];
    const tracked = [...(await upstreams(git, commonDir, branches)).values()];
    const bases = [
      ...(facts.baseTip === null ? [] : [{ name: base, tip: facts.baseTip }]),
      ...tracked,
    ];
    const { mergeCommit } = one.facts;
    if (isOid(mergeCommit)) {
      for (const { name, tip } of bases) {
        if (await contains(project, oid(mergeCommit), tip)) return { kind: 'here', base: name };
      }
    }
    return { kind: 'not-here', command: await fetchCommand(project, base, tracked.length > 0) };
  } catch {
    context.signal.throwIfAborted();
    return { kind: 'not-here', command: null };
  }
}

/** A commit that is not in the repository at all makes git fail: then it is in no base either. */
async function contains({ git, commonDir }: Project, commit: Oid, tip: Oid): Promise<boolean> {
  return isAncestor(git, commonDir, commit, tip).catch(() => false);
}

/** What brings the merge here: without an upstream fetching alone would not move the base. */
async function fetchCommand(
  { git, commonDir, root, mainCheckout }: Project,
  base: string,
  tracks: boolean,
): Promise<string | null> {
  const config = await readConfig(git, commonDir);
  const { chooseRemote, remoteNames } = await import('../../forge/remote.ts');
  const remotes = remoteNames(config);
  const tracked = config.get(`branch.${base}.remote`);
  const remote = tracks && tracked !== null ? tracked : chooseRemote(config, remotes, base);
  if (remote === null || remote === '.') return null;
  const where = ['git', '-C', root];
  if (tracks) return quoteAll([...where, 'fetch', remote]);
  return mainCheckout === null
    ? quoteAll([...where, 'fetch', remote, `${base}:${base}`])
    : `${quoteAll(where)} pull --ff-only ${quoteAll([remote, base])}`;
}

function spelled(
  context: OperationContext,
  { why, next }: Advice,
): Pick<SessionStatus, 'why' | 'next'> {
  const commands = next.map((one) => ({
    command: 'args' in one ? context.spell(one.args).command : one.command,
    why: one.why,
  }));
  return { why, ...(commands.length === 0 ? {} : { next: commands }) };
}
