/** The questions of a start: which goals, and where. */
import { count } from '../../kernel/catalogue/entry.ts';
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import type { Choice, Decision } from '../../kernel/outcome.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import { real } from '../../git/repository.ts';
import { ensureWritable } from '../../safety/writable.ts';
import { sessionKey, type SessionName } from '../../sessions/name.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import { examine, nameOfFolder } from '../adopt.ts';
import type { OperationContext } from '../context.ts';
import { chooseBase } from '../create/base.ts';
import { checkSessionsDir } from '../create/existing.ts';
import { lookAtMain, type MainCheckout } from '../create/main-checkout.ts';
import type { StartContext } from '../shapes/dev-session-start.ts';
import { freeName } from './names.ts';
import { createRequest } from './parallel.ts';
import { again, modeFlags, type StartRequest } from './request.ts';
import { standardCheckout } from './standard.ts';

const mostSuggestions = 8;

/** What is this session for? */
export function goalsDecision(
  request: StartRequest,
  context: StartContext,
  facts: Observation,
): Decision {
  const tasks = context.tasks.map(({ title }) => title);
  const suggestions = [...new Set([...context.nextSteps, ...tasks])].slice(0, mostSuggestions);
  return {
    id: 'goals',
    question: 'What are the goals of this session?',
    facts: { here: facts.here.kind },
    choices: [],
    input: {
      flag: '--goal',
      repeatable: true,
      suggestions,
      args: again(request, modeFlags(request)),
    },
    ifDeclined: 'Nothing was started or written.',
  };
}

interface Asked {
  readonly request: StartRequest;
  readonly goals: readonly string[];
}

/**
 * Standard or parallel? With changes in the main checkout the two ways to deal with them are
 * offered at once. In a stray: adopt it, or standard.
 * @throws FlightError `not-writable` if neither could be written
 */
export async function modeDecision(
  context: OperationContext,
  project: Project,
  facts: Observation,
  asked: Asked,
): Promise<Decision> {
  const { request } = asked;
  const standard = await standardChoice(context, project, asked);
  if (facts.here.kind === 'stray') {
    return {
      id: 'mode',
      question: 'This worktree belongs to no session. Adopt it, or a standard session?',
      facts: { here: 'stray' },
      choices: [await adoptChoice(context, project, facts, asked), standard.choice],
      ifDeclined: 'Nothing was started or written.',
    };
  }
  const parallel = await parallelChoices(context, project, facts, asked);
  const refused = standard.refused ?? null;
  if (refused !== null && parallel.refused !== null) throw parallel.refused;
  return {
    id: 'mode',
    question: 'A standard session here, or a parallel one in a worktree of its own?',
    facts: {
      here: facts.here.kind,
      ...parallel.facts,
      ...(request.base === null ? {} : { base: request.base }),
    },
    choices: [standard.choice, ...parallel.choices],
    ifDeclined: 'Nothing was started or written.',
  };
}

async function standardChoice(
  context: OperationContext,
  project: Project,
  { request }: Asked,
): Promise<{ readonly choice: Choice; readonly refused: FlightError | null }> {
  const choice = {
    value: 'standard',
    label: 'Standard session',
    undo: 'deleting the log takes it back',
    args: again(request, ['--standard']),
  };
  try {
    const checkout = await standardCheckout(project, context.commandLine);
    const effect = `Work goes on in ${checkout}, on the branch that is there. Only a log is written.`;
    return { choice: { ...choice, effect, available: true }, refused: null };
  } catch (error) {
    if (!isFlightError(error)) throw error;
    const why = describe(error).message;
    const closed = { ...choice, effect: 'Nothing.', available: false, unavailableWhy: why };
    return { choice: closed, refused: isFlightError(error, 'not-writable') ? error : null };
  }
}

