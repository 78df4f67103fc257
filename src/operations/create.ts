/**
 * `parallel create`: a session of one's own. Read top to bottom it is the order things happen in: name,
 * base, what is uncommitted in the main checkout, then make it, then files. The registration is
 * made under the lock; checkout, hook and files are not, the record's intent guards them.
 */
import * as z from 'zod/mini';
import { done, undecided, type Outcome } from '../kernel/outcome.ts';
import { observe, type Observation } from '../sessions/observe.ts';
import type { Project } from '../sessions/project.ts';
import { parseSessionName, sessionKey } from '../sessions/name.ts';
import type { OperationContext } from './context.ts';
import { chooseBase, type Base } from './create/base.ts';
import { baseDecision, dirtyDecision } from './create/decisions.ts';
import { answerExisting } from './create/existing.ts';
import { enterLine } from './enter.ts';
import { lookAtMain, type DirtyMain } from './create/main-checkout.ts';
import { makeSession } from './create/make.ts';
import type { CreateRequest } from './create/request.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { newSession } from './new-session.ts';
import { CreateReport } from './shapes/create.ts';

export const CreateInput = z.object({
  name: z.string(),
  goals: z._default(z.array(z.string()), []),
  base: z.optional(z.string()),
  dirty: z.optional(z.enum(['carry', 'leave'])),
  agent: z.optional(z.string()),
});

export type CreateInput = z.infer<typeof CreateInput>;

async function run(input: CreateInput, context: OperationContext): Promise<Outcome<CreateReport>> {
  const name = parseSessionName(input.name);
  const project = await projectOf(context);
  const facts = await observe(project, context.directory);
  const request: CreateRequest = {
    name,
    key: sessionKey(name),
    goals: input.goals,
    ...(input.base === undefined ? {} : { base: input.base }),
    agent: input.agent ?? project.settings.agent.value,
    dirty: input.dirty ?? null,
  };
  const existing = await answerExisting(context, project, facts, request);
  if (existing !== null) return existing;

  const base = await chooseBase(project, facts, request);
  if (base.kind === 'ask') {
    return undecided(baseDecision(request, base, await dirtyFrom(project, facts, request, base)));
  }

  const main = await lookAtMain(project, request, base.oid);
  if (main.kind === 'ask') return undecided(dirtyDecision(request, base.name, main));
  for (const warning of main.warnings) context.warn(warning);

  const made = await makeSession(context, project, request, base, main);
  if (made.kind === 'existed') {
    // somebody else was quicker; what they made is answered, once it is whole
    const now = await observe(project, context.directory);
    const answer = await answerExisting(context, project, now, request);
    if (answer !== null) return answer;
    return run(input, context);
  }
  const { record } = made;
  return done(
    {
      created: true,
      session: newSession(record),
      copied: record.copied,
      enter: enterLine(record.worktree, record.agent ?? null),
    },
    {
      next: [
        { args: ['parallel', 'status', record.name], why: 'shows the session in full' },
        {
          args: ['parallel', 'remove', record.name],
          why: 'ends it: pull request, merge, keep or abandon',
        },
      ],
    },
  );
}

/** What would be asked next, seen from each branch that is suggested. */
async function dirtyFrom(
  project: Project,
  facts: Observation,
  request: CreateRequest,
  base: Base & { kind: 'ask' },
): Promise<Map<string, DirtyMain> | null> {
  const dirty = new Map<string, DirtyMain>();
  for (const branch of base.suggestions) {
    const tip = facts.registry.branches.get(branch);
    if (tip === undefined || request.dirty !== null) continue;
    const main = await lookAtMain(project, request, tip);
    // clean from one of them is clean from all
    if (main.kind === 'go') return null;
    dirty.set(branch, main);
  }
  return dirty;
}

export const create = defineOperation({
  name: 'parallel create',
  summary: 'Start a session: a worktree and a branch of its own',
  description:
    'Makes branch and worktree from a local branch, copies environment files, and prints how to go there. ' +
    'Uncommitted changes of the main checkout are not in the new session unless they are carried. ' +
    'Nothing is fetched, pushed or tracked. Called again with the same name it answers the session that is there.',
  effect: 'change',
  input: CreateInput,
  flags: {
    name: { about: 'name of the session', positional: 'one', value: 'NAME' },
    goals: { about: 'what it is for', flag: 'goal', value: 'TEXT', repeatable: true },
    base: { about: 'local branch to start from and to return to', value: 'BRANCH' },
    dirty: {
      about: 'uncommitted changes of the main checkout: copy them into the session, or leave them',
      value: 'carry|leave',
      choices: ['carry', 'leave'],
    },
    agent: { about: 'agent the session is for, shown in how to go there', value: 'ID' },
  },
  output: CreateReport,
  examples: [
    {
      args: 'parallel create auth --goal "Sign tokens"',
      about: 'a session from the current branch',
    },
    { args: 'parallel create fix --base release --dirty leave', about: 'from another branch' },
  ],
  run,
});
