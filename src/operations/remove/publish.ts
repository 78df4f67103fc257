/**
 * The strategy pr: checked, pushed, a pull request, then the folder is put away. The branch stays,
 * the session is in review until it has landed. Nothing local moves before the URL is there.
 */
import { readFile } from 'node:fs/promises';
import { trusted } from '../../kernel/brand.ts';
import { FlightError } from '../../kernel/errors.ts';
import { absolute } from '../../kernel/path.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { markedGit } from '../../git/git.ts';
import { readBlobs } from '../../git/objects.ts';
import type { BranchName } from '../../git/oid.ts';
import { preparePublishing, publish, type Publishing } from '../../forge/publish.ts';
import { parsePullRequestUrl, type PullRequest } from '../../forge/pull-request.ts';
import { recordUpstream } from '../../forge/push.ts';
import { replaceRecord } from '../../safety/registration.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import { errorCode } from '../../kernel/errno.ts';
import type { Project } from '../../sessions/project.ts';
import { readRegistry } from '../../sessions/registry.ts';
import type { SessionRecord } from '../../sessions/record.ts';
import { sectionText } from '../../workflow/complete.ts';
import { pullRequestBody } from '../../workflow/pull-request-body.ts';
import { change, finishChange, uninterrupted, type Change } from '../change.ts';
import type { OperationContext } from '../context.ts';
import { freshSession, leave, refuse } from './leave.ts';
import type { Removed } from './removed.ts';
import type { RemoveRequest } from './request.ts';

/** @throws FlightError `no-remote`, `no-forge`, `push-failed`, `forge-failed`, and the refusals */
export async function publishAndLeave(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  request: RemoveRequest,
): Promise<Removed | 'changed'> {
  if (seen.branchTip === null) {
    throw new FlightError('branch-gone', { name: seen.name, branch: seen.branch });
  }
  const known = givenPullRequest(request);
  const texts = await pullRequestTexts(context, project, seen, request);
  const prepared = known === null ? await prepare(context, project, seen) : null;
  const begun = await change(context, project, (frame) => begin(context, frame, seen, request), {
    nothingDone: (result) => result === 'changed',
  });
  if (begun === 'changed') return 'changed';
  let pullRequest: PullRequest;
  try {
    pullRequest =
      known ?? (await push(context, project, seen, prepared, texts, request, begun.token));
  } catch (error) {
    await endIntent(context, project, request, begun);
    throw error;
  }
  faultPoint('publish.done:after');
  const left = await change(context, project, async (frame) => {
    const found = frame.facts.sessions.find((one) => one.key === request.key);
    if (found === undefined) {
      throw new FlightError('no-such-session', { name: request.name, known: [] });
    }
    if (prepared !== null) {
      const upstream = await recordUpstream(
        frame.git,
        project.commonDir,
        found.branch,
        prepared.remote.name,
      );
      if (upstream.kind === 'not-recorded') {
        const message = `Where ${found.branch} was pushed to could not be written down: ${upstream.why}.`;
        context.warn({ code: 'upstream-not-recorded', message });
      }
    }
    return leave(context, frame, found, request, {
      strategy: 'pr',
      becomes: 'in-review',
      extraRecord: { pullRequest: { ...pullRequest } },
    });
  }).catch(async (error: unknown) => {
    await endIntent(context, project, request, begun);
    throw error;
  });
  return { pullRequest, ...left };
}

interface Begun {
  readonly token: string;
}

/** The intent `publishing` keeps others away while push and forge take their time. */
async function begin(
  context: OperationContext,
  frame: Change,
  seen: SessionFacts,
  request: RemoveRequest,
): Promise<Begun | 'changed'> {
  const session = await freshSession(context, frame, request, seen);
  if (session === 'changed') return 'changed';
  await refuse(context, frame, session, request, 'pr');
  const { record, recordOid } = session;
  if (record === null || recordOid === null) {
    throw new FlightError('broken-record', { name: session.name, why: 'it is not recorded' });
  }
  const since = isoSeconds(context.clock.now());
  await replaceRecord(frame.git, frame.project, session.key, recordOid, {
    ...record,
    intent: { kind: 'publishing', owner: { ...frame.held.owner }, since },
  });
  faultPoint('publish.intent:after');
  return { token: frame.held.owner.token };
}