interface Parallel {
  readonly choices: readonly Choice[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly refused: FlightError | null;
}

async function parallelChoices(
  context: OperationContext,
  project: Project,
  facts: Observation,
  asked: Asked,
): Promise<Parallel> {
  try {
    return await openChoices(context, project, facts, asked);
  } catch (error) {
    if (!isFlightError(error)) throw error;
    const closed: Choice = {
      value: 'parallel',
      label: 'Parallel session',
      effect: 'Nothing.',
      undo: 'nothing to take back',
      available: false,
      unavailableWhy: describe(error).message,
      args: again(asked.request, ['--parallel']),
    };
    const refused = isFlightError(error, 'not-writable') ? error : null;
    return { choices: [closed], facts: {}, refused };
  }
}

async function openChoices(
  context: OperationContext,
  project: Project,
  facts: Observation,
  { request, goals }: Asked,
): Promise<Parallel> {
  await ensureWritable(project, [project.commonDir, project.sessionsDir], context.commandLine);
  checkSessionsDir(project, facts);
  const free = await freeName(context, project, facts, { goals });
  if ('why' in free) {
    throw new FlightError('name-taken', { name: 'session', by: 'every name tried', why: free.why });
  }
  const { name } = free;
  const create = createRequest(project, request, name, goals);
  const base = await chooseBase(project, facts, create);
  // where the main checkout is on no branch, a second question would be which one: it is answered
  const branch = base.kind === 'base' ? base.name : base.suggestions[0];
  const tip = branch === undefined ? undefined : facts.registry.branches.get(branch);
  if (branch === undefined || tip === undefined) {
    throw new FlightError('no-commits', { root: project.root });
  }
  const main = await lookAtMain(project, create, tip);
  const flags = ['--parallel', name, ...(base.kind === 'base' ? [] : ['--base', branch])];
  const others = facts.sessions.some(({ record }) => record?.state === 'active');
  const offered = { request, name, branch, worktreeOf: project.sessionsDir, flags, others };
  return {
    choices: ways(offered, main),
    facts: { name, base: branch, ...(main.kind === 'ask' ? { changes: main.changes } : {}) },
    refused: null,
  };
}

interface Offered {
  readonly request: StartRequest;
  readonly name: SessionName;
  readonly branch: string;
  readonly worktreeOf: string;
  readonly flags: readonly string[];
  /** others are at work already */
  readonly others: boolean;
}

function ways(offered: Offered, main: MainCheckout): Choice[] {
  const { request, name, branch, worktreeOf, flags, others } = offered;
  const undo = `parallel remove ${name} --strategy abandon takes it back`;
  const effect = `Makes session ${name}: a worktree and a branch of its own below ${worktreeOf}, from ${branch}.`;
  const plain: Choice = {
    value: 'parallel',
    label: 'Parallel session',
    effect: main.kind === 'ask' ? `${effect} The uncommitted changes stay here.` : effect,
    undo,
    available: true,
    ...(others ? { recommended: true } : {}),
    args: again(request, [...flags, ...(main.kind === 'ask' ? ['--dirty', 'leave'] : [])]),
  };
  if (request.dirty === 'carry') {
    return [
      {
        ...plain,
        value: 'parallel-carry',
        label: 'Parallel session with these changes',
        effect: `${effect} The uncommitted changes are copied into it; this checkout keeps its own.`,
      },
    ];
  }
  if (main.kind === 'go') return [plain];
  return [
    plain,
    {
      value: 'parallel-carry',
      label: 'Parallel session with these changes',
      effect: `${effect} ${count(main.paths.length, 'changed file')} ${main.paths.length === 1 ? 'is' : 'are'} copied into it; this checkout keeps its own.`,
      undo,
      available: main.cannotCarry === null,
      ...(main.cannotCarry === null ? {} : { unavailableWhy: main.cannotCarry }),
      args: again(request, [...flags, '--dirty', 'carry']),
    },
  ];
}

/** With a name that is free, and only if adopt would not refuse. */
async function adoptChoice(
  context: OperationContext,
  project: Project,
  facts: Observation,
  { request, goals }: Asked,
): Promise<Choice> {
  const path = project.repository.worktree ?? project.root;
  const { name, why } = await adoptable(context, project, facts, goals, path);
  const base = await chooseBase(
    project,
    facts,
    request.base === null ? {} : { base: request.base },
  );
  const named = base.kind === 'base' ? request.base : (base.suggestions[0] ?? null);
  return {
    value: 'adopt',
    label: 'Adopt this worktree',
    effect: `${path} becomes a session with these goals. Nothing in it moves or changes.`,
    undo: `parallel remove ${name ?? 'NAME'} --strategy keep puts it away, restore brings it back`,
    available: why === null,
    ...(why === null ? {} : { unavailableWhy: why }),
    args: [
      'parallel',
      'adopt',
      path,
      ...(name === null ? [] : ['--name', name]),
      ...goals.flatMap((goal) => ['--goal', goal]),
      ...(named === null ? [] : ['--base', named]),
    ],
  };
}

async function adoptable(
  context: OperationContext,
  project: Project,
  facts: Observation,
  goals: readonly string[],
  path: AbsolutePath,
): Promise<{ readonly name: SessionName | null; readonly why: string | null }> {
  try {
    const own = nameOfFolder(path);
    const taken = facts.sessions.some(({ key }) => key === sessionKey(own));
    const free = taken ? await freeName(context, project, facts, { goals, wanted: own }) : null;
    await examine(context, project, facts, await real(path));
    if (free !== null && 'why' in free) return { name: null, why: free.why };
    return { name: free?.name ?? own, why: null };
  } catch (error) {
    if (!isFlightError(error)) throw error;
    return { name: null, why: describe(error).message };
  }
}
