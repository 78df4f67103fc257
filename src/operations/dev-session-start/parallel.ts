/**
 * A parallel session: made by what `parallel create` makes one with, then its log is written inside
 * of its worktree and recorded. A session that is there already is never joined.
 */
import { posix } from 'node:path';
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import { done, undecided, type Decision, type Outcome } from '../../kernel/outcome.ts';
import { absolute, below } from '../../kernel/path.ts';
import { readBlobs } from '../../git/objects.ts';
import type { Oid } from '../../git/oid.ts';
import { entriesAt } from '../../git/tree-level.ts';
import { ensureWritable } from '../../safety/writable.ts';
import { sessionKey, type SessionName } from '../../sessions/name.ts';
import { observe, type Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { SessionRecord } from '../../sessions/record.ts';
import { logFolder } from '../../workflow/log-name.ts';
import { busy } from '../busy.ts';
import type { OperationContext } from '../context.ts';
import { chooseBase } from '../create/base.ts';
import { baseDecision, dirtyDecision } from '../create/decisions.ts';
import { checkSessionsDir } from '../create/existing.ts';
import { lookAtMain, type DirtyMain } from '../create/main-checkout.ts';
import { makeSession } from '../create/make.ts';
import type { CreateRequest } from '../create/request.ts';
import { enterLine } from '../enter.ts';
import { newSession } from '../new-session.ts';
import type { StartReport } from '../shapes/dev-session-start.ts';
import { freeName, takenBy, type Taken } from './names.ts';
import { ensureLog, type LoggedSession } from './record-log.ts';
import { again as repeated, type StartRequest } from './request.ts';

/** So often another name is made up when somebody takes one first. */
const mostAttempts = 100;

type Common = Pick<StartReport, 'goals' | 'tasks' | 'context'>;

/** The call of `parallel create` that this one stands for. */
export function createRequest(
  project: Project,
  request: StartRequest,
  name: SessionName,
  goals: readonly string[],
): CreateRequest {
  return {
    name,
    key: sessionKey(name),
    goals,
    ...(request.base === null ? {} : { base: request.base }),
    agent: request.agent ?? project.settings.agent.value,
    dirty: request.dirty,
    repeat: (added) => repeated(request, ['--parallel', name, ...added]),
  };
}

/** @throws FlightError what `parallel create` throws, `log-place-unsafe`, `log-not-written` */
export async function startParallel(
  context: OperationContext,
  project: Project,
  facts: Observation,
  asked: { readonly request: StartRequest; readonly common: Common },
  attempts = mostAttempts,
): Promise<Outcome<StartReport>> {
  const { request, common } = asked;
  const again = async (left: number): Promise<Outcome<StartReport>> =>
    startParallel(context, project, await observe(project, context.directory), asked, left);
  await ensureWritable(project, [project.commonDir, project.sessionsDir], context.commandLine);
  checkSessionsDir(project, facts);
  const name = request.name ?? (await anyName(context, project, facts, common.goals));
  const taken = await takenBy(context, project, facts, name);
  // of a name that we made up somebody was quicker: the next one
  if (taken !== null && request.name === null && attempts > 0) return again(attempts - 1);
  if (taken !== null) return nameTaken(context, project, facts, { ...asked, name, taken });
  const create = createRequest(project, request, name, common.goals);
  const base = await chooseBase(project, facts, create);
  if (base.kind === 'ask') {
    const dirty = await dirtyFromEach(project, facts, create, base.suggestions);
    return undecided(baseDecision(create, base, dirty));
  }
  const main = await lookAtMain(project, create, base.oid);
  if (main.kind === 'ask') return undecided(dirtyDecision(create, base.name, main));
  await checkLogFolderOf(project, base.oid);
  for (const warning of main.warnings) context.warn(warning);
  const made = await makeSession(context, project, create, base, main);
  if (made.kind === 'existed') {
    // somebody else was quicker: theirs is not joined
    return again(attempts);
  }
  const { record, worktree, log } = await logOf(context, project, made.record);
  return done(report(project, record, absolute(log, worktree), common), {
    next: [{ args: ['parallel', 'status', name], why: 'shows the session in full' }],
  });
}

function report(project: Project, record: SessionRecord, log: string, common: Common): StartReport {
  const enter = enterLine(record.worktree, record.agent ?? project.settings.agent.value);
  return {
    mode: 'parallel',
    log,
    session: newSession(record),
    ...common,
    enter,
    handOver: `Session ${record.name} is ready at ${record.worktree}. Nothing more is done for these goals in this checkout: no file here is edited for them. To go on, open a new terminal and run: ${enter}`,
  };
}

async function anyName(
  context: OperationContext,
  project: Project,
  facts: Observation,
  goals: readonly string[],
): Promise<SessionName> {
  const free = await freeName(context, project, facts, { goals });
  if ('name' in free) return free.name;
  throw new FlightError('name-taken', { name: 'session', by: 'every name tried', why: free.why });
}

/** The uncommitted changes of main, seen from each branch that is suggested; `null`: none to ask of. */
async function dirtyFromEach(
  project: Project,
  facts: Observation,
  create: CreateRequest,
  branches: readonly string[],
): Promise<Map<string, DirtyMain> | null> {
  const dirty = new Map<string, DirtyMain>();
  for (const [branch, tip] of facts.registry.branches) {
    if (!branches.includes(branch) || create.dirty !== null) continue;
    const main = await lookAtMain(project, create, tip);
    if (main.kind === 'go') return null;
    dirty.set(branch, main);
  }
  return dirty;
}

/**
 * Will the new worktree have a folder for logs of its own? Asked before anything is made.
 * @throws FlightError `log-place-unsafe`
 */
async function checkLogFolderOf(project: Project, base: Oid): Promise<void> {
  const paths = logFolder.map((_, at) => logFolder.slice(0, at + 1).join('/'));
  const { git, commonDir } = project;
  for (const { mode, oid, path } of await entriesAt(git, commonDir, base, paths)) {
    if (mode === '040000') continue;
    const folder = below(project.root, path);
    if (mode !== '120000')
      throw new FlightError('log-place-unsafe', { folder, why: 'it is no folder' });
    const [bytes] = await readBlobs(git, commonDir, [oid]);
    const target = bytes?.toString('utf8') ?? '/';
    const leads = posix.join(posix.dirname(path), target);
    if (posix.isAbsolute(target) || leads === '..' || leads.startsWith('../')) {
      const why = `it is a link to ${target}, which is not in the checkout`;
      throw new FlightError('log-place-unsafe', { folder, why });
    }
  }
}

/** The session stands by now: what goes wrong with its log is told as that. */
async function logOf(
  context: OperationContext,
  project: Project,
  { name, worktree }: SessionRecord,
): Promise<LoggedSession> {
  try {
    return await ensureLog(context, project, name);
  } catch (cause) {
    if (context.signal.aborted) throw cause;
    const why = isFlightError(cause) ? describe(cause).message : `${String(cause)}.`;
    throw new FlightError('log-not-written', { name, worktree, why }, { cause });
  }
}

/** Resume what is there, or take another name. */
async function nameTaken(
  context: OperationContext,
  project: Project,
  facts: Observation,
  asked: {
    readonly request: StartRequest;
    readonly common: Common;
    readonly name: SessionName;
    readonly taken: Taken;
  },
): Promise<Outcome<never>> {
  const { request, common, name, taken } = asked;
  if (taken.kind === 'session' && taken.session.record?.intent?.kind === 'creating') {
    throw busy(context, taken.session);
  }
  const free = await freeName(context, project, facts, { goals: common.goals, wanted: name });
  const other = 'name' in free ? free.name : null;
  const decision: Decision = {
    id: 'name',
    question:
      taken.kind === 'session'
        ? `There is a session ${taken.session.name} already. Resume it, or take another name?`
        : `The name ${name} cannot be used. ${taken.why} Take another one?`,
    facts: { name, taken: taken.kind },
    choices: [
      resumeChoice(taken),
      {
        value: 'other',
        label: other === null ? 'Take another name' : `Take the name ${other}`,
        effect: other === null ? 'No name is free.' : `Starts session ${other} for these goals.`,
        undo: `parallel remove ${other ?? 'NAME'} --strategy abandon takes it back`,
        available: other !== null,
        ...('why' in free ? { unavailableWhy: free.why } : {}),
        args: other === null ? [] : repeated(request, ['--parallel', other]),
      },
    ],
    ifDeclined: 'Nothing was created.',
  };
  return undecided(decision, { data: { goals: common.goals, context: common.context } });
}

function resumeChoice(taken: Taken): Decision['choices'][number] {
  const choice = {
    value: 'resume',
    label: 'Resume the session',
    undo: 'there is nothing to take back: it stays as it is',
  };
  const not = (unavailableWhy: string): Decision['choices'][number] => ({
    ...choice,
    effect: 'Nothing.',
    available: false,
    unavailableWhy,
    args: [],
  });
  if (taken.kind === 'other') return not('no session has this name');
  const { name, record, health, place } = taken.session;
  if (record === null) return not('its record cannot be read');
  const goals = record.goals.length === 0 ? 'none' : record.goals.join('; ');
  if (place.kind === 'present' && (health === 'ok' || health === 'locked')) {
    return {
      ...choice,
      effect: `Goes on in ${place.path}, with its own goals (${goals}). The goals given now are not added.`,
      available: true,
      args: ['-C', place.path, 'dev-session', 'start'],
    };
  }
  if (record.state !== 'active' || health === 'orphaned') {
    const state = record.state === 'active' ? health : record.state;
    return {
      ...choice,
      effect: `It is ${state}: its folder is brought back, with its own goals (${goals}).`,
      undo: `parallel remove ${name} --strategy keep puts the folder away again`,
      available: true,
      args: ['parallel', 'restore', name],
    };
  }
  return not(`it is ${health}: parallel status ${name} shows why`);
}