/** Takes the intent back, if it is still ours. What fails here, the next change does. */
async function endIntent(
  context: OperationContext,
  project: Project,
  request: RemoveRequest,
  begun: Begun,
): Promise<void> {
  const calm = uninterrupted(context, project);
  await finishChange(calm.context, calm.project, async (held, inner) => {
    const stored = (await readRegistry(held.git, inner.commonDir)).sessions.get(request.key);
    if (stored?.read.kind !== 'record') return;
    const { intent, ...rest } = stored.read.record;
    if (intent?.kind !== 'publishing' || intent.owner.token !== begun.token) return;
    const record: SessionRecord = rest;
    await replaceRecord(held.git, inner, request.key, stored.oid, record);
  }).catch(() => undefined);
}

async function prepare(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
): Promise<Publishing> {
  return preparePublishing(project, {
    name: seen.name,
    base: trusted<BranchName>(seen.record?.base.name ?? ''),
    worktree: seen.place.kind === 'present' ? seen.place.path : null,
    env: context.env,
    signal: context.signal,
  });
}

async function push(
  context: OperationContext,
  project: Project,
  seen: SessionFacts,
  prepared: Publishing | null,
  texts: { title: string; body: string },
  request: RemoveRequest,
  token: string,
): Promise<PullRequest> {
  if (prepared === null) throw new FlightError('bug', { what: 'nothing was prepared to publish' });
  faultPoint('publish.push:before');
  context.progress(`Pushing ${seen.branch} to ${prepared.remote.name}.`);
  const { pullRequest, reused } = await publish(markedGit(project.git, token), prepared, {
    name: seen.name,
    branch: seen.branch,
    directory: seen.place.kind === 'present' ? seen.place.path : project.root,
    root: project.root,
    title: texts.title,
    body: texts.body,
    draft: request.draft,
  });
  if (reused) {
    const message = `A pull request of ${seen.branch} is open already: ${pullRequest.url}`;
    context.warn({ code: 'pull-request-existed', message });
  }
  return pullRequest;
}

function givenPullRequest(request: RemoveRequest): PullRequest | null {
  if (request.prUrl === undefined) return null;
  const parsed = parsePullRequestUrl(request.prUrl);
  if (parsed !== null) return parsed;
  const detail = `--pr-url: ${request.prUrl} is no address of a pull request.`;
  throw new FlightError('usage', { detail, command: ['parallel', 'remove'] });
}

/** Title: given, else the first goal, else the name. Body: given, else the file, else log and goals. */
async function pullRequestTexts(
  context: OperationContext,
  project: Project,
  session: SessionFacts,
  request: RemoveRequest,
): Promise<{ title: string; body: string }> {
  const goals = session.record?.goals ?? [];
  const title = request.title ?? goals[0] ?? session.name;
  if (request.body !== undefined) return { title, body: request.body };
  if (request.bodyFile === undefined) {
    return { title, body: pullRequestBody(await committedSummary(project, session), goals) };
  }
  const file = absolute(request.bodyFile, context.directory);
  try {
    return { title, body: await readFile(file, 'utf8') };
  } catch (error) {
    const detail = `--body-file: ${file} cannot be read (${errorCode(error)}).`;
    throw new FlightError('usage', { detail, command: ['parallel', 'remove'] });
  }
}

/** The summary of the log as it is on the branch; `''` if it has none. */
async function committedSummary(
  { git, commonDir }: Project,
  { branchTip, record }: SessionFacts,
): Promise<string> {
  const log = record?.log;
  if (log === undefined || branchTip === null || /[\n\0]/u.test(log)) return '';
  const [bytes] = await readBlobs(git, commonDir, [`${branchTip}:${log}`]);
  return sectionText(bytes?.toString('utf8') ?? '', 'Summary');
}
