/**
 * `dev-session start`: where things stand, what is to be done, and where. Read top to bottom it is
 * the order things happen in: inside a session that is resumed; else goals, then standard or
 * parallel, then the session and its log. Until both are decided nothing is written.
 */
import { undecided, type Outcome } from '../kernel/outcome.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { real } from '../git/repository.ts';
import { checkVersion } from '../git/version.ts';
import { observe } from '../sessions/observe.ts';
import type { Project } from '../sessions/project.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { startContext, taskReport } from './dev-session-start/context.ts';
import { goalsDecision, modeDecision } from './dev-session-start/decisions.ts';
import { resumeSession } from './dev-session-start/in-session.ts';
import { startParallel } from './dev-session-start/parallel.ts';
import { chosenTasks, requestOf, StartInput } from './dev-session-start/request.ts';
import { startStandard } from './dev-session-start/standard.ts';
import { projectOf } from './project.ts';
import { StartReport } from './shapes/dev-session-start.ts';

async function run(input: StartInput, context: OperationContext): Promise<Outcome<StartReport>> {
  const request = requestOf(input);
  const [project] = await Promise.all([
    projectOf(context),
    checkVersion(context.git, context.directory),
  ]);
  const facts = await observe(project, context.directory);
  const { here } = facts;
  if (here.kind === 'session') {
    return resumeSession(context, project, facts, { request, name: here.name });
  }
  const checkout = await checkoutOf(project);
  const { report, tasks: all } = await startContext(context, project, facts, {
    checkout,
    inside: null,
  });
  const tasks = chosenTasks(request, all);
  const goals = request.goals.length > 0 ? request.goals : tasks.map(({ title }) => title);
  if (goals.length === 0) {
    return undecided(goalsDecision(request, report, facts), { data: { context: report } });
  }
  const common = {
    goals,
    ...(tasks.length === 0 ? {} : { tasks: tasks.map(taskReport) }),
    context: report,
  };
  switch (request.mode) {
    case 'standard':
      return startStandard(context, project, common);
    case 'parallel':
      return startParallel(context, project, facts, { request, common });
    case null: {
      const decision = await modeDecision(context, project, facts, { request, goals });
      return undecided(decision, { data: { goals, context: report } });
    }
  }
}

/** Real path of the checkout whose documents count: the one we stand in, else the main one. */
async function checkoutOf(project: Project): Promise<AbsolutePath | null> {
  const checkout = project.repository.worktree ?? project.mainCheckout;
  return checkout === null ? null : real(checkout);
}

export const devSessionStart = defineOperation({
  name: 'dev-session start',
  summary: 'Start or resume a session, with goals and a log',
  description:
    'Without goals it gives the context: next steps of the last log, open tasks, recent progress, who works on what, what is unfinished; and asks for goals. ' +
    'With goals it asks whether to work here (standard) or in a worktree of its own (parallel), makes that, and writes the log. A task gives its title as the goal; a session without a name gets one made of its goals. ' +
    'Inside a session it resumes it: goals, log, what is uncommitted and what was committed.',
  effect: 'change',
  input: StartInput,
  flags: {
    goals: { about: 'what it is for', flag: 'goal', value: 'TEXT', repeatable: true },
    tasks: {
      about: 'id of a task in docs/implementation',
      flag: 'task',
      value: 'ID',
      repeatable: true,
    },
    parallel: {
      about: 'in a worktree of its own',
      value: 'NAME',
      optionalValue: true,
    },
    standard: { about: 'in the main checkout' },
    mode: { about: 'where', value: 'MODE', choices: ['standard', 'parallel'], face: 'mcp' },
    dirty: {
      about: 'changes of main: copy or leave',
      value: 'carry|leave',
      choices: ['carry', 'leave'],
    },
    base: { about: 'from this branch', value: 'BRANCH' },
    agent: { about: 'agent it is for, shown in how to go there', value: 'ID', face: 'cli' },
  },
  output: StartReport,
  examples: [
    { args: 'dev-session start', about: 'where things stand, and the question of goals' },
    {
      args: 'dev-session start --goal "Sign tokens" --parallel auth',
      about: 'a session of its own, with a log inside',
    },
    { args: 'dev-session start --task 3.8.1 --standard', about: 'a task, in this checkout' },
  ],
  run,
});
